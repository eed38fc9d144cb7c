"""CSV files as people save them: with or without BOM, UTF-8 or GBK, comma, semicolon or tab.

Excel in Chinese Windows saves CSV as GBK; UTF-8 is tried first because GB18030 takes nearly any bytes.
"""

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from api.imports.mapping import FileShape
from api.imports.problems import FileRefused
from api.imports.tables import table_rows

ENCODINGS = ("utf-8-sig", "gb18030")
DELIMITERS = ",;\t|"
UTF_16 = (b"\xff\xfe", b"\xfe\xff")


def csv_rows(path: Path, shape: FileShape) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield row number and cells. Raise FileRefused, with the row where it is broken."""
    text = decoded(path.read_bytes())
    yield from table_rows(_lines(text, shape.delimiter or sniffed(text)), shape)


def decoded(raw: bytes) -> str:
    """Return the text of a file in UTF-8 (with or without BOM), else GB18030. Raise FileRefused."""
    if raw.startswith(UTF_16):
        raise FileRefused("文件是 UTF-16,请另存为 UTF-8 的 CSV", "The file is UTF-16; save it as UTF-8 CSV")
    for encoding in ENCODINGS:
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise FileRefused("文件既不是 UTF-8 也不是 GBK", "The file is neither UTF-8 nor GBK")


def sniffed(text: str) -> str:
    """Return the delimiter that the first line has most of; a comma when it has none."""
    first = text.lstrip("\r\n").split("\n", 1)[0]
    outside = "".join(first.split('"')[::2])
    return max(DELIMITERS, key=lambda each: (outside.count(each), -DELIMITERS.index(each)))


def _lines(text: str, delimiter: str) -> Iterator[list[str]]:
    # Strict, because a quote that is never closed would swallow the rest of the file.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 0
    while True:
        number += 1
        try:
            line = next(reader)
        except StopIteration:
            return
        except csv.Error as fault:
            raise FileRefused(
                f"第 {number} 行不是合格的 CSV:{fault}", f"Row {number} is not sound CSV: {fault}", row=number
            ) from None
        yield line
