"""Cells: nothing runs, nothing is taken for what it is not, and everything can be read back."""

import csv
import io
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from api.exports.cells import Cell, csv_cell, csv_text

# What spreadsheets take for a formula or a command, and what people really write beside it.
FORMULAS = (
    "=1+1", '=HYPERLINK("https://a.example","x")', "=cmd|' /C calc'!A0", "+86 138 0000 1234", "-2", "-门口", "@SUM(A1)",
    "\t=1", "\r=1", "\n=1", " =1", "＝1＋1", "＋1", "－1", "＠x", "|calc", "%0A=1", "\u3000=1", "\ufeff=1",
)  # fmt: skip
LIKE_NUMBERS = ("13800001234", "0012345678", "3-5", "2026/1", "1e5", "12:30", "1,200", "99%", "2024.8", "0")
PLAIN = ("巷里没灯", "a=b", "1号楼", "N95", "电话 138", "Need:912470693640806830", "永济-电机-需-2026-01", "")


@pytest.mark.parametrize("text", [*FORMULAS, *LIKE_NUMBERS, "'quoted", "'"])
def test_text_that_a_spreadsheet_would_change_gets_an_apostrophe(text: str) -> None:
    assert csv_text(text) == f"'{text}"


@pytest.mark.parametrize("text", PLAIN)
def test_other_text_stays_as_it_is(text: str) -> None:
    assert csv_text(text) == text


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
@example("=1")
@example("''x")
def test_taking_the_apostrophe_away_gives_back_what_was_stored(text: str) -> None:
    cell = csv_text(text)
    assert cell.removeprefix("'") == text
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow([cell, "x"])
    ((read, _),) = csv.reader(io.StringIO(out.getvalue(), newline=""))
    assert read == cell
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"))


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (-2, -2), (3.0, 3), (0.5, 0.5), (None, ""), (True, "true"), (date(2026, 11, 3), "2026-11-03"),
        (datetime(2026, 11, 23, 4, tzinfo=UTC), "2026-11-23 12:00:00"),
    ],
)  # fmt: skip
def test_numbers_stay_numbers_and_instants_are_told_by_the_clock_on_the_wall(value: Cell, cell: Any) -> None:
    assert csv_cell(value) == cell
