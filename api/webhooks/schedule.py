"""When a delivery is tried again, and when an endpoint has failed for too long."""

import random
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

# Waits after the first, second, … failed attempt, as Standard Webhooks suggests: 28 hours in all.
WAITS: Final = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=10),
)
MOST_ATTEMPTS: Final = len(WAITS) + 1
JITTER: Final = 0.1
"""Up to this share is added to a wait, so that a receiver that comes back is not met by all at once."""

LONGEST_ASKED: Final = timedelta(hours=10)
"""The most that a receiver may ask us to wait: no longer than we would wait by ourselves."""

LASTING: Final = timedelta(days=3)
"""An endpoint that has taken nothing for so long is disabled when the next delivery is given up."""

KEPT: Final = timedelta(days=30)
"""How long the log of deliveries is kept."""


def next_attempt(failed: int, moment: datetime, asked: timedelta | None = None) -> datetime | None:
    """Return when to try again after `failed` attempts, the last of them now; None: never.

    `asked` is for how long the receiver wants to be left alone: never earlier than that.
    """
    if failed >= MOST_ATTEMPTS:
        return None
    wait = max(WAITS[max(failed, 1) - 1], asked or timedelta())
    return moment + wait * (1 + random.random() * JITTER)


def asked_wait(header: str | None, moment: datetime) -> timedelta | None:
    """Return how long a `Retry-After` asks to wait, in seconds or until a date; None: it says nothing that is known.

    However long it asks for, ten hours are the most.
    """
    text = (header or "").strip()
    if text.isascii() and text.isdigit():
        return min(timedelta(seconds=int(text[:9])), LONGEST_ASKED)
    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return None
    # A date without a zone is one of GMT, as all dates of HTTP.
    return min(max(timedelta(), (until if until.tzinfo else until.replace(tzinfo=UTC)) - moment), LONGEST_ASKED)
