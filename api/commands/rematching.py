"""Match one changed item within the same unit of work; when the engine cannot, leave a job instead."""

from api import clock
from api.commands.unit_of_work import UnitOfWork
from api.identifiers import new_id
from api.matching.item import rematch_item
from api.models import Job
from api.models.choices import ItemKind
from rules.workers import WorkerFailed

REMATCH_ITEM = "rematch-item:{kind}"


async def rematch(work: UnitOfWork, kind: ItemKind, identifier: int) -> None:
    """Replace the matches of one item. An engine fault never loses the item: a job tries again later."""
    try:
        await rematch_item(work.viewer.runtime.rules, kind, identifier)
    except WorkerFailed as fault:
        await Job.create(
            id=new_id(), kind=REMATCH_ITEM.format(kind=kind.lower()), subject_id=identifier,
            path="", created_at=clock.now(), error=str(fault)[:1000],
        )  # fmt: skip
