"""Who may write matches at the same time.

On SQLite there is one writer anyway. On PostgreSQL an item's transaction does not see what
another has not committed yet: without locks a job could store matches of a need that is
being withdrawn, or a new version could miss a need that is being submitted.
"""

from collections.abc import Iterable
from typing import Final

from api import db

PUBLISHING: Final = 0x57554A4941
"""Key of the one lock that publishing takes alone and matching shares; any constant does."""


async def take_turn() -> None:
    """Begin to match: from now to the end of the transaction no version is published.

    On SQLite the transaction becomes a writing one, so that it never loses what it read.
    """
    if db.dialect() == "sqlite":
        await db.reading().execute_query('UPDATE "match" SET "status" = "status" WHERE 1 = 0')
    else:
        await db.reading().execute_query("SELECT pg_advisory_xact_lock_shared($1)", [PUBLISHING])


async def keep_others_from_matching() -> None:
    """Begin to publish: wait for all that match, and keep them waiting to the end of the transaction."""
    if db.dialect() != "sqlite":
        await db.reading().execute_query("SELECT pg_advisory_xact_lock($1)", [PUBLISHING])


async def lock_rule_sets(rule_sets: Iterable[int]) -> None:
    """Let nobody else write matches of these rule sets; in order, so that two never wait for each other."""
    if db.dialect() != "sqlite":
        for identifier in sorted(set(rule_sets)):
            await db.reading().execute_query("SELECT pg_advisory_xact_lock($1)", [identifier])
