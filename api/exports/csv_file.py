"""A table as CSV that Excel opens rightly: UTF-8 with its mark, CRLF, one piece a page of rows."""

import csv
import io
from collections.abc import AsyncIterator, Sequence
from typing import Final

from api.exports.cells import Cell, csv_cell

MEDIA_TYPE: Final = "text/csv; charset=utf-8"
BOM: Final = "\ufeff"


async def csv_bytes(header: Sequence[str], pages: AsyncIterator[Sequence[Sequence[Cell]]]) -> AsyncIterator[bytes]:
    """Yield the file, page by page; no more than one page is held."""
    yield (BOM + _lines([header])).encode()
    async for rows in pages:
        if rows:
            yield _lines([[csv_cell(value) for value in row] for row in rows]).encode()


def _lines(rows: Sequence[Sequence[str | int | float]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    return out.getvalue()
