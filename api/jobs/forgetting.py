"""What is kept for a time only and then forgotten: outcomes under idempotency keys, and old events."""

from datetime import date, datetime, timedelta
from typing import Final

import structlog

from api import clock
from api.commands.idempotency import forget_outcomes
from api.feed.pruning import prune_events
from api.settings import Settings

log = structlog.get_logger(__name__)

PAUSE: Final = timedelta(hours=1)


class Forgetting:
    """Forgets outcomes once an hour at most, events once a day; several processes may do so at the same time."""

    def __init__(self, settings: Settings) -> None:
        """Take the settings, which say for how long things are kept."""
        self._outcomes = timedelta(days=settings.idempotency_days)
        self._events = timedelta(days=settings.event_days)
        self._pruned_on: date | None = None
        self._next: datetime | None = None

    async def when_due(self) -> int:
        """Forget what is old enough, if an hour has passed since; return how many rows."""
        now = clock.now()
        if self._next is not None and now < self._next:
            return 0
        self._next = now + PAUSE
        forgotten = await forget_outcomes(self._outcomes)
        events = 0
        if self._pruned_on != clock.today():
            events = await prune_events(now - self._events)
            self._pruned_on = clock.today()
        if forgotten or events:
            log.info("forgotten", outcomes=forgotten, events=events)
        return forgotten + events
