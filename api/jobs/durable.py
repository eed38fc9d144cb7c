"""Background work of a server: start it, stop it, and wake it when a command wrote a job.

Commands write job rows and know nothing of this. A feeder puts new rows on the durable queue,
woken by `wake` or, for rows that another process wrote, every few seconds. Before it looks for jobs it does
what is due, since that may leave some.
"""

import asyncio
import contextlib
import os
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

import structlog

from api import clock
from api.commands.day import watch_days
from api.commands.due import run_due
from api.jobs.books import books
from api.jobs.forgetting import Forgetting
from api.jobs.webhooks import due_webhooks, prune_deliveries
from api.models import Job
from api.models.choices import JobStatus
from api.runtime import Runtime

log = structlog.get_logger(__name__)

LOOK_SECONDS: Final = 5.0


@dataclass(slots=True)
class _Feeder:
    runtime: Runtime
    forgetting: Forgetting
    news: asyncio.Event = field(default_factory=asyncio.Event)
    fed: set[int] = field(default_factory=set)
    task: asyncio.Task[None] | None = None
    pruned_on: date | None = None


_feeder: _Feeder | None = None


async def start_jobs(runtime: Runtime) -> None:
    """Start the background work of this process and go on with every unfinished job."""
    global _feeder  # noqa: PLW0603  DBOS itself is one a process
    # Imported here, since DBOS takes half a second to import and most commands need none of it.
    from api.jobs import workflows

    if _feeder is not None:
        return
    await workflows.launch(runtime, books(runtime.settings), _executor())
    _feeder = _Feeder(runtime, Forgetting(runtime.settings))
    await watch_days()
    await _feed(_feeder, [JobStatus.WAITING, JobStatus.RUNNING])
    await _feeder.forgetting.when_due()
    _feeder.task = asyncio.get_running_loop().create_task(_keep_feeding(_feeder))


async def stop_jobs() -> None:
    """Let the running block end and stop; unfinished jobs go on at the next start."""
    global _feeder
    from api.jobs import workflows

    feeder, _feeder = _feeder, None
    if feeder is None:
        return
    if feeder.task is not None:
        feeder.task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await feeder.task
    await workflows.halt()


def wake() -> None:
    """Look for new jobs at once; call it after a commit. Without background work nothing happens."""
    if _feeder is not None:
        _feeder.news.set()


def _executor() -> str:
    # A name that comes back after a restart: DBOS goes on with what it left half done.
    return f"wujia-{os.environ.get('WUJIA_NODE_ID', 'local')}"


async def _keep_feeding(feeder: _Feeder) -> None:
    while True:
        # Not `wait_for`, which loses a cancellation that comes together with the news.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LOOK_SECONDS):
                await feeder.news.wait()
        feeder.news.clear()
        try:
            await run_due(feeder.runtime)
            await _feed(feeder, [JobStatus.WAITING])
            await feeder.forgetting.when_due()
        except Exception:
            # A database that is away for a moment must not end background work for good.
            log.exception("cannot look for what is due and for jobs")
        try:
            await _feed_webhooks(feeder)
        except Exception:
            # As above; and what holds up the jobs does not hold up what is to be told.
            log.exception("cannot look for webhooks")


async def _feed(feeder: _Feeder, statuses: list[JobStatus]) -> None:
    from api.jobs import workflows

    for job in await Job.filter(status__in=statuses).order_by("id").only("id"):
        if job.id not in feeder.fed:
            await workflows.enqueue(job.id)
            feeder.fed.add(job.id)


async def _feed_webhooks(feeder: _Feeder) -> None:
    from api.jobs import workflows

    for endpoint_id, since in (await due_webhooks()).items():
        await workflows.enqueue_webhook(endpoint_id, since)
    if feeder.pruned_on != clock.today():
        await prune_deliveries()
        await workflows.forget_sent(clock.now() - timedelta(days=1))
        feeder.pruned_on = clock.today()
