"""Whose operation comes next: who sends many at once waits for oneself, not others for them."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from time import monotonic
from typing import Final

from api.http.refusals import Code, Refusal

ALONE: Final = 8
"""Operations of one account under way at once in a process, while nobody else asks."""
BESIDE_OTHERS: Final = 1
"""And while others ask, too: each then waits for at most one operation of anybody else's."""
RECENT: Final = 1.0
"""Seconds for which somebody who asked counts as asking."""
MOST_WAITING: Final = 500
"""Operations of one account that may wait."""
RETRY_SECONDS: Final = 1


@dataclass(slots=True)
class _Line:
    under_way: int = 0
    rests_until: float = 0.0
    waiting: deque[asyncio.Future[None]] = field(default_factory=deque)
    # Set while it is to be called up later.
    later: asyncio.TimerHandle | None = None


class Turns:
    """Turns by account, in the order in which its operations came; a process counts for itself.

    While others ask too, an account has one operation at a time, and rests after it for as long as it took: what
    runs without waiting for the database would else leave the others no time between two of them.
    """

    def __init__(self) -> None:
        """Start with nobody."""
        self._lines: dict[str, _Line] = {}
        # The last who asked and when, and the last other than them.
        self._last: tuple[str, float] = ("", -RECENT)
        self._other: tuple[str, float] = ("", -RECENT)

    @asynccontextmanager
    async def turn(self, name: str) -> AsyncIterator[None]:
        """Wait for a turn, and have it for the block.

        Raises:
            Refusal: 429, when too many of this account wait already.
        """
        self._note(name)
        line = self._lines.setdefault(name, _Line())
        if line.waiting or not self._free(name, line):
            await self._wait(name, line)
        else:
            line.under_way += 1
        begun = monotonic()
        try:
            yield
        finally:
            line.under_way -= 1
            now = monotonic()
            line.rests_until = now + (now - begun)
            self._call_up(name, line)

    @property
    def accounts(self) -> int:
        """Return how many accounts have something under way, waiting, or rest."""
        return len(self._lines)

    async def _wait(self, name: str, line: _Line) -> None:
        if len(line.waiting) >= MOST_WAITING:
            raise Refusal(
                429, Code.TOO_MANY_CONNECTIONS,
                "同时发来的请求过多,请稍后再试", "Too many requests at once; try later",
                {"Retry-After": str(RETRY_SECONDS)},
            )  # fmt: skip
        called = asyncio.get_running_loop().create_future()
        line.waiting.append(called)
        self._call_up(name, line)
        try:
            await called
        except asyncio.CancelledError:
            if called.done() and not called.cancelled():
                # Called up in the very moment of giving up.
                line.under_way -= 1
                self._call_up(name, line)
            raise

    def _call_up(self, name: str, line: _Line) -> None:
        """Let those begin who may; look again when the account has rested."""
        if line.later is not None:
            line.later.cancel()
            line.later = None
        while line.waiting and self._free(name, line):
            called = line.waiting.popleft()
            if not called.done():
                line.under_way += 1
                called.set_result(None)
        if line.under_way:
            return
        rest = line.rests_until - monotonic()
        if rest > 0 or line.waiting:
            line.later = asyncio.get_running_loop().call_later(max(0.0, rest), self._call_up, name, line)
        else:
            self._lines.pop(name, None)

    def _note(self, name: str) -> None:
        if self._last[0] != name:
            self._other = self._last
        self._last = (name, monotonic())

    def _free(self, name: str, line: _Line) -> bool:
        """Tell whether one more operation of an account may begin."""
        now = monotonic()
        other = self._other if self._last[0] == name else self._last
        if now - other[1] < RECENT:
            return line.under_way < BESIDE_OTHERS and now >= line.rests_until
        return line.under_way < ALONE
