"""Which recurring windows touch an interval: recurrences are expanded here, not in SQL.

Windows that recur alike (same rule, start and end) are expanded once.
"""

import asyncio
import dataclasses
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import lru_cache

from dateutil.rrule import rrule, rruleset, rrulestr

from api import clock
from api.errors import LimitExceeded
from api.plan.decoding import instant
from api.plan.registry import source_named
from api.plan.statement import Statement
from api.plan.viewer import Viewer
from api.queries.filters import Columns, Interval, ItemFilter, condition

MOST_WINDOWS = 20_000
_DAYS: Mapping[str | None, int] = {"DAILY": 1, "WEEKLY": 7}


async def recurring_windows(viewer: Viewer, name: str, asked: ItemFilter, columns: Columns) -> tuple[int, ...]:
    """Return the ids of recurring windows within `asked.available`, of items that pass the rest of the filter."""
    interval = asked.available
    assert interval is not None
    source, statement = source_named(name), Statement()
    rest = condition(dataclasses.replace(asked, available=None), columns, viewer, name, statement)
    before = f"{statement.moment('w.starts_at')} < {statement.moment(statement.bind(interval.end))}"
    rows = await statement.fetch(
        f"SELECT w.id, w.starts_at, w.ends_at, w.rrule FROM {source.as_t}"
        f" JOIN time_window w ON {columns.window} = {columns.window_target}"
        f" WHERE w.rrule IS NOT NULL AND {before} AND {rest} LIMIT {MOST_WINDOWS + 1}"
    )
    if len(rows) > MOST_WINDOWS:
        raise LimitExceeded(
            "时间窗太多,请缩小范围",
            "Too many recurring windows, narrow the question",
            ("filter", "availableBetween"),
        )

    def touching() -> tuple[int, ...]:
        return tuple(
            row["id"]
            for row in rows
            if touches(instant(row["starts_at"]), instant(row["ends_at"]), row["rrule"], interval)
        )

    # Many windows take seconds to expand, and the others are not to wait for them.
    return await asyncio.to_thread(touching)


@lru_cache(maxsize=4096)
def touches(start: datetime, end: datetime, rule: str, interval: Interval) -> bool:
    """Tell whether some occurrence of a window that recurs from `start` on overlaps the interval."""
    first, low, high = (_local(each) for each in (start, interval.start - (end - start), interval.end))
    occurrence = recurrence(rule, first, low).after(low)
    return occurrence is not None and occurrence < high


def _local(moment: datetime) -> datetime:
    return moment.astimezone(clock.LOCAL_ZONE).replace(tzinfo=None)


def recurrence(rule: str, start: datetime, since: datetime | None = None) -> rrule | rruleset:
    """Return dateutil's rule for a naive local start; UNTIL is read in local time as well.

    With `since`, occurrences long before it may be left out, since dateutil walks through all of them.
    """
    parts = dict(part.partition("=")[::2] for part in rule.upper().split(";"))
    days = _DAYS.get(parts.get("FREQ"))
    if since is not None and days and "COUNT" not in parts and since > start:
        step = timedelta(days=days * int(parts.get("INTERVAL", "1")))
        start += step * ((since - start) // step)
    return rrulestr(rule.replace("Z", ""), dtstart=start)
