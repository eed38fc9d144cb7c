"""A table as XLSX: written row by row to a temporary file, then sent in pieces; the memory does not grow with it."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, date, datetime
from typing import IO, Any, Final

from xlsxwriter import Workbook

from api.exports.cells import LONGEST, Cell, formula_like, local

MEDIA_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PIECE: Final = 64 * 1024
MOST_ROWS: Final = 1_048_575
"""Rows of a sheet below its header; what is more goes on the next sheet."""
# The file's own date, so that the same rows give the same bytes.
MADE: Final = datetime(2020, 1, 1, tzinfo=UTC).replace(tzinfo=None)
OPTIONS: Final = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


async def xlsx_bytes(
    header: Sequence[str], pages: AsyncIterator[Sequence[Sequence[Cell]]], most: int = MOST_ROWS
) -> AsyncIterator[bytes]:
    """Yield the file once it is whole."""
    with tempfile.TemporaryFile() as file:
        sheets = _Sheets(file, header, most)
        try:
            async for rows in pages:
                await asyncio.to_thread(sheets.write, rows)
        finally:
            # Also of a file that nobody wants any more: it closes the temporary files of the sheets.
            await asyncio.to_thread(sheets.close)
        file.seek(0)
        while piece := await asyncio.to_thread(file.read, PIECE):
            yield piece


class _Sheets:
    """The workbook, with as many sheets as its rows need."""

    def __init__(self, file: IO[bytes], header: Sequence[str], most: int) -> None:
        self.book = Workbook(file, OPTIONS)
        self.book.set_properties({"created": MADE})
        self.bold = self.book.add_format({"bold": True})
        self.day = self.book.add_format({"num_format": "yyyy-mm-dd"})
        self.moment = self.book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        # An apostrophe that Excel shows in the line of input only: the cell is text for good.
        self.quoted = self.book.add_format({"quote_prefix": True})
        self.header, self.most = header, most
        self._next()

    def _next(self) -> None:
        self.sheet = self.book.add_worksheet()
        self.sheet.freeze_panes(1, 0)
        self.sheet.set_column(0, len(self.header) - 1, 18)
        for column, title in enumerate(self.header):
            self.sheet.write_string(0, column, title, self.bold)
        self.row = 0

    def write(self, rows: Sequence[Sequence[Cell]]) -> None:
        for row in rows:
            if self.row == self.most:
                self._next()
            self.row += 1
            for column, value in enumerate(row):
                self._cell(self.row, column, value)

    def _cell(self, row: int, column: int, value: Cell) -> None:
        sheet: Any = self.sheet
        match value:
            case None | "":
                return
            case bool():
                sheet.write_boolean(row, column, value)
            case int() | float():
                sheet.write_number(row, column, value)
            case datetime():
                sheet.write_datetime(row, column, local(value), self.moment)
            case date():
                sheet.write_datetime(row, column, value, self.day)
            case _:
                sheet.write_string(row, column, value[:LONGEST], self.quoted if formula_like(value) else None)

    def close(self) -> None:
        self.book.close()
