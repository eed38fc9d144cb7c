"""A mapping file (format 1) as typed data: which column becomes which field, and how (docs/importing.md)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from api.imports.targets import Target
from api.models.choices import PlaceKind


class FileKind(StrEnum):
    """How a file is written."""

    CSV = "csv"
    SHEET = "sheet"
    JSON_LINES = "jsonl"


class TableMatch(StrEnum):
    """How a source value is looked up in a table of values."""

    WHOLE = "whole"
    CONTAINS = "contains"
    PREFIX = "prefix"


class Otherwise(StrEnum):
    """What becomes of a value that a table does not have."""

    REFUSE = "refuse"
    KEEP = "keep"
    EMPTY = "empty"


class Backwards(StrEnum):
    """What becomes of a time that ends before it begins."""

    REFUSE = "refuse"
    DROP = "drop"


class Test(StrEnum):
    """What a filter asks of a cell."""

    EMPTY = "empty"
    IN = "in"
    CONTAINS = "contains"


@dataclass(frozen=True, slots=True)
class FileShape:
    """Where in a file the rows are; without a kind the file's ending says it."""

    kind: FileKind | None = None
    sheet: str | None = None
    delimiter: str | None = None
    header_from: int = 1
    header_rows: int = 1
    drop_controls: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Source value → value. Keys are in the normal form of `cells.normal`."""

    entries: Mapping[str, Any]
    match: TableMatch = TableMatch.WHOLE
    otherwise: Otherwise = Otherwise.REFUSE


@dataclass(frozen=True, slots=True)
class NumberForm:
    """How a number is read; the texts in `unknown` stand for an unknown one."""

    unknown: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Recognition:
    """How a category is recognised in free text: only at or below `within`, else `fallback`."""

    within: tuple[str, ...] = ()
    fallback: str | None = None


@dataclass(frozen=True, slots=True)
class Value:
    """Where a value comes from (one of the first four) and what it goes through, in this order."""

    columns: tuple[str, ...] = ()
    template: str | None = None
    constant: Any = None
    first: tuple["Value", ...] = ()
    when: tuple["Filter", ...] = ()
    part: tuple[str, int] | None = None
    table: Table | None = None
    number: NumberForm | None = None
    dates: tuple[str, ...] = ()
    recognition: Recognition | None = None
    shorten: int | None = None


@dataclass(frozen=True, slots=True)
class Filter:
    """A question about one cell of a row."""

    column: str
    test: Test
    values: frozenset[str] = frozenset()
    negated: bool = False


@dataclass(frozen=True, slots=True)
class PlaceStep:
    """A place by its name below the one before; created with `kind` when it is missing and `create` says so."""

    name: Value
    kind: PlaceKind | None = None
    create: bool = False


@dataclass(frozen=True, slots=True)
class PlaceSource:
    """A place by its code, or by names from `under` downwards; a step without a name is left out."""

    code: Value | None = None
    under: str | None = None
    steps: tuple[PlaceStep, ...] = ()


@dataclass(frozen=True, slots=True)
class Owner:
    """The organisation that owns a row, by its name; registered as `kind` when it is missing."""

    name: Value
    kind: Value | None = None
    place: PlaceSource | None = None


@dataclass(frozen=True, slots=True)
class Split:
    """A text cut into pieces at any of the separators, none of them inside brackets."""

    column: str
    separators: tuple[str, ...]
    after: tuple[str, ...] = ()
    until: tuple[str, ...] = ()
    ignore: frozenset[str] = frozenset()


Fields = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Lines:
    """Requirement lines: from a nested list, from the pieces of texts, or the same for every row."""

    nested: str | None = None
    splits: tuple[Split, ...] = ()
    fields: Fields = field(default_factory=dict)
    fixed: tuple[Fields, ...] = ()
    merge: bool = False


@dataclass(frozen=True, slots=True)
class Weekly:
    """Opening hours: for each weekday (MO … SU) pairs of columns; the texts in `closed` mean no hours."""

    days: Mapping[str, tuple[tuple[str, str], ...]]
    closed: frozenset[str]
    backwards: Backwards


@dataclass(frozen=True, slots=True)
class Period:
    """One window from the first to the last day, both included."""

    start: Value
    end: Value
    backwards: Backwards


@dataclass(frozen=True, slots=True)
class External:
    """The id of a row in the system it comes from; a second import of it is refused or left out."""

    system: str
    value: Value
    skip_known: bool = False


@dataclass(frozen=True, slots=True)
class ImportMapping:
    """All of a mapping file. `within` is the code of the place that everything must lie in."""

    target: Target
    file: FileShape
    within: str | None
    zone: str
    fields: Fields
    place: PlaceSource | None = None
    owner: Owner | None = None
    external: External | None = None
    point: tuple[Value, Value] | None = None
    crs: str | None = None
    service_area: tuple[PlaceSource, ...] = ()
    lines: Lines | None = None
    weekly: Weekly | None = None
    period: Period | None = None
    explode: str | None = None
    skip: tuple[Filter, ...] = ()
