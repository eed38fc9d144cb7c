"""Match one changed item in the same unit of work; whole places, and what failed, get a job."""

from collections.abc import Iterable, Sequence
from typing import Any

from api import clock
from api.commands.unit_of_work import UnitOfWork
from api.identifiers import new_id
from api.matching.item import rematch_item
from api.models import Job, Place, Resource
from api.models.choices import ItemKind, JobStatus
from api.state_machines.resource import MATCHABLE
from rules.workers import WorkerFailed

REMATCH_ITEM = "rematch-item:{kind}"
REMATCH_PLACE = "rematch-place"
# Who waits for an answer waits for so many resources; more are matched by a job.
MOST_AT_ONCE = 5


async def rematch(work: UnitOfWork, kind: ItemKind, identifier: int) -> None:
    """Replace an item's matches. An engine fault never loses the item: a job tries again later."""
    try:
        await rematch_item(work.viewer.runtime.rules, kind, identifier)
    except WorkerFailed as fault:
        await Job.create(**_job(kind, identifier), error=str(fault)[:1000])


async def rematch_later(items: Iterable[tuple[ItemKind, int]]) -> None:
    """Leave a job for each of the items that has none waiting."""
    wanted = {(REMATCH_ITEM.format(kind=kind.lower()), key): (kind, key) for kind, key in items}
    kinds = sorted({kind for kind, _ in wanted})
    waiting = Job.filter(status=JobStatus.WAITING, kind__in=kinds) if kinds else Job.filter(id=0)
    for kind, key in await waiting.values_list("kind", "subject_id"):
        wanted.pop((str(kind), int(str(key))), None)
    await Job.bulk_create([Job(**_job(*item)) for item in wanted.values()])


def _job(kind: ItemKind, identifier: int) -> dict[str, Any]:
    return {
        "id": new_id(),
        "kind": REMATCH_ITEM.format(kind=kind.lower()),
        "subject_id": identifier,
        "path": "",
        "created_at": clock.now(),
    }


async def rematch_provider(
    work: UnitOfWork, *, person: int | None = None, organisation: int | None = None, where: str | None = None
) -> None:
    """Match anew all that a person and an organisation offer, since rules ask about the provider too.

    Call it after a change of what is said of them: pairings, registrations, teams, agreements, what is claimed
    of a promise. Where they offer very much, a job matches the place `where` the change counts, or all places
    where they offer something.
    """
    rows = []
    for column, key in (("owner_person_id", person), ("owner_organisation_id", organisation)):
        if key is not None:
            rows += await Resource.filter(**{column: key}, status__in=MATCHABLE).only("id", "path").order_by("id")
    if len(rows) > MOST_AT_ONCE:
        await rematch_place([row.path for row in rows] if where is None else [where])
        return
    for row in rows:
        await rematch(work, ItemKind.RESOURCE, row.id)


async def rematch_place(paths: Sequence[str]) -> None:
    """Leave a job that re-matches the innermost place that holds all `paths`, unless one waits already.

    A waiting job is locked until the commit, so that it does not begin before it can see what is written here.
    """
    path = common_path(paths)
    codes = path.split("/")[:-1]
    holding = ["", *("/".join(codes[: depth + 1]) + "/" for depth in range(len(codes)))]
    waiting = Job.filter(kind=REMATCH_PLACE, status=JobStatus.WAITING, path__in=holding)
    if await waiting.select_for_update().first():
        return
    place = await Place.get_or_none(path=path)
    await Job.create(
        id=new_id(),
        kind=REMATCH_PLACE,
        subject_id=place.id if place else 0,
        path=path,
        created_at=clock.now(),
    )


def common_path(paths: Sequence[str]) -> str:
    """Return the longest path that all have in common, "" when that is none."""
    if not paths:
        return ""
    # What the first and the last in order have in common, all between them have.
    codes = [path.split("/")[:-1] for path in paths]
    first, last = min(codes), max(codes)
    shared = []
    for one, other in zip(first, last, strict=False):
        if one != other:
            break
        shared.append(f"{one}/")
    return "".join(shared)
