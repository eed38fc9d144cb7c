"""When a delivery is tried again, and when an endpoint has failed for too long."""

import random
from datetime import datetime, timedelta
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

LASTING: Final = timedelta(days=3)
"""An endpoint that has taken nothing for so long is disabled when the next delivery is given up."""

KEPT: Final = timedelta(days=30)
"""How long the log of deliveries is kept."""


def next_attempt(failed: int, moment: datetime) -> datetime | None:
    """Return when to try again after `failed` attempts, the last of them now; None: never."""
    if failed >= MOST_ATTEMPTS:
        return None
    wait = WAITS[max(failed, 1) - 1]
    return moment + wait * (1 + random.random() * JITTER)
