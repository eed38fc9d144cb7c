"""What the readers know of a GraphQL type: table, columns, relations, permissions and row filter.

A type is declared once, in `api.plan.sources`; nothing reads a row for a viewer in any other way.
Field names are the Python names of the schema (snake_case). SQL expressions use the alias `t` for the
type's own table; they are written by us, never by a client.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any

from auth.permissions import Action, Object, Permission


class Kind(Enum):
    """How a column's raw value becomes the value that the schema serves."""

    TEXT = auto()
    INTEGER = auto()
    NUMBER = auto()
    BOOLEAN = auto()
    INSTANT = auto()
    DATE = auto()
    JSON = auto()
    FEN = auto()
    ID = auto()
    SEALED = auto()


@dataclass(frozen=True, slots=True)
class Column:
    """A value of the row itself.

    With `permission` set, a viewer who lacks it for this row gets None; with `mask`, a sealed value is
    always shown masked (the clear value has its own, audited command).
    """

    sql: str
    kind: Kind = Kind.TEXT
    permission: Permission | None = None
    mask: Callable[[str], str] | None = None


@dataclass(frozen=True, slots=True)
class Localised:
    """A text in the viewer's language; the other one where it has none in that language."""

    zh: Column
    en: Column


@dataclass(frozen=True, slots=True)
class Embedded:
    """An object made of columns of the same row; null when all of them are, if `nullable`.

    `computed` are values that the viewer and the columns' values give, e.g. those parts of a reason that the
    viewer may know: texts, numbers, booleans, JSON, or lists of dicts by Python names.
    """

    columns: Mapping[str, Column | Localised]
    nullable: bool = False
    computed: Mapping[str, Callable[[Any, Mapping[str, Any]], Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ToOne:
    """A row of another source, found by a column here; a row the viewer may not see is null.

    With `permission` set, viewers who lacks it for this row follow `otherwise` instead of `column`.
    """

    target: str
    column: str
    target_column: str = "t.id"
    permission: Permission | None = None
    otherwise: str | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """A total order for paging: immutable columns, the identifier last. `key` is its stable name in cursors.

    Where the columns depend on the question, `ranked` returns the source's rows as `t`, with these columns besides.
    """

    key: str
    columns: tuple[tuple[str, Kind], ...]
    descending: bool = True
    ranked: Callable[["Source", Any], str] | None = None


@dataclass(frozen=True, slots=True)
class ToMany:
    """Rows of another source that point here: a connection, or a short list when `order.key` is "list"."""

    target: str
    key: str
    order: Order
    connection: bool = True
    limit: int = 100


@dataclass(frozen=True, slots=True)
class Loaded:
    """A value that a named loader finds for all rows of a level at once (see `api.plan.loaders`)."""

    loader: str


Field = Column | Localised | Embedded | ToOne | ToMany | Loaded


@dataclass(frozen=True, slots=True)
class Parent:
    """A row is visible only if the row it belongs to is; a null column asks nothing.

    `joined` is its alias where the source's own joins bring it, and then it is always there.
    """

    source: str
    column: str
    joined: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Source:
    """One GraphQL type over one table (with joins, if its values lie in two).

    `columns` maps the logical columns of permissions (path, owner_person, owner_household,
    owner_organisation, assigned_person, assigned_organisation, party_person, party_household,
    party_organisation, visibility) to SQL; what is absent never holds.
    """

    name: str
    table: str
    fields: Mapping[str, Field]
    object: Object | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    joins: str = ""
    where: str = ""
    parents: tuple[Parent, ...] = ()

    @property
    def type_name(self) -> str:
        """Return the GraphQL type; sources such as "Contact:person" share one type."""
        return self.name.partition(":")[0]

    @property
    def as_t(self) -> str:
        """Return what stands after FROM: the table as `t`, with its own joins."""
        return f'"{self.table}" t {self.joins}'

    @property
    def read(self) -> Permission | None:
        """Return the permission to see a row at all; None means that the parents decide."""
        return None if self.object is None else Permission(self.object, Action.READ)


class Row:
    """One row as the schema sees it: plain values by field name, related rows by their place in the question."""

    __slots__ = ("related", "source", "values")

    def __init__(self, source: Source, values: dict[str, Any]) -> None:
        """Start without related rows."""
        self.source = source
        self.values = values
        self.related: dict[int, Any] = {}

    def __repr__(self) -> str:
        """Show type and identifier, never values."""
        return f"<{self.source.name} {self.values.get('id')}>"


NEWEST = Order("newest", (("t.id", Kind.INTEGER),))
OLDEST = Order("oldest", (("t.id", Kind.INTEGER),), descending=False)
BY_SCORE = Order("score", (("t.score", Kind.INTEGER), ("t.id", Kind.INTEGER)))
BY_POSITION = Order("position", (("t.position", Kind.INTEGER), ("t.id", Kind.INTEGER)), descending=False)


def plain(*names: str) -> dict[str, Column]:
    """Return text columns of the type's own table, by their names."""
    return {name: Column(f't."{name}"') for name in names}


def local_text(stem: str, alias: str = "t") -> dict[str, "Localised | Column"]:
    """Return a text in the viewer's language, and both languages by name (`title`, `title_zh`, `title_en`)."""
    zh, en = (Column(f'{alias}."{stem}_{language}"') for language in ("zh", "en"))
    return {stem: Localised(zh, en), f"{stem}_zh": zh, f"{stem}_en": en}
