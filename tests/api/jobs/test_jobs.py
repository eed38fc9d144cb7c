"""Jobs: drained at once for the command line, durable in a server."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from api import clock
from api.jobs import work
from api.jobs.draining import run_waiting_jobs
from api.jobs.durable import start_jobs, stop_jobs, wake
from api.matching.faults import VersionFailed
from api.matching.place import rematch_block
from api.models import Event, IdempotentOutcome, Job, Match, RuleVersion
from api.models.choices import JobStatus
from api.runtime import Runtime
from api.settings import Settings
from auth.enforcement import AuthoriserHolder
from auth.policy import load_shipped
from rules.workers import WorkerPool
from tests.api.matching.town import Town, pairs, rule


@pytest.fixture
async def town(database: Settings) -> Town:
    return await Town().build()


@pytest.fixture
async def runtime(database: Settings) -> AsyncIterator[Runtime]:
    pool = WorkerPool(1, timeout_seconds=10)
    yield Runtime(database, AuthoriserHolder(load_shipped()), pool)
    await pool.close()


async def publish(town: Town, *rules: Any) -> tuple[RuleVersion, Job]:
    version = await town.publish("S", *rules)
    job = await Job.create(kind="rematch-version", subject_id=version.id, path=town.path("S"), created_at=clock.now())
    return version, job


async def two_communities(town: Town) -> set[tuple[int, int]]:
    found = set()
    for code in ("A1", "B1"):
        need, resource = await town.need(code, "care.meal"), await town.resource(code, "care.meal")
        found.add((need.id, resource.id))
    return found


async def ended(job: Job, seconds: float = 20) -> Job:
    for _ in range(int(seconds / 0.05)):
        await job.refresh_from_db()
        if job.status in (JobStatus.DONE, JobStatus.FAILED):
            return job
        await asyncio.sleep(0.05)
    pytest.fail(f"the job is still {job.status}")


async def test_a_version_that_kills_its_worker_twice_is_quarantined(
    town: Town, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    await two_communities(town)
    version, job = await publish(town, rule())
    monkeypatch.setattr(runtime.rules, "_timeout", 0.0)
    assert await run_waiting_jobs(runtime) == 0
    await job.refresh_from_db()
    await version.refresh_from_db()
    assert job.status is JobStatus.FAILED
    assert job.error is not None
    assert "TIMEOUT" in job.error
    assert version.status == "QUARANTINED"
    assert version.quarantine_reason == job.error
    assert await Event.exists(kind="ruleVersion.quarantine", object_id=version.id)
    assert await Match.all().count() == 0


async def test_one_slow_answer_does_not_condemn_a_version(
    town: Town, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = await two_communities(town)
    version, _ = await publish(town, rule())
    honest = rematch_block
    answers = iter([VersionFailed(version.id, "TIMEOUT", "busy")])

    async def once_slow(*arguments: Any) -> int:
        for fault in answers:
            raise fault
        return await honest(*arguments)

    monkeypatch.setattr(work, "rematch_block", once_slow)
    assert await run_waiting_jobs(runtime) == 1
    assert await pairs() == expected


async def test_a_fault_of_ours_ends_the_job_with_a_masked_reason(
    town: Town, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    await two_communities(town)
    version, job = await publish(town, rule())

    async def broken(*_: Any) -> int:
        raise RuntimeError("password=secret")

    monkeypatch.setattr(work, "rematch_block", broken)
    await run_waiting_jobs(runtime)
    await job.refresh_from_db()
    await version.refresh_from_db()
    assert job.status is JobStatus.FAILED
    assert "secret" not in (job.error or "")
    assert version.status == "PUBLISHED"


async def test_waiting_jobs_are_drained_with_progress(town: Town, runtime: Runtime) -> None:
    expected = await two_communities(town)
    version, job = await publish(town, rule(caps={"perDemand": 1}))
    seen: list[tuple[str, int, int]] = []
    assert await run_waiting_jobs(runtime, lambda *progress: seen.append(progress)) == 1
    assert await pairs() == expected
    assert seen == [("rematch-version", 0, 2), ("rematch-version", 1, 2), ("rematch-version", 2, 2)]
    await job.refresh_from_db()
    await version.refresh_from_db()
    assert (job.status, job.done, job.total, job.error) == (JobStatus.DONE, 2, 2, None)
    assert job.finished_at is not None
    assert version.effect == {"matches": 2, "heldBack": 0, "byRule": {"near": 2}}
    assert await run_waiting_jobs(runtime) == 0


async def test_the_job_of_a_version_that_was_replaced_meanwhile_does_nothing(town: Town, runtime: Runtime) -> None:
    await two_communities(town)
    _, first = await publish(town, rule())
    second, _ = await publish(town, rule(points=3))
    await run_waiting_jobs(runtime)
    await first.refresh_from_db()
    assert (first.status, first.total) == (JobStatus.DONE, 0)
    assert set(await Match.all().values_list("rule_version_id", flat=True)) == {second.id}


async def test_items_and_places_are_matched_by_jobs_too(town: Town, runtime: Runtime) -> None:
    expected = await two_communities(town)
    await town.publish("S", rule())
    need = min(need for need, _ in expected)
    await Job.create(kind="rematch-item:need", subject_id=need, path="", created_at=clock.now())
    await run_waiting_jobs(runtime)
    assert {pair[0] for pair in await pairs()} == {need}
    place = town.places["S"]
    await Job.create(kind="rematch-place", subject_id=place.id, path=place.path, created_at=clock.now())
    await run_waiting_jobs(runtime)
    assert await pairs() == expected


async def test_a_server_does_jobs_when_woken_and_goes_on_after_a_stop(
    town: Town, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = await two_communities(town)
    reached, go_on, done = asyncio.Event(), asyncio.Event(), []
    honest = rematch_block

    async def slow(pool: WorkerPool, block: Any, rule_set: int | None) -> int:
        reached.set()
        await go_on.wait()
        done.append(block.path)
        return await honest(pool, block, rule_set)

    monkeypatch.setattr(work, "rematch_block", slow)
    await start_jobs(runtime)
    _, job = await publish(town, rule())
    wake()
    await asyncio.wait_for(reached.wait(), 10)
    stopping = asyncio.get_running_loop().create_task(stop_jobs())
    await asyncio.sleep(0.1)
    go_on.set()
    await stopping
    await job.refresh_from_db()
    assert (job.status, job.done, job.total) == (JobStatus.RUNNING, 1, 2), (
        "the running block ended, the next did not begin"
    )

    await start_jobs(runtime)
    assert (await ended(job)).status is JobStatus.DONE
    await stop_jobs()
    assert await pairs() == expected
    assert done == [town.path("A"), town.path("B")], "no block was done twice"


async def test_a_job_whose_books_are_lost_is_done_all_the_same_and_old_outcomes_are_forgotten(
    town: Town, runtime: Runtime
) -> None:
    now = clock.now()
    for days in (6, 8):
        await IdempotentOutcome.create(key_hash=f"{days} days", request_hash="x", at=now - timedelta(days=days))
    expected = await two_communities(town)
    _, job = await publish(town, rule())
    await Job.filter(id=job.id).update(status=JobStatus.RUNNING, done=1, total=2)
    await start_jobs(runtime)
    assert (await ended(job)).status is JobStatus.DONE
    await stop_jobs()
    assert await pairs() == expected
    assert [each.key_hash for each in await IdempotentOutcome.all()] == ["6 days"]
