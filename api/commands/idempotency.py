"""A mutation sent twice under one key has one effect and one answer (docs/decisions/0017)."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from weakref import WeakValueDictionary

from api import clock, db, sealing
from api.errors import Busy, IdempotencyMismatch
from api.identifiers import new_id
from api.models import IdempotentOutcome
from api.plan.viewer import Viewer

# Sends of one key to one process wait here, where waiting holds no connection; the database alone decides.
_turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the caller is told, and whether it was told before."""

    answer: str
    replayed: bool

    def __repr__(self) -> str:
        """Show no answer, which may hold personal data."""
        return f"<Outcome replayed={self.replayed}>"


async def once(
    viewer: Viewer, key: str, request: str, execute: Callable[[], Awaitable[str]], kept: Callable[[], bool]
) -> Outcome:
    """Execute a request and keep its answer, or give the answer that was kept under the caller's key.

    `kept` is asked after executing; where it says no, the effect stays and the key is as good as new.

    All that `execute` does is part of one transaction with the answer: its units of work become savepoints.
    When it raises, nothing is kept and nothing has been done. Of two at the same time the second waits
    for the first: on PostgreSQL at the unique key, on SQLite at the one writer.

    Raises:
        IdempotencyMismatch: the caller sent something else under this key.
        Busy: the first one takes too long; nothing was done.
    """
    mine = IdempotentOutcome(
        id=new_id(),
        key_hash=sealing.lookup_hash("idempotency-key", f"{viewer.principal.actor}\n{key}"),
        request_hash=sealing.lookup_hash("idempotent-request", request),
        at=clock.now(),
    )
    turn = _turns.setdefault(mine.key_hash, asyncio.Lock())
    try:
        async with turn, db.transaction():
            await IdempotentOutcome.bulk_create([mine], ignore_conflicts=True)
            stored = await IdempotentOutcome.get_or_none(key_hash=mine.key_hash)
            if stored is None:  # Forgotten since, in this very moment.
                raise Busy
            if stored.id != mine.id:
                if stored.request_hash != mine.request_hash:
                    raise IdempotencyMismatch
                return Outcome(stored.answer, replayed=True)
            answer = await execute()
            if not kept():
                await IdempotentOutcome.filter(id=mine.id).delete()
                return Outcome(answer, replayed=False)
            mine.answer = answer
            await mine.save(update_fields=["answer"])
            return Outcome(answer, replayed=False)
    except Exception as fault:
        if db.waited_in_vain(fault):
            raise Busy from fault
        raise


async def forget_outcomes(older_than: timedelta) -> int:
    """Delete the outcomes that are older; return how many. Their keys are as good as new."""
    return await IdempotentOutcome.filter(at__lt=clock.now() - older_than).delete()
