"""The one source of time, so that deadlines, identifiers and tests agree on what now is."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

LOCAL_ZONE = ZoneInfo("Asia/Shanghai")

_source: Callable[[], datetime] = lambda: datetime.now(UTC)  # noqa: E731  one replaceable source


def now() -> datetime:
    """Return the present instant, timezone-aware, in UTC."""
    return _source()


def today() -> date:
    """Return the present date where the community is (Asia/Shanghai)."""
    return now().astimezone(LOCAL_ZONE).date()


def midnight(day: date) -> datetime:
    """Return the instant at which a day begins where the community is (Asia/Shanghai)."""
    return datetime.combine(day, time(), LOCAL_ZONE)


def milliseconds() -> int:
    """Return the present instant as milliseconds since the Unix epoch."""
    return int(now().timestamp() * 1000)


@contextmanager
def fixed(moment: datetime) -> Iterator[None]:
    """Let time stand still at `moment` (timezone-aware) while the block runs; for tests."""
    global _source  # noqa: PLW0603  the replaced source is the point of this function
    former = _source
    _source = lambda: moment  # noqa: E731  see above
    try:
        yield
    finally:
        _source = former
