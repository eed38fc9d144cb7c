"""Do what is due: each deadline in a unit of work of its own, by whichever process comes first.

A deadline is taken by compare-and-set in the same transaction as what it causes, so two processes never do
one twice, and one that was taken by a process that died is not lost.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Final

import structlog

from api import clock
from api.commands import agreement_course, claim_moves, deadline
from api.commands.day import pass_day
from api.commands.standing import system_viewer
from api.commands.unit_of_work import UnitOfWork, unit_of_work
from api.errors import Busy
from api.models import Deadline
from api.runtime import Runtime

log = structlog.get_logger(__name__)

Command = Callable[[UnitOfWork, int], Awaitable[None]]
"""Does what is due for a subject, inside the open unit of work; finding nothing to do is no fault."""

DEADLINES: Final[Mapping[str, Command]] = {
    deadline.AGREEMENT_STARTS: agreement_course.start_agreement,
    deadline.AGREEMENT_ENDS: agreement_course.expire_agreement,
    deadline.PROMISE_DUE: agreement_course.note_broken_promise,
    deadline.DAY_PASSED: pass_day,
    deadline.CLAIM_EXPIRY: claim_moves.expire_claim,
}
Lock = Callable[[int], Awaitable[object]]
LOCKS: Final[Mapping[str, Lock]] = {
    deadline.AGREEMENT_STARTS: agreement_course.locked_agreement,
    deadline.AGREEMENT_ENDS: agreement_course.locked_agreement,
    deadline.PROMISE_DUE: agreement_course.lock_promise,
    deadline.CLAIM_EXPIRY: claim_moves.lock_claimed,
}
"""What commands lock before they move a deadline of the kind, so the deadline is taken after it as well."""
AT_ONCE: Final = 200
LONGEST_WAIT: Final = timedelta(hours=1)


async def run_due(runtime: Runtime) -> int:
    """Do all that is due by now, the longest due first; return how many deadlines this process did.

    One that fails is put off, a little longer each time, and does not keep the others from being done.
    """
    done = 0
    while due := await _due():
        for row in due:
            done += await _do(runtime, row)
        if len(due) < AT_ONCE:
            break
    return done


async def _due() -> list[Deadline]:
    waiting = Deadline.filter(done_at=None, due_at__lte=clock.now(), kind__in=list(DEADLINES))
    return await waiting.order_by("due_at", "id").limit(AT_ONCE)


async def _do(runtime: Runtime, row: Deadline) -> bool:
    try:
        async with unit_of_work(system_viewer(runtime, "deadline")) as work:
            if row.kind in LOCKS:
                await LOCKS[row.kind](row.subject_id)
            if not await _take(row):
                return False
            await DEADLINES[row.kind](work, row.subject_id)
    except Busy:
        # Somebody writes the same rows just now; the next look will find them free.
        await _put_off(row, timedelta(seconds=5), "BUSY")
        return False
    except Exception as fault:
        log.exception("deadline failed", kind=row.kind, subject=row.subject_id)
        wait = min(timedelta(minutes=2**row.tries), LONGEST_WAIT)
        await _put_off(row, wait, type(fault).__name__)
        return False
    return True


async def _take(row: Deadline) -> bool:
    """Mark a deadline as done, unless somebody did or moved it meanwhile."""
    untouched = Deadline.filter(id=row.id, done_at=None, due_at__lte=clock.now())
    return bool(await untouched.update(done_at=clock.now(), error=None))


async def _put_off(row: Deadline, wait: timedelta, error: str) -> None:
    untouched = Deadline.filter(id=row.id, done_at=None, due_at__lte=clock.now())
    # No more than twenty doublings are counted: the wait is at its longest long before.
    await untouched.update(due_at=clock.now() + wait, tries=min(row.tries + 1, 20), error=error)
