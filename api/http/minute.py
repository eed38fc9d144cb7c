"""Counters of this process for the library `limits`, without the task and the walk over all of them that its own has.

Its own memory storage starts a task at each count, which looks at every counter there is. Here a counter that
is over is dropped when it is met again, and the oldest goes when there are too many.
"""

import time
from collections import OrderedDict
from typing import Final

from limits.aio.storage import Storage

_MOST: Final = 50_000


class Minute(Storage):
    """Counts by name, each until its own time is over; nothing in it ever waits."""

    STORAGE_SCHEME = None

    def __init__(self) -> None:
        """Begin with no counters."""
        super().__init__()
        self._counts: OrderedDict[str, tuple[int, float]] = OrderedDict()

    @property
    def base_exceptions(self) -> type[Exception]:
        """Return what can go wrong: nothing does."""
        return ValueError

    async def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Add to a counter, which begins anew when its time is over; return its value."""
        now = time.time()
        count, ends = self._counts.get(key, (0, 0.0))
        if ends <= now:
            count, ends = 0, now + expiry
            self._counts.pop(key, None)
        self._counts[key] = (count + amount, ends)
        if len(self._counts) > _MOST:
            self._counts.popitem(last=False)
        return count + amount

    async def get(self, key: str) -> int:
        """Return the value of a counter."""
        count, ends = self._counts.get(key, (0, 0.0))
        return count if ends > time.time() else 0

    async def get_expiry(self, key: str) -> float:
        """Return when a counter's time is over."""
        return self._counts.get(key, (0, time.time()))[1]

    async def check(self) -> bool:
        """Tell that the counters can be had."""
        return True

    async def reset(self) -> int:
        """Forget all counters."""
        number = len(self._counts)
        self._counts.clear()
        return number

    async def clear(self, key: str) -> None:
        """Forget one counter."""
        self._counts.pop(key, None)
