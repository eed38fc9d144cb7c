"""A recurrence rule that somebody sends can never keep the server busy."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from api.commands import inputs
from api.errors import InvalidInput
from api.queries.availability import touches
from api.queries.filters import Interval

START = datetime(2026, 1, 5, 1, tzinfo=UTC)
LONG_AGO = datetime(1900, 1, 5, 1, tzinfo=UTC)
WEEK = Interval(datetime(2026, 11, 23, tzinfo=UTC), datetime(2026, 11, 30, tzinfo=UTC))
EACH_MINUTE = ",".join(map(str, range(60)))


def checked(rule: str, start: datetime = START) -> str | None:
    """Return the rule of a window of one hour, as a command keeps it."""
    return inputs.window(start, start + timedelta(hours=1), rule, ("windows", "0"))


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY;BYHOUR=1 RRULE:INTERVAL=0;FREQ=DAILY",
        "FREQ=DAILY;BYHOUR=1 RRULE:FREQ=SECONDLY",
        "FREQ=DAILY\tRRULE:FREQ=HOURLY",
        "FREQ=DAILY;FREQ=WEEKLY",
        "FREQ=SECONDLY",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;INTERVAL=1001",
        "FREQ=DAILY;COUNT=0",
        "FREQ=DAILY;COUNT=1001",
        "FREQ=DAILY;COUNT=999999999",
        f"FREQ=DAILY;BYMINUTE={EACH_MINUTE}",
        "FREQ=DAILY;BYHOUR=1,2,3",
        "FREQ=YEARLY;BYEASTER=0",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=WEEKLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=YEARLY;INTERVAL=1000;BYMONTH=2;BYMONTHDAY=29",
        "FREQ=DAILY;",
        "FREQ=DAILY;COUNT=٣",
        "FREQ=MONTHLY;BYDAY=XX",
        "FREQ=" + "D" * 400,
    ],
)
def test_a_rule_that_cannot_be_written_out_quickly_is_refused_at_once(rule: str) -> None:
    begun = time.perf_counter()
    with pytest.raises(InvalidInput) as refused:
        checked(rule)
    assert refused.value.path == ("windows", "0", "rrule")
    assert time.perf_counter() - begun < 0.5


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY;COUNT=1000",
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE;WKST=MO",
        "FREQ=MONTHLY;BYDAY=2SA,-1SU",
        "FREQ=MONTHLY;BYMONTHDAY=5;UNTIL=21261231T000000Z",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=29",
        "FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR,SA,SU",
        "FREQ=DAILY;INTERVAL=1000",
    ],
)
@pytest.mark.parametrize("start", [START, LONG_AGO])
def test_a_rule_that_is_taken_is_written_out_quickly_however_long_ago_it_began(rule: str, start: datetime) -> None:
    taken = checked(f" RRULE:{rule} ", start)
    assert taken == rule
    begun = time.perf_counter()
    touches(start, start + timedelta(hours=1), rule, WEEK)
    assert time.perf_counter() - begun < 1.0
