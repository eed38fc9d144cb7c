"""Rows → drafts: checked values of every item, with the places and owners still by name."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from api.imports.cells import Cells, one_line
from api.imports.field_types import typed
from api.imports.line_reading import entries_of, read_lines
from api.imports.mapping import ImportMapping, PlaceSource
from api.imports.problems import CellFault, RowProblem
from api.imports.tables import BEYOND
from api.imports.targets import FIELDS
from api.imports.values import Evaluator, column_of, holds
from api.imports.window_reading import read_windows

LONGEST_ID, LONGEST_NAME, LONGEST_CODE = 200, 200, 40
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class NamedPlace:
    """A place as a row names it: by code, or by names below `under`. The column is for faults."""

    source: PlaceSource
    code: str | None
    names: tuple[str | None, ...]
    column: str | None


@dataclass(frozen=True, slots=True)
class NamedOwner:
    """An owner as a row names it, with the kind to register it as."""

    name: str
    kind: str | None
    place: NamedPlace | None
    column: str | None


@dataclass(slots=True)
class Draft:
    """One item of one row. `external` is its id in the system it comes from."""

    row: int
    values: dict[str, Any]
    place: NamedPlace | None = None
    owner: NamedOwner | None = None
    areas: list[NamedPlace] = field(default_factory=list)
    external: str | None = None


@dataclass(slots=True)
class Drafts:
    """All drafts of a file, the problems met on the way, and what was left out or asked for."""

    drafts: list[Draft] = field(default_factory=list)
    problems: list[RowProblem] = field(default_factory=list)
    rows: int = 0
    filtered: int = 0


def draft_all(
    mapping: ImportMapping,
    rows: Iterable[tuple[int, Cells]],
    evaluator: Evaluator,
    progress: Progress | None = None,
) -> Drafts:
    """Return a draft for every item of every row that no filter leaves out; faults never stop it."""
    found = Drafts()
    for number, cells in rows:
        found.rows += 1
        try:
            if any(holds(each, cells) for each in mapping.skip):
                found.filtered += 1
                continue
            if BEYOND in cells:
                raise CellFault(BEYOND, "这一行比表头多出几格", "The row has more cells than the header")
            items = list(_exploded(mapping, cells))
        except CellFault as fault:
            found.problems.append(fault.at(number))
            continue
        for item in items:
            _add(found, mapping, number, item, evaluator)
        if progress is not None and found.rows % 50 == 0:
            progress(found.rows, 0)
    return found


def _exploded(mapping: ImportMapping, cells: Cells) -> Iterator[Cells]:
    if mapping.explode is None:
        yield cells
    else:
        yield from ({**cells, **entry} for entry in entries_of(cells, mapping.explode))


def _add(found: Drafts, mapping: ImportMapping, row: int, cells: Cells, evaluator: Evaluator) -> None:
    """Draft one item; of a row with several faults each field's is noted, not the first alone."""
    values: dict[str, Any] = {}
    faults: list[CellFault] = []

    def attempt(read: Callable[[], Any]) -> Any:
        try:
            return read()
        except CellFault as fault:
            faults.append(fault)
            return None

    for name, source in mapping.fields.items():
        value = attempt(lambda name=name, source=source: typed(name, evaluator.value(source, cells), column_of(source)))  # type: ignore[misc]  # bound in this very turn
        values[FIELDS[mapping.target][name]] = value
    if mapping.lines is not None:
        lines = mapping.lines
        values["lines"] = attempt(lambda: read_lines(lines, cells, evaluator))
    if mapping.weekly is not None or mapping.period is not None:
        values["windows"] = attempt(lambda: read_windows(mapping, cells, evaluator))
    if mapping.point is not None:
        values["point"] = attempt(lambda: _point(mapping, cells, evaluator))
    draft = Draft(row, values)
    draft.place = attempt(lambda: mapping.place and named_place(mapping.place, cells, evaluator))
    draft.owner = attempt(lambda: _owner(mapping, cells, evaluator))
    areas = attempt(lambda: [named_place(each, cells, evaluator) for each in mapping.service_area])
    draft.areas = [area for area in areas or [] if area.code or area.source.under]
    if mapping.external is not None:
        source = mapping.external.value
        draft.external = attempt(lambda: _external(evaluator.text(source, cells), column_of(source)))
    found.problems += [fault.at(row) for fault in faults]
    if not faults:
        found.drafts.append(draft)


def named_place(source: PlaceSource, cells: Cells, evaluator: Evaluator) -> NamedPlace:
    """Return the place a row names. Raise CellFault."""
    code = evaluator.text(source.code, cells)
    names = tuple(evaluator.text(step.name, cells) for step in source.steps)
    column = column_of(source.code) or next((found for each in source.steps if (found := column_of(each.name))), None)
    cleaned = tuple(None if name is None else one_line(name) for name in names)
    for text in (code, *cleaned):
        short(text or "", LONGEST_CODE if text is code else LONGEST_NAME // 2, column)
    return NamedPlace(source, code, cleaned, column)


def _point(mapping: ImportMapping, cells: Cells, evaluator: Evaluator) -> dict[str, Any] | None:
    longitude, latitude = mapping.point or (None, None)
    found = evaluator.value(longitude, cells), evaluator.value(latitude, cells)
    if found == (None, None):
        return None
    for value, source in zip(found, (longitude, latitude), strict=True):
        if not isinstance(value, int | float):
            raise CellFault(column_of(source), "坐标须为数(写 number)", "A coordinate must be a number (say number)")
    return {"longitude": found[0], "latitude": found[1], "crs": mapping.crs}


def _owner(mapping: ImportMapping, cells: Cells, evaluator: Evaluator) -> NamedOwner | None:
    if mapping.owner is None:
        return None
    column = column_of(mapping.owner.name)
    name = evaluator.text(mapping.owner.name, cells)
    if name is None:
        raise CellFault(column, "没有写单位名称", "The organisation's name is missing")
    kind = evaluator.text(mapping.owner.kind, cells)
    source = mapping.owner.place
    place = None if source is None else named_place(source, cells, evaluator)
    return NamedOwner(short(one_line(name), LONGEST_NAME, column), kind, place, column)


def _external(value: str | None, column: str | None) -> str:
    if value is None:
        raise CellFault(column, "没有编号", "The id is missing")
    return short(one_line(value), LONGEST_ID, column)


def short(text: str, longest: int, column: str | None) -> str:
    """Return the text. Raise CellFault when it is too long to be looked for in the database."""
    if len(text) > longest:
        raise CellFault(column, f"最长 {longest} 个字", f"At most {longest} characters")
    return text
