"""Do all waiting jobs here and now, one after the other: for the command line and for tests."""

from collections.abc import Callable

from api.commands.day import watch_days
from api.commands.due import run_due
from api.jobs.work import do_block, finish, plan
from api.models import Job
from api.models.choices import JobStatus
from api.runtime import Runtime

Progress = Callable[[str, int, int], None]
"""Called with a job's kind, its blocks done and all its blocks."""


async def run_waiting_jobs(runtime: Runtime, on_progress: Progress | None = None) -> int:
    """Do what is due and the jobs that wait or were left half done; return how many jobs were done without a fault.

    A server may be at the same job: a block does no harm when it is done twice.

    Raises:
        Interrupted: the engine's pool is closed.
    """
    await watch_days()
    await run_due(runtime)
    fine = 0
    unfinished = [JobStatus.WAITING, JobStatus.RUNNING]
    for job in await Job.filter(status__in=unfinished).order_by("id"):
        blocks = await plan(job.id)
        error = None
        for number, block in enumerate(blocks):
            if on_progress is not None:
                on_progress(job.kind, number, len(blocks))
            error = await do_block(runtime.rules, job.id, number, block)
            if error is not None:
                break
        if on_progress is not None:
            on_progress(job.kind, len(blocks), len(blocks))
        await finish(job.id, error)
        fine += error is None
    return fine
