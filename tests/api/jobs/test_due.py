"""What is due is done without anybody asking: by a running server, and by whoever drains the jobs."""

import asyncio
from datetime import timedelta

from api import clock
from api.commands.deadline import DAY_PASSED, set_deadline
from api.jobs.draining import run_waiting_jobs
from api.jobs.durable import start_jobs, stop_jobs, wake
from api.models import Deadline
from tests.factories import Town

# What is due of an agreement that does not exist is done by doing nothing.
KIND = "agreement-ends"


async def test_draining_does_what_is_due_and_waits_for_the_next_midnight(town: Town) -> None:
    await set_deadline(KIND, 1, clock.now())
    await set_deadline(KIND, 2, clock.now() + timedelta(hours=1))
    await run_waiting_jobs(town.runtime)
    assert [row.subject_id for row in await Deadline.filter(kind=KIND, done_at=None)] == [2]
    assert (await Deadline.get(kind=DAY_PASSED)).due_at == clock.midnight(clock.today() + timedelta(days=1))


async def test_a_running_server_does_what_is_due(town: Town) -> None:
    await start_jobs(town.runtime)
    await set_deadline(KIND, 1, clock.now())
    wake()
    for _ in range(200):
        if await Deadline.exists(kind=KIND, done_at__not_isnull=True):
            break
        await asyncio.sleep(0.05)
    await stop_jobs()
    assert (await Deadline.get(kind=KIND)).done_at is not None
    assert await Deadline.exists(kind=DAY_PASSED, done_at=None)
