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
_BOTH: Final = f"SELECT {LOWEST} AS low, pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS high"


class Horizon(NamedTuple):
    """Below `low` all events are there for good; at `high` and above none has been written yet."""

    low: int
    high: int


async def horizon() -> Horizon:
    """Return where the feed ends now."""
    if db.dialect() == "postgres":
        row = (await Statement().fetch(_BOTH))[0]
        return Horizon(row["low"], row["high"])
    following = (await Statement().fetch(_NEXT))[0]["position"]
    return Horizon(following, following)


async def current_position() -> int:
    """Return the position of the open transaction, which on SQLite must have begun to write."""
    text = _CURRENT if db.dialect() == "postgres" else _NEXT
    return int((await Statement().fetch(text))[0]["position"])
