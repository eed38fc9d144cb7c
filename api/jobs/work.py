"""What a job does, in parts that can be done twice: plan its blocks, do one, finish it.

`api.jobs.workflows` runs the parts as durable steps of a server, `api.jobs.draining` one
after the other for the command line.
"""

import asyncio
from typing import Any, Final

import structlog

from api import clock, db
from api.feed.telling import Happened, tell
from api.jobs.quarantine import HARMFUL, quarantine
from api.matching.faults import VersionFailed
from api.matching.item import rematch_item
from api.matching.place import Block, blocks_of, rematch_block
from api.models import Job, Match, RuleVersion
from api.models.choices import ItemKind, JobStatus
from api.state_machines.match import MatchStatus
from api.state_machines.rule_version import RuleVersionStatus
from rules.workers import WorkerFailed, WorkerPool

log = structlog.get_logger(__name__)

VERSION: Final = "rematch-version"
PATIENCE: Final = 5
PAUSE_SECONDS: Final = 2.0
PLACE: Final = "rematch-place"
ITEM: Final = "rematch-item"
TRIES: Final = 2
"""A busy machine can let one batch run out of time; a version that fails twice in a row is to blame."""
CLOSED: Final = "CLOSED"


class Interrupted(Exception):
    """Say that the process is stopping; the job stays as it is and goes on at the next start."""


async def plan(job_id: int) -> list[Block]:
    """Mark a job as running and return its blocks; an item is one block, an outdated version has none."""
    # Marked first: a command that leaves its place to this waiting job holds it until it has committed.
    await Job.filter(id=job_id).update(status=JobStatus.RUNNING, done=0, error=None)
    job = await Job.get(id=job_id)
    blocks: list[Block] = []
    if job.kind == PLACE:
        blocks = await blocks_of(job.path)
    elif job.kind.startswith(ITEM):
        blocks = [Block(None, job.path)]
    elif await RuleVersion.exists(id=job.subject_id, status=RuleVersionStatus.PUBLISHED):
        blocks = await blocks_of(job.path)
    await Job.filter(id=job_id).update(total=len(blocks))
    return blocks


async def do_block(pool: WorkerPool, job_id: int, number: int, block: Block) -> str | None:
    """Do one block and note the progress; return why the job cannot go on, or None.

    Raises:
        Interrupted: the engine's pool is closing.
    """
    job = await Job.get(id=job_id)
    if job.done > number:  # Somebody else was at the same job, e.g. before and after a restart.
        return None
    try:
        await _patiently(pool, job, block)
    except WorkerFailed as fault:
        if fault.reason == CLOSED:
            raise Interrupted from fault
        return str(fault)
    except Exception as fault:
        # Whatever it is, it must not leave the job running for ever; details are in the log alone.
        log.exception("job failed", job=job_id, kind=job.kind)
        return f"{type(fault).__name__} (details in the server's log)"
    await Job.filter(id=job_id).update(done=number + 1)
    return None


async def _patiently(pool: WorkerPool, job: Job, block: Block) -> None:
    for left in reversed(range(PATIENCE)):
        try:
            await _tried(pool, job, block)
            return
        except Exception as fault:
            if not left or not db.waited_in_vain(fault):
                raise
            # A block does no harm when it is done twice; the others will have finished by then.
            await asyncio.sleep(PAUSE_SECONDS)


async def _tried(pool: WorkerPool, job: Job, block: Block) -> None:
    tries: dict[int, int] = {}
    while True:
        try:
            return await _done(pool, job, block)
        except VersionFailed as fault:
            if fault.reason not in HARMFUL:
                raise
            tries[fault.version_id] = tries.get(fault.version_id, 0) + 1
            if tries[fault.version_id] >= TRIES:
                await quarantine(fault.version_id, str(fault))
                if fault.version_id == job.subject_id:
                    raise


async def _done(pool: WorkerPool, job: Job, block: Block) -> None:
    kind, _, item = job.kind.partition(":")
    if kind == ITEM:
        async with db.transaction():
            await rematch_item(pool, ItemKind(item.upper()), job.subject_id, at_once=False)
    elif kind == PLACE:
        await rematch_block(pool, block)
    else:
        version: Any = await RuleVersion.get(id=job.subject_id)
        if version.status is RuleVersionStatus.PUBLISHED:
            await rematch_block(pool, block, version.rule_set_id)


async def finish(job_id: int, error: str | None) -> None:
    """Mark a job as done, or as failed with the reason; a version keeps what it did."""
    job = await Job.get(id=job_id)
    if job.kind == VERSION and error is None:
        async with db.transaction():
            await RuleVersion.filter(id=job.subject_id).update(effect=await _effect(job.subject_id))
            await tell([Happened("ruleVersion.effect", "RuleVersion", job.subject_id, job.path)])
    status = JobStatus.DONE if error is None else JobStatus.FAILED
    await Job.filter(id=job_id).update(status=status, error=error and error[:1000], finished_at=clock.now())


async def _effect(version_id: int) -> dict[str, Any]:
    by_rule: dict[str, int] = {}
    held_back = 0
    rows: Any = await Match.filter(rule_version_id=version_id).values_list("rule_id", "status")
    for rule_id, status in rows:
        by_rule[rule_id] = by_rule.get(rule_id, 0) + 1
        held_back += status == MatchStatus.HELD_BACK
    return {"matches": sum(by_rule.values()), "heldBack": held_back, "byRule": by_rule}
