"""Recurrence rules (RFC 5545) that somebody sends: only what can be written out in little time.

The parser behind them takes several rules in one text, rules that recur each second, and rules that
never come true, through which it walks to the year 9999; a stored one would stop the server each time
its item is read or matched.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

from dateutil.rrule import rrulestr

from api import clock
from api.errors import InvalidInput

Path = tuple[str, ...]
LONGEST: Final = 300
MOST: Final = 1000
"""Of INTERVAL and COUNT; occurrences that are counted are walked through from the first one on."""
# The parser cannot be told to stop before the year 9999, so a pattern is tried in the last years before
# it. These 28 begin on each weekday in each phase of the leap years; 11 years at least follow.
_LAST_YEARS: Final = range(9961, 9989)
FREQUENCIES: Final = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
_DAYS: Final = r"[+-]?\d{1,3}(?:,[+-]?\d{1,3})*"
# The time of day is the window's own start: BYHOUR, BYMINUTE and BYSECOND would multiply it.
_PARTS: Final[Mapping[str, re.Pattern[str]]] = {
    name: re.compile(form, re.ASCII)
    for name, form in {
        "FREQ": r"[A-Z]+",
        "INTERVAL": r"\d{1,4}",
        "COUNT": r"\d{1,4}",
        "UNTIL": r"\d{8}(?:T\d{6}Z?)?",
        "WKST": r"[A-Z]{2}",
        "BYDAY": r"[+-]?\d{0,2}[A-Z]{2}(?:,[+-]?\d{0,2}[A-Z]{2})*",
        **dict.fromkeys(("BYMONTH", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYSETPOS"), _DAYS),
    }.items()
}


def recurrence_rule(text: str, start: datetime, path: Path) -> str:
    """Return the rule without blanks and prefix; `start` is the first window's, with its zone.

    Raises:
        InvalidInput: it is malformed, or would not come true for at least eleven years.
    """
    cleaned = text.strip().removeprefix("RRULE:")
    if len(cleaned) > LONGEST:
        raise InvalidInput("重复规则过长", "The recurrence is too long", path)
    parts = _parts(cleaned, path)
    if parts.get("FREQ") not in FREQUENCIES:
        raise InvalidInput("重复规则须为日、周、月或年", "FREQ must be DAILY, WEEKLY, MONTHLY or YEARLY", path)
    for name in ("INTERVAL", "COUNT"):
        # An interval of 0 would recur for ever on the same day.
        if not 1 <= int(parts.get(name, "1")) <= MOST:
            raise InvalidInput(f"{name} 须为 1 到 {MOST}", f"{name} must be 1 to {MOST}", path)
    try:
        rrulestr(cleaned, dtstart=start)
        first = _first(parts, start)
    except (ValueError, TypeError, AttributeError, KeyError, OverflowError, IndexError):
        raise _malformed(path) from None
    if first is None:
        raise InvalidInput("这个重复规则不会有任何一次", "The recurrence never comes true", path)
    return cleaned


def _parts(rule: str, path: Path) -> dict[str, str]:
    parts: dict[str, str] = {}
    for part in rule.upper().split(";"):
        name, _, value = part.partition("=")
        form = _PARTS.get(name)
        if form is None or name in parts or not form.fullmatch(value):
            raise _malformed(path)
        parts[name] = value
    return parts


def _first(parts: Mapping[str, str], start: datetime) -> datetime | None:
    """Return when the pattern first comes true, were it to begin in a like year shortly before the last one."""
    pattern = ";".join(f"{name}={value}" for name, value in parts.items() if name not in ("COUNT", "UNTIL"))
    begun = start.astimezone(clock.LOCAL_ZONE).replace(tzinfo=None)
    weekday = begun.replace(month=1, day=1).weekday()
    like = next(year for year in _LAST_YEARS if year % 4 == begun.year % 4 and date(year, 1, 1).weekday() == weekday)
    moved = begun.replace(year=like)
    found: datetime | None = rrulestr(pattern, dtstart=moved).after(moved, inc=True)
    return found


def _malformed(path: Path) -> InvalidInput:
    return InvalidInput("重复规则有误", "The recurrence rule is malformed", path)
