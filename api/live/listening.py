"""PostgreSQL's notifications, on one connection of their own; what was missed while it was gone is read."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

import asyncpg
import structlog

from api.db import postgres_credentials
from api.feed.announcing import CHANNEL
from api.feed.position import snapshot
from api.plan.statement import Statement
from api.settings import Settings

PATIENCE: Final = 20.0
"""Seconds after which a silent connection is tried, and what it may have missed is read."""
PAUSE: Final = 0.5
LONGEST_PAUSE: Final = 15.0
_ADDRESS: Final = ("user", "password", "host", "port", "database", "ssl")
_log: Any = structlog.get_logger("api.live")


class Listener:
    """Tells each committed position once, in whatever order they are committed."""

    def __init__(self, settings: Settings, tell: Callable[[int], None], patience: float = PATIENCE) -> None:
        """Take where to listen and whom to tell."""
        credentials = postgres_credentials(settings)["credentials"]
        self._address = {name: credentials[name] for name in _ADDRESS if credentials.get(name) is not None}
        self._tell = tell
        self._patience = patience
        self._listening = asyncio.Event()
        # All below `low` was told or is older than this listener; `told` are those above it.
        self._low: int | None = None
        self._told: set[int] = set()
        # For tests: the server process at the other end.
        self.backend: int | None = None

    async def heard(self) -> None:
        """Wait until nothing that is committed from now on is missed, but never so long that nothing starts."""
        with suppress(TimeoutError):
            async with asyncio.timeout(LONGEST_PAUSE):
                await self._listening.wait()

    async def run(self) -> None:
        """Listen for ever, through every loss of the connection."""
        pause = PAUSE
        while True:
            try:
                await self._listen()
                pause = PAUSE
            except Exception as fault:
                # Whatever it is, to go on listening is the only remedy.
                _log.warning("not listening to the database", error=type(fault).__qualname__, again_in=pause)
                pause = min(pause * 2, LONGEST_PAUSE)
            await asyncio.sleep(pause)

    async def _listen(self) -> None:
        lost = asyncio.Event()
        connection = await asyncpg.connect(**self._address, timeout=10)
        try:
            connection.add_termination_listener(lambda _: lost.set())
            await connection.add_listener(CHANNEL, self._notified)
            self.backend = connection.get_server_pid()
            await self._catch_up()
            self._listening.set()
            while not lost.is_set():
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._patience):
                        await lost.wait()
                if not lost.is_set():
                    await connection.execute("SELECT 1", timeout=5)
                    await self._catch_up()
        finally:
            connection.terminate()

    def _notified(self, connection: Any, process: int, channel: str, payload: object) -> None:
        if isinstance(payload, str) and payload.isascii() and payload.isdigit():
            self._once(int(payload))

    def _once(self, position: int) -> None:
        if position not in self._told and position >= (self._low or 0):
            self._told.add(position)
            self._tell(position)

    async def _catch_up(self) -> None:
        """Tell what was committed while nobody listened; at first only take note of what is there."""
        low = (await snapshot()).low
        since = low if self._low is None else self._low
        statement = Statement()
        rows = await statement.fetch(
            f"SELECT DISTINCT position FROM event WHERE position >= {statement.bind(since)} ORDER BY position"
        )
        for row in rows:
            if self._low is None:
                self._told.add(row["position"])
            else:
                self._once(row["position"])
        self._low = low
        self._told = {position for position in self._told if position >= low}
