"""Where events stand, so that no reader passes one that is written but not yet to be seen.

On PostgreSQL a position is the transaction's id. Several write at once and commit in any order, but below the
oldest one that still runs nothing can appear any more. SQLite has one writer, so a counter does.
"""

from typing import Final, NamedTuple

from api import db
from api.plan.statement import Statement

_CURRENT: Final = "SELECT pg_current_xact_id()::text::bigint AS position"
_NEXT: Final = "SELECT COALESCE(MAX(position), 0) + 1 AS position FROM event"
LOWEST: Final = "pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
_SNAPSHOT: Final = "SELECT pg_current_snapshot()::text AS snapshot"


class Snapshot(NamedTuple):
    """What was committed at a moment: everything below `high`, but for those that were still running."""

    high: int
    running: tuple[int, ...] = ()

    @property
    def low(self) -> int:
        """Return the position below which nothing can appear any more."""
        return min((self.high, *self.running))

    def has(self, position: int) -> bool:
        """Tell whether the transaction of a position was committed, or rolled back, by then."""
        return position < self.high and position not in self.running


async def snapshot() -> Snapshot:
    """Return what is committed now."""
    if db.dialect() == "postgres":
        # "xmin:xmax:running,running": PostgreSQL's own form.
        _, high, running = (await Statement().fetch(_SNAPSHOT))[0]["snapshot"].split(":")
        return Snapshot(int(high), tuple(int(each) for each in running.split(",") if each))
    return Snapshot((await Statement().fetch(_NEXT))[0]["position"])


async def current_position() -> int:
    """Return the position of the open transaction, which on SQLite must have begun to write."""
    text = _CURRENT if db.dialect() == "postgres" else _NEXT
    return int((await Statement().fetch(text))[0]["position"])
