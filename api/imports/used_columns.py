"""Columns that a mapping names and the file does not have: found at once, before any row is blamed."""

from collections.abc import Iterable, Iterator

from api.imports.cells import Cells
from api.imports.line_reading import PIECE_COLUMNS
from api.imports.mapping import ImportMapping, PlaceSource, Value
from api.imports.problems import RowProblem
from api.imports.values import columns_of

HEADER_ROW = 1


def missing_columns(mapping: ImportMapping, rows: Iterable[tuple[int, Cells]]) -> list[RowProblem]:
    """Return a problem for each named column that no row has. A file without rows has none missing."""
    present: set[str] = set()
    rows = list(rows)
    for _, cells in rows:
        present.update(cells)
    if not rows:
        return []
    nested = [name for name in (mapping.explode, mapping.lines and mapping.lines.nested) if name]
    missing = sorted(
        column
        for column in used_columns(mapping)
        if column not in present and not any(column.startswith(f"{name}.") for name in nested)
    )
    return [RowProblem(HEADER_ROW, column, "文件里没有这一列", "The file has no such column") for column in missing]


def used_columns(mapping: ImportMapping) -> set[str]:
    """Return every column that a mapping names, but for those of the pieces of a split text."""
    found = {each.column for each in mapping.skip}
    for value in _values(mapping):
        found |= columns_of(value)
    if mapping.lines is not None:
        found |= {split.column for split in mapping.lines.splits} | {mapping.lines.nested or ""}
    if mapping.weekly is not None:
        found |= {column for spans in mapping.weekly.days.values() for pair in spans for column in pair}
    return (found | {mapping.explode or ""}) - {"", *PIECE_COLUMNS}


def _values(mapping: ImportMapping) -> Iterator[Value]:
    yield from mapping.fields.values()
    owners = mapping.owner.place if mapping.owner is not None else None
    for place in (mapping.place, *mapping.service_area, owners):
        if place is not None:
            yield from _of_place(place)
    if mapping.owner is not None:
        yield mapping.owner.name
        if mapping.owner.kind is not None:
            yield mapping.owner.kind
    if mapping.external is not None:
        yield mapping.external.value
    if mapping.point is not None:
        yield from mapping.point
    if mapping.period is not None:
        yield from (mapping.period.start, mapping.period.end)
    if mapping.lines is not None:
        for fields in (mapping.lines.fields, *mapping.lines.fixed):
            yield from fields.values()


def _of_place(place: PlaceSource) -> Iterator[Value]:
    if place.code is not None:
        yield place.code
    for step in place.steps:
        yield step.name
