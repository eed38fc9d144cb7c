"""Files as people save them, and files that are none."""

import datetime as dt
import tempfile
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from api.imports import rows
from api.imports.mapping import FileShape
from api.imports.problems import FileRefused
from api.imports.rows import read_rows
from tests.api.imports.conftest import Write


@pytest.mark.parametrize(
    ("content", "name", "row"),
    [
        (b"", "a.csv", None),
        (b"\n\n", "a.csv", 1),
        (b"a,a\n1,2", "a.csv", 1),
        (b'a,b\n1,"never closed\n2,3', "a.csv", 2),
        ("a,b\n1,2".encode("utf-16"), "a.csv", None),
        (b"a,b\n\xff\xff\xff", "a.csv", None),
        (b'{"a": 1}\n[1]', "a.jsonl", 2),
        (b'{"a": NaN}', "a.jsonl", 1),
        (b"[" * 100_000, "a.jsonl", 1),
        (b"no spreadsheet", "a.xlsx", None),
        (b"a,b", "a.pdf", None),
    ],
    ids=[
        "an empty file", "no header", "two columns of one name", "an open quote", "UTF-16", "neither UTF-8 nor GBK",
        "a list for an object", "NaN", "deep nesting", "no spreadsheet", "an unknown kind",
    ],
)  # fmt: skip
def test_a_broken_file_is_refused_with_its_row(tmp_path: Path, content: bytes, name: str, row: int | None) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(FileRefused) as refused:
        list(read_rows(tmp_path / name))
    assert refused.value.row == row
    assert refused.value.zh
    assert refused.value.en


def test_a_missing_or_too_large_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(FileRefused):
        list(read_rows(tmp_path / "none.csv"))
    (tmp_path / "a.csv").write_text("a\n1\n2\n3\n")
    monkeypatch.setattr(rows, "MOST_ROWS", 2)
    with pytest.raises(FileRefused):
        list(read_rows(tmp_path / "a.csv"))
    monkeypatch.setattr(rows, "MOST_BYTES", 2)
    with pytest.raises(FileRefused):
        list(read_rows(tmp_path / "a.csv"))


@given(st.binary(max_size=400))
@settings(max_examples=400)
def test_any_bytes_are_rows_or_a_refusal(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for name in ("a.csv", "a.jsonl"):
            path = Path(folder) / name
            path.write_bytes(content)
            try:
                for number, cells in read_rows(path):
                    assert number >= 1
                    assert cells
            except FileRefused as refused:
                assert refused.zh  # noqa: PT017  both ways out are right; this one must be told


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_encoding_and_delimiter_are_found(csv_file: Write, encoding: str, delimiter: str) -> None:
    path = csv_file(delimiter.join(["名称", "数量"]), delimiter.join(['"甲,乙;丙"', "三"]), encoding=encoding)
    assert list(read_rows(path)) == [(2, {"名称": "甲,乙;丙", "数量": "三"})]


def test_rows_are_numbered_as_a_spreadsheet_shows_them(csv_file: Write) -> None:
    path = csv_file("a,b", '"one\nline",2', "", "3", "4,5,6")
    found = dict(read_rows(path))
    assert found[2] == {"a": "one\nline", "b": "2"}
    assert found[4] == {"a": "3", "b": None}
    assert set(found) == {2, 4, 5}


def sheet(path: Path, write: Any) -> Path:
    book = xlsxwriter.Workbook(str(path))
    write(book, book.add_worksheet("清单"))
    book.close()
    return path


def test_merged_header_cells_name_every_column_they_cover(tmp_path: Path) -> None:
    def write(book: Any, page: Any) -> None:
        page.merge_range(0, 0, 0, 3, "2024年资源清单")
        page.merge_range(1, 0, 2, 0, "名称")
        page.merge_range(1, 1, 1, 2, "开放时间")
        page.write_row(2, 1, ["开始", "结束"])
        page.merge_range(1, 3, 2, 3, "日期")
        page.write_row(3, 0, ["礼堂", "9:00", 0.75])
        page.write_datetime(3, 3, dt.datetime(2024, 8, 1), book.add_format({"num_format": "yyyy-mm-dd"}))  # noqa: DTZ001  a sheet's day

    path = sheet(tmp_path / "a.xlsx", write)
    ((number, cells),) = read_rows(path, FileShape(header_from=2, header_rows=2))
    assert number == 4
    assert list(cells) == ["名称", "开放时间/开始", "开放时间/结束", "日期"]
    assert cells["日期"] in (dt.date(2024, 8, 1), dt.datetime(2024, 8, 1))  # noqa: DTZ001  a sheet's day
    with pytest.raises(FileRefused):
        list(read_rows(path, FileShape(sheet="项目")))
