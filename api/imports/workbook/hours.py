"""Hours as clerks write them, and as the commands take them: "周二、周五 8:30-11:30;周六 9:00-12:00"."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from api.clock import LOCAL_ZONE
from api.imports.dates import DAYS
from api.imports.problems import CellFault

SHOWN: Final = "一二三四五六日"
ALL_DAY: Final = "全天"
OTHERWISE: Final = "另有安排(在系统里修改)"
# A day long past, so that the hours hold from the beginning whenever they were entered.
MONDAY: Final = date(2020, 1, 6)
_WHOLE: Final = {
    "每天": range(7),
    "每日": range(7),
    "天天": range(7),
    "工作日": range(5),
    "周末": (5, 6),
    "双休日": (5, 6),
}
_DAY: Final = r"(?:周|星期|礼拜)?([一二三四五六日天1-7])"
_RANGE: Final = re.compile(_DAY + r"(?:至|到|-)" + _DAY)
_SINGLE: Final = re.compile(_DAY)
_TIME: Final = r"(上午|早上|中午|下午|晚上)?(\d{1,2})[:点时](半|\d{1,2})?分?"
_SPAN: Final = re.compile(_TIME + r"(?:至|到|-)" + _TIME)
_FIRST_SPAN: Final = re.compile(r"(?:上午|早上|中午|下午|晚上)?\d{1,2}[:点时]|全天")
_DASHES: Final = re.compile(r"\s*[-–—~]+\s*")
LATE: Final = ("下午", "晚上")
MOST_OVERNIGHT: Final = 16 * 60
Window = dict[str, Any]


def read_hours(text: str, column: str | None) -> list[Window]:
    """Return the windows that a cell says; none for 全天, since an item without windows is there at any time.

    Raises:
        CellFault: a part of it is neither days nor hours.
    """
    # NFKC makes full-width digits, colons, commas and semicolons plain.
    plain = _DASHES.sub("-", unicodedata.normalize("NFKC", text).strip())
    plain = re.sub(r"\s*([至到])\s*", r"\1", plain).replace("\n", ";")
    plain = re.sub(r"[\s,、]+", "|", plain)
    if plain in ("", ALL_DAY, "随时"):
        return []
    windows: list[Window] = []
    for part in filter(None, re.split(r"[;\n]", plain)):
        at = _FIRST_SPAN.search(part)
        days, spans = (part[: at.start()], part[at.start() :]) if at else (part, ALL_DAY)
        chosen = _days(days.strip("|"), text, column)
        for span in filter(None, spans.split("|")):
            windows += _window(chosen, *_span(span, text, column))
    return windows


def _days(text: str, whole: str, column: str | None) -> tuple[int, ...]:
    if not text:
        return tuple(range(7))
    found: list[int] = []
    for part in filter(None, text.split("|")):
        if part in _WHOLE:
            found += _WHOLE[part]
        elif between := _RANGE.fullmatch(part):
            first, last = (_day(each) for each in between.groups())
            if last < first:
                raise _fault(whole, column)
            found += range(first, last + 1)
        else:
            rest = _SINGLE.sub("", part)
            if rest:
                raise _fault(whole, column)
            found += [_day(each) for each in _SINGLE.findall(part)]
    return tuple(sorted(set(found)))


def _day(word: str) -> int:
    return int(word) - 1 if word.isdigit() else (6 if word == "天" else SHOWN.index(word))


def _span(text: str, whole: str, column: str | None) -> tuple[time, timedelta]:
    if text == ALL_DAY:
        return time.min, timedelta(days=1)
    found = _SPAN.fullmatch(text)
    if found is None:
        raise _fault(whole, column)
    start, end = _minutes(*found.groups()[:3]), _minutes(*found.groups()[3:])
    if start is None or end is None or start >= 24 * 60:
        raise _fault(whole, column)
    if end <= start < end + 12 * 60 and found[1] in LATE and not found[4]:
        # 下午 2:00-5:00 says it once for both.
        end += 12 * 60
    if end <= start:
        # After midnight, as a night watch has it; 8:00-5:00 is nobody's, it lacks a 下午.
        end += 24 * 60
        if end - start > MOST_OVERNIGHT:
            raise _fault(whole, column)
    return time(start // 60, start % 60), timedelta(minutes=end - start)


def _minutes(half: str | None, hour: str, minute: str | None) -> int | None:
    hours, minutes = int(hour), 30 if minute == "半" else int(minute or 0)
    if half in LATE and hours < 12:
        hours += 12
    total = hours * 60 + minutes
    return total if minutes < 60 and total <= 24 * 60 else None


def _window(days: Sequence[int], start: time, length: timedelta) -> Iterable[Window]:
    rule = "FREQ=DAILY" if len(days) == 7 else f"FREQ=WEEKLY;BYDAY={','.join(DAYS[day] for day in days)}"
    first = datetime.combine(MONDAY + timedelta(days=min(days)), start, LOCAL_ZONE)
    yield {"starts_at": first, "ends_at": first + length, "rrule": rule}


def _fault(text: str, column: str | None) -> CellFault:
    shown = text[:40]
    return CellFault(
        column,
        f"看不懂服务时间“{shown}”,请写成“周二、周五 8:30-11:30”或“每天 8:00-20:00”",
        f"Hours not understood: “{shown}”; write 周二、周五 8:30-11:30",
    )


def shown_hours(windows: Sequence[Mapping[str, Any]]) -> str:
    """Return hours as a clerk reads them; what no clerk would write so is OTHERWISE."""
    days: dict[tuple[int, ...], list[str]] = {}
    for window in windows:
        start, end = (_local(window[name]) for name in ("starts_at", "ends_at"))
        chosen = _chosen(window["rrule"], start)
        if chosen is None or not timedelta(0) < end - start <= timedelta(days=1):
            return OTHERWISE
        whole = start.time() == time.min and end - start == timedelta(days=1)
        closing = "24:00" if not whole and end.time() == time.min else f"{end:%-H:%M}"
        days.setdefault(chosen, []).append(ALL_DAY if whole else f"{start:%-H:%M}-{closing}")
    return ";".join(f"{_shown_days(chosen)} {'、'.join(spans)}" for chosen, spans in days.items())


def _local(value: Any) -> datetime:
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return moment.astimezone(LOCAL_ZONE)


def _chosen(rule: str | None, start: datetime) -> tuple[int, ...] | None:
    parts = dict(part.partition("=")[::2] for part in (rule or "").upper().split(";"))
    frequency, by = parts.pop("FREQ", ""), parts.pop("BYDAY", "")
    if parts:
        return None
    if frequency == "DAILY" and not by:
        return tuple(range(7))
    days = by.split(",") if by else [DAYS[start.weekday()]]
    if frequency != "WEEKLY" or not set(days) <= set(DAYS):
        return None
    return tuple(sorted({DAYS.index(day) for day in days}))


def _shown_days(days: tuple[int, ...]) -> str:
    if len(days) == 7:
        return "每天"
    if len(days) > 2 and days[-1] - days[0] == len(days) - 1:
        return f"周{SHOWN[days[0]]}至周{SHOWN[days[-1]]}"
    return "、".join(f"周{SHOWN[day]}" for day in days)
