"""Which recurring windows touch an interval: recurrences are expanded here, not in SQL.

Windows that recur alike (same rule, start and end) are expanded once.
"""

from datetime import datetime
from functools import lru_cache

from dateutil.rrule import rrulestr

from api import clock
from api.errors import LimitExceeded
from api.plan.decoding import decode
from api.plan.source import Column, Kind
from api.plan.statement import Statement
from api.queries.filters import Interval

MOST_WINDOWS = 50_000


async def recurring_windows(interval: Interval, item: str) -> tuple[int, ...]:
    """Return the ids of recurring windows of "need", "resource" or "project" items within the interval."""
    statement = Statement()
    column = {"need": "need_id", "resource": "resource_id", "project": "project_id"}[item]
    rows = await statement.fetch(
        f"SELECT id, starts_at, ends_at, rrule FROM time_window WHERE {column} IS NOT NULL"
        f" AND rrule IS NOT NULL AND starts_at < {statement.bind(interval.end)} LIMIT {MOST_WINDOWS + 1}"
    )
    if len(rows) > MOST_WINDOWS:
        raise LimitExceeded(
            "时间窗太多,请缩小范围", "Too many recurring windows, narrow the question",
            ("filter", "availableBetween"),
        )  # fmt: skip
    instant = Column("", Kind.INSTANT)
    return tuple(
        row["id"]
        for row in rows
        if _touches(
            decode(instant, row["starts_at"]),
            decode(instant, row["ends_at"]),
            row["rrule"],
            interval,
        )
    )


@lru_cache(maxsize=4096)
def _touches(start: datetime, end: datetime, rule: str, interval: Interval) -> bool:
    local = start.astimezone(clock.LOCAL_ZONE).replace(tzinfo=None)
    duration = end - start
    low = (interval.start - duration).astimezone(clock.LOCAL_ZONE).replace(tzinfo=None)
    occurrence = recurrence(rule, local).after(low)
    return occurrence is not None and occurrence < interval.end.astimezone(
        clock.LOCAL_ZONE
    ).replace(tzinfo=None)


def recurrence(rule: str, start: datetime):  # type: ignore[no-untyped-def]
    """Return dateutil's rule for a naive local start; UNTIL is read in local time as well."""
    return rrulestr(rule.replace("Z", ""), dtstart=start)
