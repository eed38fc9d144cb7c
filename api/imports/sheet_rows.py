"""Spreadsheets (xlsx, xls, xlsb, ods): one sheet, merged cells written out in its header lines."""

import zipfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, load_workbook

from api.imports.mapping import FileShape
from api.imports.problems import FileRefused
from api.imports.tables import table_rows

MOST_UNPACKED = 500_000_000


def sheet_rows(path: Path, shape: FileShape) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield row number and cells of the named sheet, else of the first. Raise FileRefused."""
    _refuse_bomb(path)
    try:
        book = load_workbook(path)
        sheet = _sheet(book, shape.sheet)
        lines = [list(line) for line in sheet.to_python(skip_empty_area=False)]
    except PasswordError:
        raise FileRefused("表格有密码", "The spreadsheet has a password") from None
    except (CalamineError, OSError, ValueError) as fault:
        raise FileRefused(f"打不开表格:{fault}", f"Cannot open the spreadsheet: {fault}") from None
    _write_out_merged(sheet, lines, shape)
    yield from table_rows(lines, shape)


def _sheet(book: CalamineWorkbook, name: str | None) -> CalamineSheet:
    names = book.sheet_names
    if name is not None and name not in names:
        known = "、".join(names)
        raise FileRefused(f"没有工作表“{name}”,有:{known}", f"No sheet “{name}”; there are: {known}")
    if not names:
        raise FileRefused("表格里没有工作表", "The spreadsheet has no sheet")
    return book.get_sheet_by_name(name if name is not None else names[0])


def _write_out_merged(sheet: CalamineSheet, lines: list[list[Any]], shape: FileShape) -> None:
    """Give every cell of a merged range in the header the range's text; below, cells stay as they are."""
    last = shape.header_from + shape.header_rows - 2
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        if not shape.header_from - 1 <= top <= last:
            continue
        for row in range(top, min(bottom, last, len(lines) - 1) + 1):
            for column in range(left, min(right, len(lines[row]) - 1) + 1):
                lines[row][column] = lines[top][left]


def _refuse_bomb(path: Path) -> None:
    # Old .xls files are no archives; what is wrong with a broken file calamine says itself.
    with suppress(zipfile.BadZipFile, OSError, NotImplementedError), zipfile.ZipFile(path) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > MOST_UNPACKED:
            raise FileRefused("表格展开后过大", "The spreadsheet is too large when unpacked")
