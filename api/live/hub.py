"""One hub a process: committed positions in, events out to every subscriber that follows their type."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Final

import structlog

from api.errors import TooSlow
from api.feed import announcing
from api.live.listening import Listener
from api.live.sharing import Shared
from api.plan.statement import Statement
from api.settings import Settings

MOST_WAITING: Final = 100
"""Transactions whose events may wait for one subscriber."""
_log: Any = structlog.get_logger("api.live")


@dataclass(frozen=True, eq=False, slots=True)
class News:
    """What one transaction did to objects of one type: the kinds of events by object. One for all who follow it."""

    object_type: str
    kinds: dict[int, frozenset[str]]


@dataclass(eq=False, slots=True)
class Subscriber:
    """Follows one type; what it does not take in time ends it."""

    object_type: str
    _waiting: asyncio.Queue[News | None] = field(default_factory=lambda: asyncio.Queue(MOST_WAITING))
    _too_slow: bool = False

    def offer(self, news: News) -> None:
        """Put news before it; a subscriber that is full is ended."""
        try:
            self._waiting.put_nowait(news)
        except asyncio.QueueFull:
            self._too_slow = True
            self.end()

    def end(self) -> None:
        """Let it come to its end, whatever still waits."""
        while not self._waiting.empty():
            self._waiting.get_nowait()
        self._waiting.put_nowait(None)

    async def news(self) -> AsyncIterator[News]:
        """Yield what comes, until it is ended. Raise TooSlow when it did not keep up."""
        while (news := await self._waiting.get()) is not None:
            yield news
        if self._too_slow:
            raise TooSlow


class Hub:
    """Reads the events of each committed transaction once and hands them to who follows."""

    def __init__(self) -> None:
        """Start without subscribers; `running` opens it."""
        self._subscribers: set[Subscriber] = set()
        self._positions: asyncio.Queue[int] = asyncio.Queue()
        self._ended = False
        self.shared = Shared()
        # For tests: how many transactions were handed out.
        self.told = 0

    @asynccontextmanager
    async def running(self, settings: Settings) -> AsyncIterator["Hub"]:
        """Listen and hand out until the end of the block, which also ends all subscriptions."""
        worker = asyncio.create_task(self._hand_out())
        listener: asyncio.Task[None] | None = None
        loop = asyncio.get_running_loop()

        def committed(position: int) -> None:
            # Background work may commit in a thread of its own.
            loop.call_soon_threadsafe(self._positions.put_nowait, position)

        if settings.sqlite:
            announcing.listen(committed)
        else:
            listening = Listener(settings, committed)
            listener = asyncio.create_task(listening.run())
            await listening.heard()
        try:
            yield self
        finally:
            self.end()
            announcing.forget(committed)
            for task in (worker, listener):
                if task is not None:
                    task.cancel()
                    with suppress(asyncio.CancelledError):
                        await task

    @contextmanager
    def subscribed(self, object_type: str) -> Iterator[Subscriber]:
        """Follow a type within the block."""
        subscriber = Subscriber(object_type)
        self._subscribers.add(subscriber)
        if self._ended:
            subscriber.end()
        try:
            yield subscriber
        finally:
            self._subscribers.discard(subscriber)

    @property
    def followed(self) -> int:
        """Return how many subscribers there are."""
        return len(self._subscribers)

    def end(self) -> None:
        """End all subscriptions, and those that still come: the server stops."""
        self._ended = True
        for subscriber in tuple(self._subscribers):
            subscriber.end()

    async def _hand_out(self) -> None:
        while True:
            position = await self._positions.get()
            if not self._subscribers:
                continue
            try:
                await self._tell(position)
            except Exception as fault:
                # One transaction that cannot be read must not silence all that follow.
                _log.error("events were not handed out", position=position, error=type(fault).__qualname__)

    async def _tell(self, position: int) -> None:
        wanted = sorted({subscriber.object_type for subscriber in self._subscribers})
        statement = Statement()
        rows = await statement.fetch(
            f"SELECT object_type, object_id, kind FROM event WHERE position = {statement.bind(position)}"
            f" AND {statement.among('object_type', wanted)} ORDER BY id"
        )
        found: dict[str, dict[int, frozenset[str]]] = {}
        for row in rows:
            kinds = found.setdefault(row["object_type"], {})
            kinds[row["object_id"]] = kinds.get(row["object_id"], frozenset()) | {row["kind"]}
        self.told += 1
        news = {name: News(name, kinds) for name, kinds in found.items()}
        for subscriber in tuple(self._subscribers):
            if subscriber.object_type in news:
                subscriber.offer(news[subscriber.object_type])


__all__ = ["Hub", "News", "Subscriber"]
