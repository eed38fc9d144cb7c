"""Rows below a header: names of the columns from one or more header lines, cells by name."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from api.imports.cells import as_text, one_line
from api.imports.mapping import FileShape
from api.imports.problems import CellFault, FileRefused

MOST_COLUMNS = 1_000
BEYOND = "(超出表头 beyond the header)"


def table_rows(lines: Iterable[Sequence[Any]], shape: FileShape) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield row number and cells by column name; empty rows are left out.

    Raises:
        FileRefused: there is no header, or two columns have the same name.
    """
    header: list[Sequence[Any]] = []
    names: list[str] = []
    last = shape.header_from + shape.header_rows - 1
    for number, line in enumerate(lines, 1):
        if number > last:
            cells = _cells(names, line)
            if cells:
                yield number, cells
        elif number >= shape.header_from:
            header.append(line)
            if number == last:
                names = column_names(header)
    if not names:
        raise FileRefused("文件里没有表头", "The file has no header line")


def column_names(header: Sequence[Sequence[Any]]) -> list[str]:
    """Return a name for each column: its header cells from above, each once, joined by "/".

    A column without any name is called by its number, "#7".
    """
    width = max((len(line) for line in header), default=0)
    if width > MOST_COLUMNS:
        raise FileRefused(f"超过 {MOST_COLUMNS} 列", f"More than {MOST_COLUMNS} columns")
    names: list[str] = []
    for column in range(width):
        parts = [_name(line[column]) for line in header if column < len(line)]
        name = "/".join(dict.fromkeys(part for part in parts if part)) or f"#{column + 1}"
        if name in names:
            raise FileRefused(f"有两列都叫“{name}”", f"Two columns have the same name: {name}", row=1)
        names.append(name)
    if not any(not name.startswith("#") for name in names):
        raise FileRefused("表头是空的", "The header line is empty", row=1)
    return names


def _name(cell: Any) -> str:
    try:
        return one_line(as_text(cell, None) or "")
    except CellFault as fault:
        raise FileRefused(f"表头{fault.zh}", f"Header: {fault.en}", row=1) from None


def _cells(names: list[str], line: Sequence[Any]) -> dict[str, Any]:
    if all(cell is None or cell == "" for cell in line):
        return {}
    cells: dict[str, Any] = dict(zip(names, line, strict=False))
    cells |= dict.fromkeys(names[len(line) :])
    beyond = [cell for cell in line[len(names) :] if cell not in (None, "")]
    if beyond:
        cells[BEYOND] = beyond
    return cells
