"""Workbooks as a clerk's Excel opens and saves them, and as somebody hostile makes them."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

import xlsxwriter
from python_calamine import load_workbook

SHEET = "服务事项"
Row = dict[str, Any]


def opened(content: bytes, sheet: str = SHEET) -> list[Row]:
    """Return the rows that are not empty, by heading."""
    book = load_workbook(io.BytesIO(content))
    header, *lines = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    titles = [str(title) for title in header]
    return [dict(zip(titles, line, strict=True)) for line in lines if any(cell != "" for cell in line)]


def saved(rows: Sequence[Row], *, sheet: str = SHEET, above: Sequence[str] = ()) -> bytes:
    """Return a file with these rows below a header, perhaps below a merged title."""
    titles = list(dict.fromkeys(title for row in rows for title in row))
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True})
    page = book.add_worksheet(sheet)
    for at, text in enumerate(above):
        page.merge_range(at, 0, at, max(len(titles) - 1, 1), text)
    page.write_row(len(above), 0, titles)
    for at, row in enumerate(rows, len(above) + 1):
        for column, title in enumerate(titles):
            value = row.get(title, "")
            if isinstance(value, str):
                page.write_string(at, column, value)
            else:
                page.write(at, column, value)
    book.close()
    return content.getvalue()


def parts(content: bytes) -> dict[str, bytes]:
    """Return the parts of a file by name."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(content: Mapping[str, bytes]) -> bytes:
    """Return a file of such parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in content.items():
            archive.writestr(name, part)
    return out.getvalue()
