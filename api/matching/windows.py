"""Time windows as minutes since the epoch: recurrences are written out for the next four weeks."""

from collections.abc import Iterable, Mapping
from datetime import datetime, time, timedelta
from functools import lru_cache
from itertools import takewhile
from typing import Any, Final

from api import clock
from api.queries.availability import recurrence

DAYS: Final = 28
MOST_WINDOWS: Final = 100
"""Of one item; the earliest are kept. More would make each comparison of two items slow."""
NEVER: Final = "NEVER"
_OFTEN: Final = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")

Minutes = tuple[int, int]
Raw = Mapping[str, Any]


def expand(windows: Iterable[Raw]) -> tuple[Minutes, ...]:
    """Return the windows of one item that touch the next 28 days, in order.

    They begin with today's midnight and not with the present minute, so that matching
    the same item twice on one day gives the same answer.
    """
    midnight = datetime.combine(clock.today(), time.min)
    found: set[Minutes] = set()
    for window in windows:
        found.update(_occurrences(window["starts_at"], window["ends_at"], window["rrule"], midnight))
    return tuple(sorted(found)[:MOST_WINDOWS])


def recurs(windows: Iterable[Raw]) -> str:
    """Return how often an item's windows come back: the most frequent of them, or NEVER."""
    frequencies = {_frequency(window["rrule"]) for window in windows if window["rrule"]}
    return next((each for each in _OFTEN if each in frequencies), NEVER)


def _frequency(rule: str) -> str | None:
    return dict(part.partition("=")[::2] for part in rule.upper().split(";")).get("FREQ")


@lru_cache(maxsize=8192)
def _occurrences(start: datetime, end: datetime, rule: str | None, midnight: datetime) -> tuple[Minutes, ...]:
    first = start.astimezone(clock.LOCAL_ZONE).replace(tzinfo=None)
    length = end - start
    horizon = midnight + timedelta(days=DAYS)
    if rule is None:
        begins = [first] if first + length > midnight and first < horizon else []
    else:
        since = midnight - length
        coming = recurrence(rule, first, since).xafter(since, count=MOST_WINDOWS)
        begins = list(takewhile(lambda each: each < horizon, coming))
    return tuple((_minute(begin), _minute(begin + length)) for begin in begins)


def _minute(local: datetime) -> int:
    return int(local.replace(tzinfo=clock.LOCAL_ZONE).timestamp() // 60)
