"""What is kept for a time only and then forgotten: outcomes under idempotency keys."""

from datetime import datetime, timedelta
from typing import Final

import structlog

from api import clock
from api.commands.idempotency import forget_outcomes
from api.settings import Settings

log = structlog.get_logger(__name__)

PAUSE: Final = timedelta(hours=1)


class Forgetting:
    """Forgets once an hour at most; several processes may do so at the same time."""

    def __init__(self, settings: Settings) -> None:
        """Take the settings, which say for how long things are kept."""
        self._outcomes = timedelta(days=settings.idempotency_days)
        self._next: datetime | None = None

    async def when_due(self) -> int:
        """Forget what is old enough, if an hour has passed since; return how many rows."""
        now = clock.now()
        if self._next is not None and now < self._next:
            return 0
        self._next = now + PAUSE
        forgotten = await forget_outcomes(self._outcomes)
        if forgotten:
            log.info("forgotten", outcomes=forgotten)
        return forgotten
