"""Read the rows of a CSV, spreadsheet or JSON-lines file, one after the other and within bounds."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from api.imports.cells import without_broken
from api.imports.csv_rows import csv_rows
from api.imports.json_rows import json_rows
from api.imports.mapping import FileKind, FileShape
from api.imports.problems import FileRefused
from api.imports.sheet_rows import sheet_rows

MOST_BYTES = 50_000_000
MOST_ROWS = 100_000
KINDS = {
    ".csv": FileKind.CSV,
    ".tsv": FileKind.CSV,
    ".txt": FileKind.CSV,
    ".xlsx": FileKind.SHEET,
    ".xlsm": FileKind.SHEET,
    ".xls": FileKind.SHEET,
    ".xlsb": FileKind.SHEET,
    ".ods": FileKind.SHEET,
    ".et": FileKind.SHEET,
    ".jsonl": FileKind.JSON_LINES,
    ".ndjson": FileKind.JSON_LINES,
}
PLAIN = FileShape()
Rows = Iterator[tuple[int, dict[str, Any]]]


def read_rows(path: Path, shape: FileShape = PLAIN) -> Rows:
    """Yield row number and cells of every row that is not empty.

    The number is the one a spreadsheet shows: with one header line the first row is 2; in JSON
    lines it is the line. CSV cells are text; sheets and JSON also give numbers, dates and lists.
    What stands beyond the header's columns is in the cell `tables.BEYOND`.

    Raises:
        FileRefused: it is missing, too large, no such file, or broken (with the row).
    """
    try:
        size = path.stat().st_size
    except OSError:
        raise FileRefused(f"打不开文件 {path.name}", f"Cannot open {path.name}") from None
    if size > MOST_BYTES:
        most = MOST_BYTES // 1_000_000
        raise FileRefused(f"文件超过 {most} MB", f"The file is larger than {most} MB")
    kind = shape.kind or KINDS.get(path.suffix.lower())
    if kind is None:
        raise FileRefused(f"不认识的文件类型 {path.suffix}", f"Unknown kind of file {path.suffix}")
    read = {FileKind.CSV: csv_rows, FileKind.SHEET: sheet_rows, FileKind.JSON_LINES: json_rows}[kind]
    rows = read(path, shape)
    for number, cells in islice(rows, MOST_ROWS):
        yield number, without_broken(cells) if shape.drop_controls else cells
    if next(rows, None) is not None:
        raise FileRefused(f"超过 {MOST_ROWS} 行", f"More than {MOST_ROWS} rows")
