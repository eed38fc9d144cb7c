"""One caller's view of all rows: what is seen, followed, put in order and cut into pages, by loops alone."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from typing import Any

from tortoise import Tortoise

from tests.api.naive.policy import Facts, Policy, may

Row = dict[str, Any]
Tables = dict[str, dict[int, Row]]
Field = Callable[["View", Row, Mapping[str, Any]], Any]


@dataclass(frozen=True, slots=True)
class Thing:
    """A row as an object of the schema; `kind` may say whose it is after a colon."""

    kind: str
    row: Row

    @property
    def type(self) -> str:
        return self.kind.partition(":")[0]

    @property
    def id(self) -> str:
        return f"{self.type}:{self.row['id']}"


@dataclass(frozen=True, slots=True)
class Kind:
    """What is known of a type: its table, who may see a row, to which rows it belongs, and its fields."""

    model: str
    fields: Mapping[str, Field]
    object: str | None = None
    facts: Callable[["View", Row], Facts] = lambda view, row: Facts()
    parents: tuple[tuple[str, str], ...] = ()
    among: Callable[[Row], bool] = lambda row: True


async def all_tables() -> Tables:
    """Read every table whole."""
    found: Tables = {}
    for name, model in Tortoise.apps["wujia"].items():
        rows = await model.all().values()
        found[name] = {row["id"]: {key: plain(value) for key, value in row.items()} for row in rows}
    return found


def plain(value: Any) -> Any:
    return value.value if isinstance(value, Enum) else value


@dataclass
class View:
    """What one caller sees."""

    tables: Tables
    kinds: Mapping[str, Kind]
    policy: Policy
    caller: Any
    # Cursors that the server gave out, with the key of their row: what they are made of is its own business.
    cursors: dict[str, int] = field(default_factory=dict)
    known: dict[tuple[str, int], bool] = field(default_factory=dict)

    def row(self, model: str, key: int | None) -> Row:
        assert key is not None
        return self.tables[model][key]

    def may(self, kind: str, thing: str, row: Row) -> bool:
        """Tell whether a field's own permission holds for a row."""
        return may(self.policy, self.caller, thing, self.kinds[kind].facts(self, row))

    def sees(self, kind: str, row: Row) -> bool:
        """Tell whether the caller may know that a row exists."""
        key = (kind, row["id"])
        if key not in self.known:
            self.known[key] = self._sees(self.kinds[kind], row)
        return self.known[key]

    def _sees(self, kind: Kind, row: Row) -> bool:
        if not kind.among(row):
            return False
        if kind.object is not None and not may(self.policy, self.caller, kind.object, kind.facts(self, row)):
            return False
        return all(
            self.sees(parent, self.tables[self.kinds[parent].model][row[column]])
            for parent, column in kind.parents
            if row[column] is not None
        )

    def one(self, kind: str, key: int | None) -> Thing | None:
        """Return a row that a column points to, or None when there is none or the caller may not see it."""
        row = None if key is None else self.tables[self.kinds[kind].model].get(key)
        return Thing(kind, row) if row is not None and self.sees(kind, row) else None

    def all(self, kind: str, where: Callable[[Row], bool] = lambda row: True) -> list[Thing]:
        """Return the rows that the caller may see, of those that are asked for."""
        rows = self.tables[self.kinds[kind].model].values()
        return [Thing(kind, row) for row in rows if where(row) and self.sees(kind, row)]

    def page(self, found: Iterable[Thing], asked: Mapping[str, Any], key: Callable[[Row], Any]) -> dict[str, Any]:
        """Return a page of a connection; `key` gives the order."""
        whole = sorted(found, key=lambda thing: key(thing.row))
        rows, after, before = whole, asked.get("after"), asked.get("before")
        if after is not None:
            rows = [each for each in rows if key(each.row) > key(self._known(each, after))]
        if before is not None:
            rows = [each for each in rows if key(each.row) < key(self._known(each, before))]
        backward = asked.get("last") is not None
        size = asked["last"] if backward else asked["first"]
        cut = rows[len(rows) - min(size, len(rows)) :] if backward else rows[:size]
        more = len(rows) > size
        info = {
            "hasNextPage": before is not None if backward else more,
            "hasPreviousPage": more if backward else after is not None,
        }
        return {"nodes": cut, "edges": [{"node": each} for each in cut], "pageInfo": info, "totalCount": len(whole)}

    def _known(self, thing: Thing, cursor: str) -> Row:
        return self.row(self.kinds[thing.kind].model, self.cursors[cursor])


def newest(row: Row) -> Any:
    return -row["id"]


def oldest(row: Row) -> Any:
    return row["id"]


def by_position(row: Row) -> Any:
    return (row["position"], row["id"])


def best(row: Row) -> Any:
    return (-row["score"], -row["id"])


def column(name: str, divided: int = 1) -> Field:
    def read(view: View, row: Row, asked: Mapping[str, Any]) -> Any:
        value = row[name]
        if isinstance(value, date):
            return value.isoformat()
        return value / divided if divided > 1 and value is not None else value

    return read


def columns(names: str) -> dict[str, Field]:
    """Return fields that are columns of the row, by their names in the schema."""
    return {name: column(snake(name)) for name in names.split()}


def snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)


def text(stem: str, into: str | None = None) -> dict[str, Field]:
    """Return a text in the reader's language, else in the other, and both by name."""

    def read(view: View, row: Row, asked: Mapping[str, Any]) -> Any:
        zh, en = row[f"{stem}_zh"], row[f"{stem}_en"]
        first, second = (en, zh) if view.caller.language == "en" else (zh, en)
        return second if first is None else first

    name = into or "".join(part.capitalize() if at else part for at, part in enumerate(stem.split("_")))
    return {name: read, f"{name}Zh": column(f"{stem}_zh"), f"{name}En": column(f"{stem}_en")}


def to(kind: str, name: str) -> Field:
    return lambda view, row, asked: view.one(kind, row[name])


def back(kind: str, name: str) -> Field:
    """Return the one row of a kind that points here."""

    def read(view: View, row: Row, asked: Mapping[str, Any]) -> Thing | None:
        found = view.all(kind, lambda other: other[name] == row["id"])
        return found[0] if found else None

    return read


def several(kind: str, name: str, key: Callable[[Row], Any] = oldest) -> Field:
    """Return the short list of rows that point here."""

    def read(view: View, row: Row, asked: Mapping[str, Any]) -> list[Thing]:
        return sorted(view.all(kind, lambda other: other[name] == row["id"]), key=lambda thing: key(thing.row))

    return read


def pages(kind: str, name: str, key: Callable[[Row], Any] = newest) -> Field:
    """Return a page of the rows that point here."""
    return lambda view, row, asked: view.page(view.all(kind, lambda other: other[name] == row["id"]), asked, key)


def allowed(thing: str, kind: str, read: Field) -> Field:
    """Return a field that is null to whoever lacks a permission for this row."""
    return lambda view, row, asked: read(view, row, asked) if view.may(kind, thing, row) else None
