"""The rows of a sent workbook: where the header is, which column is which, and what stands in the cells."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, load_workbook

from api.imports.cells import as_text, one_line, without_broken
from api.imports.problems import CellFault, FileRefused
from api.imports.workbook.columns import REQUIRED, SHEET, known_column, title_of
from api.imports.workbook.unpacking import safe_archive

MOST_ITEMS: Final = 500
HEADER_WITHIN: Final = 10
LONGEST_TEXT: Final = 6_000


@dataclass(slots=True)
class SheetRow:
    """One row: its number in the spreadsheet, cells by column key, and what stood in unknown columns."""

    number: int
    cells: dict[str, Any]
    extra: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Sheet:
    """The rows below the header line, whose number counts from 1, and the lines above."""

    header: int
    rows: list[SheetRow]
    above: list[list[str]] = field(default_factory=list)
    extra: list[str] = field(default_factory=list)


def read_sheet(raw: bytes) -> Sheet:
    """Return what a sent workbook says.

    Raises:
        FileRefused: it cannot be read, or is not the form; says what is missing.
    """
    try:
        book = load_workbook(safe_archive(raw))
        sheet = book.get_sheet_by_name(_name(book))
        lines = [[without_broken(cell) for cell in line] for line in sheet.to_python(skip_empty_area=False)]
    except PasswordError:
        raise FileRefused("表格有密码", "The workbook has a password") from None
    except (CalamineError, OSError, ValueError) as fault:
        raise FileRefused("表格文件已损坏", "The workbook is broken") from fault
    _write_out_merged(sheet.merged_cell_ranges or (), lines)
    header, names = _header(lines)
    return _rows(lines, header, names)


def _name(book: CalamineWorkbook) -> str:
    names = book.sheet_names
    if not names:
        raise FileRefused("表格里没有工作表", "The workbook has no sheet")
    return SHEET if SHEET in names else names[0]


def _write_out_merged(ranges: Sequence[Any], lines: list[list[Any]]) -> None:
    """Give each cell of a merged range above or in the header its text; below, cells stay as they are."""
    for (top, left), (bottom, right) in ranges:
        if top >= HEADER_WITHIN:
            continue
        for row in range(top, min(bottom, len(lines) - 1) + 1):
            for column in range(left, min(right, len(lines[row]) - 1) + 1):
                lines[row][column] = lines[top][left]


def _header(lines: list[list[Any]]) -> tuple[int, list[str]]:
    """Return how many lines the header ends at, and a name for each column; a header may take two lines."""
    best: tuple[int, int, list[str]] | None = None
    for last in range(min(HEADER_WITHIN, len(lines))):
        for depth in (1, 2):
            if depth > last + 1:
                continue
            names = _names(lines[last + 1 - depth : last + 1])
            known = len({key for name in names if (key := known_column(name))})
            if known and (best is None or known > best[0]):
                best = (known, last + 1, names)
    found = {known_column(name) for name in best[2]} if best else set()
    missing = [str(title_of(key)) for key in REQUIRED if key not in found]
    if best is None or missing:
        shown = "、".join(name for name in (best[2] if best else []) if name)[:200]
        wanted = "、".join(missing or [str(title_of(key)) for key in REQUIRED])
        raise FileRefused(
            f"没有找到表头“{wanted}”,请用下载的表填写" + (f";读到的表头:{shown}" if shown else ""),
            f"No column {wanted}; use the form that was downloaded" + (f"; found: {shown}" if shown else ""),
        )
    return best[1], best[2]


def _names(header: list[list[Any]]) -> list[str]:
    width = max(len(line) for line in header)
    names = []
    for column in range(width):
        parts = [_text(line[column]) for line in header if column < len(line)]
        names.append("/".join(dict.fromkeys(part for part in parts if part)))
    return names


def _text(cell: Any) -> str:
    try:
        return one_line(as_text(cell, None) or "")[:200]
    except CellFault:
        return ""


def _rows(lines: list[list[Any]], header: int, names: list[str]) -> Sheet:
    keys = [known_column(name) for name in names]
    for key in {key for key in keys if key}:
        if keys.count(key) > 1:
            title = title_of(key)
            raise FileRefused(f"有两列都是“{title}”", f"Two columns are “{title}”")
    extra = [at for at, (key, name) in enumerate(zip(keys, names, strict=True)) if key is None and name]
    rows = []
    for number, line in enumerate(lines[header:], header + 1):
        cells = {key: _plain(line[at]) for at, key in enumerate(keys) if key and at < len(line)}
        said = {key: cell for key, cell in cells.items() if key != "fault"}
        if not any(_filled(cell) for cell in said.values()):
            continue
        for key, cell in said.items():
            if isinstance(cell, str) and len(cell) > LONGEST_TEXT:
                raise FileRefused(
                    f"第 {number} 行“{title_of(key)}”超过 {LONGEST_TEXT} 字", f"Row {number}: a cell is too long"
                )
        rows.append(SheetRow(number, said, [_text(line[at]) if at < len(line) else "" for at in extra]))
    if len(rows) > MOST_ITEMS:
        raise FileRefused(f"超过 {MOST_ITEMS} 行,请分几次传", f"More than {MOST_ITEMS} rows; send them in parts")
    above = [[_text(cell) for cell in line] for line in lines[: header - 1]]
    return Sheet(header, rows, above, [names[at] for at in extra])


def _plain(cell: Any) -> Any:
    """Return a cell as JSON can keep it until the clerk confirms; dates are read from text as well."""
    if isinstance(cell, date | datetime | time):
        return cell.isoformat()
    return str(cell) if isinstance(cell, timedelta) else cell


def _filled(cell: Any) -> bool:
    return _text(cell) != ""
