"""Jobs as durable workflows of DBOS; the only file that imports it, and only when jobs start.

A block is a step: what was done before a crash is not done again. DBOS keeps its own books
(a SQLite file, or the schema "dbos" on PostgreSQL); the job rows of the application say
what there is to do, so losing DBOS's books loses no job.
"""

import asyncio
import logging
from datetime import datetime
from typing import Any, Final

from dbos import DBOS, DBOSConfig, SetWorkflowID

from api import clock
from api.identifiers import new_id
from api.jobs.posting import Poster, poster_of
from api.jobs.webhooks import send_due
from api.jobs.work import Interrupted, do_block, finish, plan
from api.matching.place import Block
from api.runtime import Runtime

QUEUE: Final = "matching"
WEBHOOKS: Final = "webhooks"
SENDERS: Final = 8
MOST_BATCHES: Final = 100
FORGOTTEN_AT_ONCE: Final = 500
ENDED: Final = frozenset({"SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"})
WORKFLOW_VERSION: Final = "1"
"""Grows when the order of the steps below changes, so that old workflows are not continued wrongly."""


class Engine:
    """What the steps need and cannot be passed to them: arguments of a workflow are stored."""

    runtime: Runtime | None = None
    poster: Poster | None = None
    stopping = False
    busy = asyncio.Lock()
    sending = asyncio.Semaphore(SENDERS)


@DBOS.step(name="plan")
async def _plan(job_id: int) -> list[list[Any]]:
    return [[block.community, block.path] for block in await plan(job_id)]


@DBOS.step(name="block")
async def _do_block(job_id: int, number: int, community: int | None, path: str) -> str | None:
    async with Engine.busy:
        if Engine.stopping or Engine.runtime is None:
            # DBOS leaves a cancelled step unfinished in its books and goes on there at the next start.
            raise asyncio.CancelledError
        try:
            return await do_block(Engine.runtime.rules, job_id, number, Block(community, path))
        except Interrupted as fault:
            raise asyncio.CancelledError from fault


@DBOS.step(name="finish")
async def _finish(job_id: int, error: str | None) -> None:
    await finish(job_id, error)


@DBOS.workflow(name="job")
async def run_job(job_id: int) -> str | None:
    """Do one job, block by block; return why it failed, or None."""
    error = None
    for number, (community, path) in enumerate(await _plan(job_id)):
        error = await _do_block(job_id, number, community, path)
        if error is not None:
            break
    await _finish(job_id, error)
    return error


@DBOS.step(name="send")
async def _send(endpoint_id: int) -> bool:
    async with Engine.sending:
        if Engine.stopping or Engine.runtime is None or Engine.poster is None:
            raise asyncio.CancelledError
        return await send_due(Engine.runtime, Engine.poster, endpoint_id)


@DBOS.workflow(name="webhook")
async def run_webhook(endpoint_id: int) -> None:
    """Send what is due to one webhook, batch by batch; what is left over is found at the next look."""
    for _ in range(MOST_BATCHES):
        if not await _send(endpoint_id):
            return


async def launch(runtime: Runtime, database_url: str, executor: str) -> None:
    """Start DBOS, which goes on with what this executor left half done, and its queue."""
    Engine.runtime, Engine.stopping, Engine.busy = runtime, False, asyncio.Lock()
    Engine.sending = asyncio.Semaphore(SENDERS)
    Engine.poster = poster_of(allow_private=runtime.settings.webhook_allow_private)
    config: DBOSConfig = {
        "name": "wujia",
        "system_database_url": database_url,
        "executor_id": executor,
        "application_version": WORKFLOW_VERSION,
        "log_level": "ERROR",
        "notification_listener_polling_interval_sec": 1.0,
    }
    # DBOS keeps the handler of its first launch in a process, whose stream may be closed by now.
    logging.getLogger("dbos").handlers.clear()
    DBOS(config=config)
    DBOS.launch()
    await DBOS.register_queue_async(QUEUE, worker_concurrency=1, polling_interval_sec=0.25)
    await DBOS.register_queue_async(WEBHOOKS, worker_concurrency=SENDERS, polling_interval_sec=0.25)


async def enqueue(job_id: int) -> None:
    """Put a job on the queue once, whoever else does; one whose workflow ended without it goes on anew."""
    if await _enqueue(job_id, f"job-{job_id}") in ENDED:
        await _enqueue(job_id, f"job-{job_id}-{new_id()}")


async def _enqueue(job_id: int, name: str) -> str:
    with SetWorkflowID(name):
        handle = await DBOS.enqueue_workflow_async(QUEUE, run_job, job_id)
    return (await handle.get_status()).status


async def enqueue_webhook(endpoint_id: int, since: str) -> None:
    """Put a webhook with due deliveries on the queue, once a minute while nothing changes.

    The minute is for a process that died with its workflow: the next one is another's.
    """
    with SetWorkflowID(f"webhook-{endpoint_id}-{since}-{clock.milliseconds() // 60_000}"):
        await DBOS.enqueue_workflow_async(WEBHOOKS, run_webhook, endpoint_id)


async def forget_sent(before: datetime) -> None:
    """Delete from DBOS's books what was sent before; the log of deliveries is the application's own."""
    while True:
        ended = await DBOS.list_workflows_async(
            name="webhook", status=sorted(ENDED), end_time=before.isoformat(), limit=FORGOTTEN_AT_ONCE,
            load_input=False, load_output=False,
        )  # fmt: skip
        if not ended:
            return
        await DBOS.delete_workflows_async([each.workflow_id for each in ended])


async def halt() -> None:
    """Let the running block and the running posts end, then stop DBOS."""
    Engine.stopping = True
    async with Engine.busy:
        for _ in range(SENDERS):
            await Engine.sending.acquire()
        await asyncio.to_thread(DBOS.destroy)
    Engine.runtime = None
