"""Forget old events, and remember how far: a cursor from before that could miss what happened.

The newest event of each object stays whatever its age: it says how visible the object was last, which the next
event needs, and on SQLite the newest of all says where positions go on.
"""

from datetime import datetime
from typing import Final

from api import db
from api.identifiers import new_id
from api.models import Event, PrunedEvents
from api.plan.statement import Statement

AT_ONCE: Final = 1000
Mark = tuple[int, int]
_NEWER: Final = (
    "EXISTS (SELECT 1 FROM event n WHERE n.object_type = e.object_type AND n.object_id = e.object_id"
    " AND (n.number > e.number OR (n.number = e.number AND n.position > e.position)))"
)


async def prune_events(before: datetime) -> int:
    """Delete the events from before a moment that newer ones of the same object follow; return how many."""
    pruned, last = 0, 0
    # In parts, since a statement has its time; by identifier, which grows with time.
    while True:
        statement = Statement()
        old = f"{statement.moment('e.at')} < {statement.moment(statement.bind(before))}"
        rows = await statement.fetch(
            f"SELECT e.id, e.position, CASE WHEN {old} THEN 1 ELSE 0 END AS old,"
            f" CASE WHEN {old} AND {_NEWER} THEN 1 ELSE 0 END AS followed FROM event e"
            f" WHERE e.id > {statement.bind(last)} ORDER BY e.id LIMIT {AT_ONCE}"
        )
        pruned += await _forget([(row["position"], row["id"]) for row in rows if row["followed"]])
        if len(rows) < AT_ONCE or not rows[-1]["old"]:
            return pruned
        last = rows[-1]["id"]


async def pruned_up_to() -> Mark | None:
    """Return position and identifier of the last event that is forgotten; None: all are there."""
    row = await PrunedEvents.all().order_by("-position", "-event_id").first()
    return None if row is None else (row.position, row.event_id)


async def _forget(events: list[Mark]) -> int:
    if not events:
        return 0
    # With the mark in one transaction: nobody finds events gone that nothing says are gone.
    async with db.transaction():
        position, event = max(events)
        await PrunedEvents.create(id=new_id(), position=position, event_id=event)
        await PrunedEvents.filter(position__lt=position).delete()
        return int(await Event.filter(id__in=[each for _, each in events]).delete())
