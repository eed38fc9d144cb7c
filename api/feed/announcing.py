"""Say that events were written: to all processes on PostgreSQL, within this one on SQLite; after the commit only."""

from collections.abc import Callable
from typing import Final

from api import db

CHANNEL: Final = "wujia_events"
_listeners: set[Callable[[int], None]] = set()


async def announce(position: int) -> None:
    """Announce the open transaction's events, which all have this position."""
    if db.dialect() == "postgres":
        # PostgreSQL sends it at the commit, and only once for all that a transaction says alike.
        await db.reading().execute_query("SELECT pg_notify($1, $2)", [CHANNEL, str(position)])
    else:
        db.after_commit((CHANNEL, position), lambda: _tell(position))


def listen(listener: Callable[[int], None]) -> None:
    """Have every committed position of this process told; only SQLite tells it this way."""
    _listeners.add(listener)


def forget(listener: Callable[[int], None]) -> None:
    """Tell it no more."""
    _listeners.discard(listener)


def _tell(position: int) -> None:
    for listener in tuple(_listeners):
        listener(position)
