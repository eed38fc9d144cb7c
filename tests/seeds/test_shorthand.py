"""How a chapter writes amounts, prices, hours, lines and options, and what it refuses."""

import pytest

from seeds.chapter import Chapter
from seeds.names import Names
from seeds.shorthand import amount, hours, lines, options, price


def test_an_amount_or_price_that_is_not_written_is_unknown() -> None:
    assert amount("12 SHEET") == {"quantity": 12, "unit": "SHEET"}
    assert amount("") == {"quantity": None, "unit": None}
    assert price("LOW_PRICE:0.5/SHEET") == {"priceClass": "LOW_PRICE", "price": 0.5, "priceUnit": "SHEET"}
    assert price("FREE") == {"priceClass": "FREE", "price": None, "priceUnit": None}


@pytest.mark.parametrize(
    ("text", "rule", "start"),
    [
        ("daily 8:30-20:00", "FREQ=DAILY", "2026-11-01T08:30"),
        ("1 8:30-20:00", "FREQ=WEEKLY;BYDAY=MO", "2026-11-02T08:30"),
        ("67 8:30-20:00", "FREQ=WEEKLY;BYDAY=SA,SU", "2026-11-07T08:30"),
        ("m15 8:30-20:00", "FREQ=MONTHLY;BYMONTHDAY=15", "2026-11-15T08:30"),
    ],
)
def test_hours_begin_on_the_first_day_they_name(text: str, rule: str, start: str) -> None:
    assert hours(text) == [{"rrule": rule, "start": start, "end": f"{start[:10]}T20:00"}]


def test_a_line_without_category_asks_for_the_items_own() -> None:
    found = lines("advice.legal 1 TIME; 3 PERSON", "volunteering.painting")
    assert [(line["kind"], line["category"], line["quantity"], line["unit"]) for line in found] == [
        ("SERVICE", "advice.legal", 1, "TIME"),
        ("LABOUR", "volunteering.painting", 3, "PERSON"),
    ]
    assert lines("", "facility.paint") == []


def test_options_stand_in_the_last_field() -> None:
    assert options(["o=wang v=MEMBERS home"]) == {"o": "wang", "v": "MEMBERS", "home": ""}
    assert options([]) == {}


def test_a_chapter_refuses_what_it_does_not_know_and_what_is_named_twice() -> None:
    party = "party|shop|MERCHANT|小店(演)|Shop (demo)\n"
    chapter = Chapter("here", {"MERCHANT": "UNITS"}, Names({}, "here"))
    with pytest.raises(ValueError, match="named twice"):
        chapter.read("at|x-here|2026-10-12|2026-10-16\n" + party + party)
    with pytest.raises(AttributeError):
        chapter.read("rumour|shop\n")
    with pytest.raises(KeyError):
        chapter.read("needs|nobody|没有这个人|Nobody\n")
