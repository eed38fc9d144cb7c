"""What clerks write in cells: prices, durations, dates, hours, words of the drop-downs."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.imports.problems import CellFault
from api.imports.workbook.choices import FIXED, choice
from api.imports.workbook.hours import OTHERWISE, read_hours, shown_hours
from api.imports.workbook.reading_cells import read_cell
from api.imports.workbook.writing_cells import cell

CHOICES = {
    "categories": choice({"life.haircut": "理发"}, [("剪发", "life.haircut")]),
    "places": choice({1: "柳岸华都", 2: "电机社区/世纪花园", 3: "Tower 3"}, [("x-liuan", 1)]),
    "units": choice({"TIME": "次", "HOUR": "小时", "KILOWATT_HOUR": "度"}, [("HOUR", "HOUR")]),
    **FIXED,
}


def read(key: str, raw: Any) -> Any:
    return read_cell(key, raw, CHOICES)


@pytest.mark.parametrize(
    ("key", "raw"),
    [
        ("price", "5-10元"), ("price", "面议"), ("price", "5元起"), ("price", "-3"), ("price", "5元/次/人"),
        ("response_minutes", "尽快"), ("response_minutes", "30-60"), ("response_minutes", "..5"),
        ("valid_from", 2024.1), ("valid_from", "2024-13-01"), ("valid_to", "长期"), ("valid_to", "2024.0"),
        ("windows", "周八 8:00-9:00"), ("windows", "周五至周二 8:00-9:00"), ("windows", "25:00-26:00"),
        ("windows", "上午"), ("windows", "周二 8:30"), ("windows", "8:75-9:00"), ("windows", "8:00-5:00"),
        ("category", "没有的"), ("service_area", "柳岸华都、哪里"), ("at_home", "也许"), ("status", "在"),
        ("version", "1.5"), ("version", "abc"), ("version", "0"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_a_fault_at_its_column(key: str, raw: Any) -> None:
    with pytest.raises(CellFault) as refused:
        read(key, raw)
    assert refused.value.column
    assert refused.value.zh


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        (5, {"price": 5.0}), ("5", {"price": 5.0}), ("5元", {"price": 5.0}), ("¥1,200.50", {"price": 1200.5}),
        ("5元/次", {"price": 5.0, "price_unit": "TIME"}), ("每小时35元", {"price": 35.0, "price_unit": "HOUR"}),
        ("0.8元/度", {"price": 0.8, "price_unit": "KILOWATT_HOUR"}), ("20块一趟", {"price": 20.0, "price_unit": "趟"}),
        ("免费", {"price": None, "price_class": "FREE"}), ("含物业费", {"price": None, "price_class": "WITHIN_FEE"}),
        ("", {"price": None}), (None, {"price": None}),
    ],
)  # fmt: skip
def test_prices(raw: Any, found: dict[str, Any]) -> None:
    assert read("price", raw) == found


@pytest.mark.parametrize(
    ("raw", "minutes"),
    [(30, 30), ("30分钟", 30), ("30分钟内", 30), ("2小时", 120), ("半小时", 30), ("半个小时", 30), ("两小时内到", 120),
     ("1.5小时", 90), ("1天", 1440), ("20", 20)],
)  # fmt: skip
def test_durations(raw: Any, minutes: int) -> None:
    assert read("response_minutes", raw) == {"response_minutes": minutes}


@pytest.mark.parametrize(
    ("raw", "first", "last"),
    [
        ("2024.8", "2024-08-01", "2024-08-31"), ("2024年8月", "2024-08-01", "2024-08-31"),
        ("2024.10", "2024-10-01", "2024-10-31"), ("2024年2月", "2024-02-01", "2024-02-29"),
        (2024.8, "2024-08-01", "2024-08-31"), (45505, "2024-08-01", "2024-08-01"),
        ("45505", "2024-08-01", "2024-08-01"), ("2024-08-05", "2024-08-05", "2024-08-05"),
        ("2024-08-05T00:00:00", "2024-08-05", "2024-08-05"), ("2024年8月5日", "2024-08-05", "2024-08-05"),
        ("2024.8.5", "2024-08-05", "2024-08-05"), ("2024/8/5", "2024-08-05", "2024-08-05"),
    ],
)  # fmt: skip
def test_dates_and_months_of_which_an_end_is_the_last_day(raw: Any, first: str, last: str) -> None:
    assert read("valid_from", raw) == {"valid_from": date.fromisoformat(first)}
    assert read("valid_to", raw) == {"valid_to": date.fromisoformat(last)}


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("周二、周五 8:30-11:30", "周二、周五 8:30-11:30"),
        ("周二,周五8:30~11:30", "周二、周五 8:30-11:30"),
        ("星期二 星期五 08:30至11:30", "周二、周五 8:30-11:30"),
        ("周一至周五 9:00-11:00、14:30-17:00", "周一至周五 9:00-11:00、14:30-17:00"),
        ("工作日 9点-11点", "周一至周五 9:00-11:00"),
        ("周六 9:00—12:00;周日 下午2:00-5点半", "周六 9:00-12:00;周日 14:00-17:30"),
        ("周日 下午2:00-下午5点半", "周日 14:00-17:30"),
        ("晚上10:00-6:00", "每天 22:00-6:00"),
        ("8:00-20:00", "每天 8:00-20:00"),
        ("每天 8:00 - 24:00", "每天 8:00-24:00"),
        ("周末", "周六、周日 全天"),
        ("每天 全天", "每天 全天"),
        ("周三\n周四 13:00-14:00", "周三 全天;周四 13:00-14:00"),
        ("全天", ""), ("随时", ""),
    ],
)  # fmt: skip
def test_hours_are_read_and_shown_in_one_form(raw: str, shown: str) -> None:
    windows = read_hours(raw, None)
    assert cell("windows", windows, CHOICES) == shown
    assert cell("windows", read_hours(shown, None), CHOICES) == shown


DAYS = st.sets(st.integers(0, 6), min_size=1).map(lambda days: "、".join(f"周{'一二三四五六日'[day]}" for day in days))
TIMES = st.tuples(st.integers(0, 11), st.integers(12, 23), st.integers(0, 59)).map(
    lambda time: (f"{time[0]}:{time[2]:02}", f"{time[1]}:{time[2]:02}")
)


@given(st.lists(st.tuples(DAYS, TIMES), min_size=1, max_size=4))
def test_hours_survive_the_round_trip(parts: list[tuple[str, tuple[str, str]]]) -> None:
    windows = read_hours(";".join(f"{days} {start}-{end}" for days, (start, end) in parts), None)
    again = read_hours(shown_hours(windows), None)
    by_start = sorted(map(str, windows))
    assert sorted(map(str, again)) == by_start


@given(st.text(max_size=40))
def test_no_text_is_more_than_a_fault(text: str) -> None:
    for key in ("windows", "price", "response_minutes", "valid_from", "valid_to", "service_area", "version", "at_home"):
        try:
            value = read(key, text)[key]
        except CellFault:
            continue
        assert isinstance(cell(key, value, CHOICES), str)


def test_what_no_clerk_would_write_is_left_alone() -> None:
    start = {"starts_at": "2026-11-05T01:00:00+00:00", "ends_at": "2026-11-05T02:00:00+00:00"}
    for rule in (None, "FREQ=MONTHLY;BYMONTHDAY=5", "FREQ=WEEKLY;BYDAY=1TU", "FREQ=DAILY;COUNT=3"):
        assert shown_hours([{**start, "rrule": rule}]) == OTHERWISE
    assert shown_hours([{**start, "rrule": "FREQ=WEEKLY"}]) == "周四 9:00-10:00"


def test_words_of_the_lists_and_places_by_name_code_or_place_above() -> None:
    assert read("category", " 剪发 ") == {"category": "life.haircut"}
    assert read("service_area", "柳岸华都,电机社区/世纪花园;x-liuan") == {"service_area": [1, 2]}
    assert read("service_area", "Tower 3、柳岸华都 电机社区/世纪花园") == {"service_area": [3, 1, 2]}
    assert read("price_unit", "HOUR") == {"price_unit": "HOUR"}
    assert read("price_unit", "趟") == {"price_unit": "趟"}
    assert read("at_home", True) == read("at_home", "可") == {"at_home": True}
