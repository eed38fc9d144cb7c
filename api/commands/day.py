"""Each night: what the passing of a day changes by itself is matched anew."""

from api import clock
from api.commands.deadline import DAY_PASSED, after, set_deadline
from api.commands.rematching import rematch_later
from api.commands.unit_of_work import UnitOfWork
from api.identifiers import new_id
from api.matching.day import touched_by_days
from api.models import Deadline

CALENDAR = 0
"""The one subject of this deadline."""


async def watch_days() -> None:
    """See to it that the passing of days is noticed from now on; doing it again changes nothing."""
    if await Deadline.exists(kind=DAY_PASSED, subject_id=CALENDAR):
        return
    first = Deadline(id=new_id(), kind=DAY_PASSED, subject_id=CALENDAR, due_at=after(clock.today()))
    # Another process may do the same just now.
    await Deadline.bulk_create([first], ignore_conflicts=True)


async def pass_day(_work: UnitOfWork, subject: int) -> None:
    """Leave jobs for what matches otherwise since the day that was due, and wait for the next midnight.

    After an outage that is done for all days that passed meanwhile.
    """
    row = await Deadline.get(kind=DAY_PASSED, subject_id=subject)
    first, today = row.due_at.astimezone(clock.LOCAL_ZONE).date(), clock.today()
    await rematch_later(await touched_by_days(first, today))
    await set_deadline(DAY_PASSED, subject, after(today))
