"""Dates and times of day as lists have them: ISO, July 30 2011, 2024.8, Excel serials, 9:00 AM, 0.75."""

import re
from datetime import date, datetime, time, timedelta
from typing import Any

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
EXCEL_START = date(1899, 12, 30)
EXCEL_LAST = 200_000
YEAR_MONTH = re.compile(r"(\d{4})[.年/-](\d{1,2})月?")
TIMES = ("%I:%M %p", "%H:%M", "%H:%M:%S", "%I %p")


class Ambiguous(ValueError):
    """A spreadsheet number such as 2024.1, which may stand for January or for October."""


def parse_date(value: Any, formats: tuple[str, ...]) -> date | None:
    """Return the date by the first format that fits, None when none does.

    Formats: "iso" (also with a time), "year.month" (the first day of it), "excel" (a serial of the
    1900 system), or a strptime pattern. Raise Ambiguous for the number 2024.1.
    """
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    for each in formats:
        found = _parsed(value, each)
        if found is not None:
            return found
    return None


def _parsed(value: Any, form: str) -> date | None:
    if isinstance(value, bool) or value is None:
        return None
    try:
        if form == "excel":
            serial = float(value)
            return EXCEL_START + timedelta(days=int(serial)) if 61 <= serial <= EXCEL_LAST else None
        if form == "year.month":
            return _year_month(value)
        if not isinstance(value, str):
            return None
        if form == "iso":
            return datetime.fromisoformat(value.replace("Z", "+00:00")).date()
        return datetime.strptime(value, form).date()  # noqa: DTZ007  only the day is used
    except Ambiguous:
        raise
    except (ValueError, OverflowError):
        return None


def _year_month(value: Any) -> date | None:
    if isinstance(value, float) and round(value % 1, 6) == 0.1:
        raise Ambiguous(f"{value} may be January or October")
    text = f"{value:g}" if isinstance(value, int | float) else str(value)
    found = YEAR_MONTH.fullmatch(text.strip())
    return date(int(found[1]), int(found[2]), 1) if found else None


def parse_time(value: Any) -> time | None:
    """Return a time of day from "9:00 AM", "18:30" or an Excel fraction of a day; None when it is none."""
    if isinstance(value, datetime):
        return value.time()
    if isinstance(value, time):
        return value
    text = str(value).strip()
    for form in TIMES:
        try:
            return datetime.strptime(text, form).time()  # noqa: DTZ007  only the time of day is used
        except ValueError:
            continue
    try:
        minutes = round(float(text) * 24 * 60)
    except (ValueError, OverflowError):
        return None
    return time(minutes // 60, minutes % 60) if 0 <= minutes < 24 * 60 and "." in text else None
