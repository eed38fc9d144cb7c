"""Single values: numbers, amounts in a text, dates, times, text, and words of the taxonomy."""

from datetime import date, datetime, time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.imports.cells import as_text
from api.imports.dates import Ambiguous, parse_date, parse_time
from api.imports.numbers import parse_number, trailing_amount
from api.imports.problems import CellFault
from api.imports.recognition import Recogniser

WORDS = (
    ("口罩", "mask"), ("普通医用口罩", "mask.general"), ("医用口罩", "mask.general"), ("N95", "mask.n95"),
    ("防护镜", "goggles"), ("art", "culture.arts"), ("library", "culture"),
)  # fmt: skip


@pytest.mark.parametrize("text", ["", "three", "nan", "1e5", "12abc", "1,2,3", "--1", "万万"])
def test_what_is_no_number_is_none(text: str) -> None:
    assert parse_number(text) in (None, 0)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1万", 10_000), ("3千", 3_000), ("1,200", 1_200), ("五千", 5_000), ("一万二千", 12_000), ("1.5万只", 15_000),
        ("１２", 12),
    ],
)  # fmt: skip
def test_numbers_are_read_as_people_write_them(text: str, number: float) -> None:
    assert parse_number(text) == number


@pytest.mark.parametrize(
    "text", ["N95", "3M9132", "3M 9132", "75%酒精", "84消毒液", "护目镜(100-200个)", "GB19083-2010", "口罩(无阀门)"]
)
def test_a_model_a_share_and_a_range_are_no_amount(text: str) -> None:
    assert trailing_amount(text) == (text, None, None)


@pytest.mark.parametrize(
    ("text", "name", "number", "unit"),
    [
        ("防护服1万", "防护服", 10_000, None),
        ("3M9132 3万", "3M9132", 30_000, None),
        ("3M1860或3M9132口罩 5万只", "3M1860或3M9132口罩", 50_000, "只"),
        ("护目镜（1千）", "护目镜", 1_000, None),
        ("隔离衣（一万）", "隔离衣", 10_000, None),
    ],
)
def test_an_amount_at_the_end_of_a_text_is_split_off(text: str, name: str, number: float, unit: str | None) -> None:
    assert trailing_amount(text) == (name, number, unit)


@given(st.text(max_size=200))
def test_any_text_has_an_amount_or_none(text: str) -> None:
    number = trailing_amount(text).number
    assert number is None or number >= 0
    parse_number(text)


@pytest.mark.parametrize(
    ("value", "formats", "day"),
    [
        ("July 30 2011", ("iso", "%B %d %Y"), date(2011, 7, 30)),
        ("2020-01-25T16:00:00.000Z", ("iso",), date(2020, 1, 25)),
        ("2024.8", ("year.month",), date(2024, 8, 1)),
        (2024.8, ("year.month",), date(2024, 8, 1)),
        ("2024.10", ("year.month",), date(2024, 10, 1)),
        (45505.0, ("excel",), date(2024, 8, 1)),
        (datetime(2024, 8, 1, 9), (), date(2024, 8, 1)),  # noqa: DTZ001  a sheet's day
        ("2024-13-01", ("iso",), None),
        ("soon", ("iso", "%B %d %Y", "excel", "year.month"), None),
        ("9" * 400, ("excel", "iso"), None),
    ],
)
def test_dates_are_read_by_their_formats(value: Any, formats: tuple[str, ...], day: date | None) -> None:
    assert parse_date(value, formats) == day


def test_a_number_that_may_be_january_or_october_is_refused() -> None:
    with pytest.raises(Ambiguous):
        parse_date(2024.1, ("year.month",))


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        ("9:00 AM", time(9)), ("18:30", time(18, 30)), ("0.75", time(18)), (time(7), time(7)), ("soon", None),
        ("inf", None), ("1.5", None),
    ],
)  # fmt: skip
def test_times_of_day_are_read(value: Any, moment: time | None) -> None:
    assert parse_time(value) == moment


@pytest.mark.parametrize("value", ["a\x00b", "a\ud800", "a\x81b", "x" * 100_001, ["list"], {"a": 1}, 10**400])
def test_what_no_column_may_hold_is_a_fault_of_the_cell(value: Any) -> None:
    with pytest.raises(CellFault) as fault:
        as_text(value, "remark")
    assert fault.value.column == "remark"


@pytest.mark.parametrize(
    ("value", "text"), [(158.0, "158"), (0.5, "0.5"), (True, "true"), (" a\r\nb\t", "a\nb"), ("\n", None), (None, None)]
)
def test_cells_become_clean_text(value: Any, text: str | None) -> None:
    assert as_text(value, None) == text


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("一次性医用口罩", "mask.general"),
        ("医用防护口罩 | n95口罩", "mask.n95"),
        ("儿童口罩", "mask"),
        ("KN95", None),
        ("Party in the park", None),
        ("The Arts", "culture.arts"),
        ("Two libraries, one library's roof", "culture"),
        ("", None),
    ],
)
def test_the_longest_word_that_a_text_contains_names_its_category(text: str, code: str | None) -> None:
    assert Recogniser(WORDS).recognise(text) == code


def test_recognition_can_be_held_to_a_part_of_the_taxonomy() -> None:
    assert Recogniser(WORDS).recognise("N95口罩和防护镜", ("goggles",)) == "goggles"
