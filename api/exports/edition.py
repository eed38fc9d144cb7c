"""The public edition of a list: what anybody may see of it, whoever asks; read once for text and print alike."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from api.exports.labels import label
from api.exports.units import unit_labels
from api.models.choices import ListKind
from api.plan.paging import MAXIMUM
from api.plan.question import getter, question
from api.plan.reader import read_by_ids
from api.plan.source import Row
from api.plan.viewer import Viewer
from auth.principal import ANONYMOUS

_LINES: Final = "lines { category { label } quantity unit }"
_OF_KIND: Final = {
    ListKind.NEED: f"need {{ title status category {{ label }} ownerOrganisation {{ name }} {_LINES} }}",
    ListKind.PROJECT: f"project {{ title status category {{ label }} ownerOrganisation {{ name }} {_LINES} }}",
    ListKind.RESOURCE: "resource { title status category { label } ownerOrganisation { name } quantity unit }",
}
_OTHER: Final = {
    ListKind.NEED: "match { resource { title ownerOrganisation { name } } } resourceList { number }",
    ListKind.PROJECT: "match { resource { title ownerOrganisation { name } } } resourceList { number }",
    ListKind.RESOURCE: """match { need { title } project { title } } needList { number } projectList { number }""",
}


@dataclass(frozen=True, slots=True)
class EditionItem:
    """One item as it is printed: words only, no place, no person."""

    title: str
    category: str | None
    status: str | None
    provider: str | None
    wants: tuple[str, ...]
    counterparts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Edition:
    """A list as anybody may see it; items that are not public are not there."""

    kind: ListKind
    language: str
    title: str
    number: str
    status: str
    place: str | None
    owner: str | None
    published_on: date | None
    period: tuple[date | None, date | None]
    items: tuple[EditionItem, ...]


def public(viewer: Viewer) -> Viewer:
    """Return nobody in particular, who reads the viewer's language under the same policy."""
    return Viewer(replace(ANONYMOUS, language=viewer.principal.language), viewer.authoriser, viewer.runtime)


async def editions(viewer: Viewer, kind: ListKind, keys: list[int]) -> dict[int, Edition]:
    """Return the public editions of those lists that the public may see; as many statements for one as for many."""
    nobody = public(viewer)
    units = await unit_labels(nobody)
    found: dict[int, Edition] = {}
    waiting: dict[int, str | None] = dict.fromkeys(keys)
    while waiting:
        # Lists that go on beyond a page are read further, each from its own place.
        cursors = set(waiting.values())
        following: dict[int, str | None] = {}
        for after in cursors:
            some = [key for key, cursor in waiting.items() if cursor == after]
            for key, part, end in await _parts(nobody, kind, some, after, units):
                known = found.get(key)
                found[key] = part if known is None else replace(known, items=known.items + part.items)
                if end is not None:
                    following[key] = end
        waiting = following
    return found


async def _parts(
    nobody: Viewer, kind: ListKind, keys: list[int], after: str | None, units: dict[str, str]
) -> list[tuple[int, Edition, str | None]]:
    name = f"{kind.capitalize()}List"
    asked = question(
        name,
        f"""{{ title number status publishedOn periodFrom periodTo place {{ name }} ownerOrganisation {{ name }}
        entries {{ nodes {{ {_OF_KIND[kind]} counterparts {{ {_OTHER[kind]} }} }} }} }}""",
        entries={"first": MAXIMUM, "after": after},
    )
    place, owner, entries = (
        getter(asked, *path) for path in (("place", "name"), ("ownerOrganisation", "name"), ("entries",))
    )
    read = _Items(kind, nobody.principal.language, units, asked)
    parts = []
    for key, row in (await read_by_ids(nobody, name, keys, asked)).items():
        values, page = row.values, entries(row)
        edition = Edition(
            kind, nobody.principal.language, one_line(values["title"]), values["number"], values["status"],
            place(row), owner(row), values["published_on"], (values["period_from"], values["period_to"]),
            tuple(read.items(page.rows)),
        )  # fmt: skip
        parts.append((key, edition, page.cursors[-1] if page.has_next else None))
    return parts


class _Items:
    """Turns the entries that were read into words."""

    def __init__(self, kind: ListKind, language: str, units: dict[str, str], asked: Any) -> None:
        self.kind, self.language, self.units = kind, language, units
        entries = asked.child("entries").child("nodes")
        item, other = kind.lower(), entries.child("counterparts")
        self.item = getter(entries, item)
        self.counterparts = getter(entries, "counterparts")
        inner = entries.child(item)
        self.category, self.provider = getter(inner, "category", "label"), getter(inner, "ownerOrganisation", "name")
        if kind is ListKind.RESOURCE:
            sides = (("need", "title"), ("project", "title"))
            self.others = tuple(getter(other.child("match"), *path) for path in sides)
        else:
            lines = inner.child("lines")
            self.lines, self.line_category = getter(inner, "lines"), getter(lines, "category", "label")
            self.others = (getter(other.child("match"), "resource", "title"),)
            self.offerer = getter(other.child("match"), "resource", "ownerOrganisation", "name")

    def items(self, rows: Iterable[Row]) -> Iterable[EditionItem]:
        for entry in rows:
            row = self.item(entry)
            if row is not None:
                yield EditionItem(
                    one_line(row.values["title"]),
                    self.category(row),
                    label(f"{self.kind.lower()}_status", row.values["status"], self.language),
                    self.provider(row),
                    tuple(self._wants(row)),
                    tuple(dict.fromkeys(self._counterparts(entry))),
                )

    def _wants(self, row: Row) -> Iterable[str]:
        if self.kind is ListKind.RESOURCE:
            if amount := self._amount(row):
                yield amount
            return
        lines = self.lines(row)
        for line in lines:
            if amount := self._amount(line):
                # What the item itself says need not be said again.
                named = len(lines) > 1 or self.line_category(line) != self.category(row)
                yield f"{self.line_category(line)} {amount}" if named else amount

    def _amount(self, row: Row) -> str:
        quantity, unit = row.values["quantity"], row.values["unit"]
        if quantity is None:
            return ""
        space = " " if self.language == "en" and unit else ""
        return f"{quantity:g}{space}{self.units.get(unit, unit or '')}"

    def _counterparts(self, entry: Row) -> Iterable[str]:
        for each in self.counterparts(entry):
            titles = [find(each.match) for find in self.others] if each.match is not None else []
            listed = next(filter(None, (each.resource_list, each.need_list, each.project_list)), None)
            offerer = self.offerer(each.match) if self.kind is not ListKind.RESOURCE and each.match else None
            for title in filter(None, titles):
                told = "·".join(filter(None, (offerer, one_line(title))))
                yield f"{told} ({listed.values['number']})" if listed else told


def written(day: date, language: str) -> str:
    """Return a day as people write it."""
    return day.isoformat() if language == "en" else f"{day.year}年{day.month}月{day.day}日"


def one_line(text: str) -> str:
    """Return a text on one line, without characters that are not seen but change what is read."""
    return " ".join("".join(each for each in text if unicodedata.category(each) != "Cf").split())
