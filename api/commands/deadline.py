"""Deadlines as rows: a command sets one in its own unit of work; `api.commands.due` does what is due.

There is one row for each kind and subject, so that setting a deadline anew moves it.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from api import clock
from api.identifiers import new_id
from api.models import Deadline

AGREEMENT_STARTS = "agreement-starts"
AGREEMENT_ENDS = "agreement-ends"
PROMISE_DUE = "promise-due"
DAY_PASSED = "day-passed"
CLAIM_EXPIRY = "claim-expiry"


async def set_deadline(kind: str, subject_id: int, due_at: datetime) -> None:
    """Have something done at an instant (timezone-aware); an earlier deadline of the same kind is moved."""
    moved = await Deadline.filter(kind=kind, subject_id=subject_id).update(
        due_at=due_at, done_at=None, tries=0, error=None
    )
    if not moved:
        await Deadline.create(id=new_id(), kind=kind, subject_id=subject_id, due_at=due_at)


async def drop_deadlines(kind: str, subjects: Iterable[int]) -> None:
    """Forget what was to be done for these subjects and is not done yet."""
    await Deadline.filter(kind=kind, subject_id__in=list(subjects), done_at=None).delete()


def after(day: date) -> datetime:
    """Return the instant at which a day is over where the community is."""
    return clock.midnight(day + timedelta(days=1))
