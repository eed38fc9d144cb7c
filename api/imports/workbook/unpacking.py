"""An xlsx file is an archive of XML: unpacked within bounds and measured before the spreadsheet library sees it.

The library lays out the whole rectangle that the cells' addresses span, so a few bytes could ask for
all memory there is. What is handed on is a new archive of the parts that were measured here, nothing else.
"""

import io
import re
import zipfile
from typing import Final
from xml.parsers import expat

from api.imports.problems import FileRefused

MOST_PARTS: Final = 200
MOST_UNPACKED: Final = 20_000_000
MOST_ROWS: Final = 5_000
MOST_COLUMNS: Final = 100
MOST_MERGED: Final = 2_000
_WANTED: Final = re.compile(
    r"\[Content_Types\]\.xml|_rels/\.rels|xl/(workbook|sharedStrings|styles)\.xml|xl/_rels/workbook\.xml\.rels"
    r"|xl/worksheets/[^/]+\.xml"
)
_SHEET: Final = "xl/worksheets/"
_ADDRESS: Final = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
# A cell whose formula went wrong; the spreadsheet library would show it as empty.
_ERROR: Final = re.compile(rb"""(<(?:\w+:)?c\b[^>]*?\s)t=(["'])e\2""")
_NO_WORKBOOK: Final = (
    "这不是 xlsx 表格,请在 Excel 或 WPS 里另存为 .xlsx",
    "This is no xlsx workbook; save it as .xlsx first",
)


def safe_archive(raw: bytes) -> io.BytesIO:
    """Return the same workbook with its measured parts only.

    Raises:
        FileRefused: it is no xlsx file, has a password, is broken, or is larger than anybody's list.
    """
    if raw.startswith(b"\xd0\xcf\x11\xe0"):
        raise FileRefused(
            "表格有密码,或是旧的 .xls 格式;请去掉密码另存为 .xlsx",
            "The workbook has a password or is an old .xls; save it as .xlsx without one",
        )
    if not raw.startswith(b"PK"):
        raise FileRefused(*_NO_WORKBOOK)
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            parts = _parts(archive)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as fault:
        raise FileRefused("表格文件已损坏", "The workbook is broken") from fault
    if "xl/workbook.xml" not in parts:
        raise FileRefused(*_NO_WORKBOOK)
    for name, content in parts.items():
        sheet = name.startswith(_SHEET)
        _measure(content, sheet=sheet)
        if sheet:
            parts[name] = _ERROR.sub(rb"\1t=\2str\2", content)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    packed.seek(0)
    return packed


def _parts(archive: zipfile.ZipFile) -> dict[str, bytes]:
    entries = archive.infolist()
    names = [entry.filename for entry in entries]
    if len(entries) > MOST_PARTS or len(set(names)) < len(names):
        raise zipfile.BadZipFile("too many or repeated parts")
    left = MOST_UNPACKED
    parts = {}
    for entry in entries:
        if not _WANTED.fullmatch(entry.filename):
            continue
        # What an entry says of its size need not be true; no more is unpacked than is left.
        with archive.open(entry) as file:
            content = file.read(left + 1)
        if len(content) > left:
            most = MOST_UNPACKED // 1_000_000
            raise FileRefused(f"表格展开后超过 {most} MB", f"The workbook is larger than {most} MB when unpacked")
        left -= len(content)
        parts[entry.filename] = content
    return parts


class _Measure:
    """Walks one part; refuses document types, cells far out, and too many merged ranges."""

    def __init__(self) -> None:
        self.merged = 0
        self.cell: dict[str, str] = {}
        self.inside: set[str] = set()

    def doctype(self, *_: object) -> None:
        raise FileRefused("表格文件已损坏", "The workbook is broken")

    def element(self, name: str, attributes: dict[str, str]) -> None:
        kind = name.rpartition(":")[2]
        address = attributes.get("r")
        self.inside.add(kind)
        if kind == "c":
            self.cell, self.inside = attributes, set()
            if address is not None:
                self._bounded(address)
        elif kind == "row" and address is not None:
            self._bounded(f"A{address}")
        elif kind == "mergeCell":
            self.merged += 1
            if self.merged > MOST_MERGED:
                raise FileRefused("合并单元格太多", "Too many merged cells")

    def text(self, _: str) -> None:
        if "v" in self.inside:
            self.inside.add("value")

    def end(self, name: str) -> None:
        if name.rpartition(":")[2] == "c" and "f" in self.inside and self.inside.isdisjoint({"value", "is"}):
            if self.cell.get("t") == "str":
                return
            at = self.cell.get("r", "")
            raise FileRefused(
                f"单元格 {at} 的公式没有算出结果,请用 Excel 或 WPS 打开存盘后再传",
                f"The formula in {at} has no result; open the file in a spreadsheet program and save it",
            )

    def _bounded(self, address: str) -> None:
        found = _ADDRESS.fullmatch(address)
        if found is None:
            raise FileRefused("表格文件已损坏", "The workbook is broken")
        column = 0
        for letter in found[1]:
            column = column * 26 + ord(letter) - 64
        if int(found[2]) > MOST_ROWS or column > MOST_COLUMNS:
            raise FileRefused(
                f"表格里有超出 {MOST_ROWS} 行或 {MOST_COLUMNS} 列的单元格({address}),请删去空白行列后再传",
                f"A cell lies beyond row {MOST_ROWS} or column {MOST_COLUMNS} ({address}); delete the empty rows",
            )


def _measure(content: bytes, *, sheet: bool) -> None:
    parser = expat.ParserCreate()
    measure = _Measure()
    parser.StartDoctypeDeclHandler = measure.doctype
    if sheet:
        parser.StartElementHandler = measure.element
        parser.CharacterDataHandler = measure.text
        parser.EndElementHandler = measure.end
    try:
        parser.Parse(content, True)
    except expat.ExpatError as fault:
        raise FileRefused("表格文件已损坏", "The workbook is broken") from fault
