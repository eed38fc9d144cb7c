"""The passing of days: what is valid from or until a day is matched anew, and nothing else."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from api import clock
from api.commands.day import watch_days
from api.commands.due import run_due
from api.commands.need import submit_need
from api.commands.project import propose_project
from api.commands.resource import offer_resource
from api.models import Claim, ClaimLine, Deadline, Job
from api.models.choices import JobStatus
from api.state_machines.claim import ClaimStatus
from tests.api.agreements import NOON, a_need
from tests.factories import Town

MIDNIGHT = datetime(2026, 6, 15, 16, tzinfo=UTC)
TODAY, TOMORROW = date(2026, 6, 15), date(2026, 6, 16)


async def jobs() -> set[tuple[str, int]]:
    return {(job.kind, job.subject_id) for job in await Job.all()}


async def items(town: Town, **values: Any) -> set[tuple[str, int]]:
    """Return the jobs that would match a need, a project and a resource with these values."""
    given = town.need({"organisation": await town.organisation("A1")}, "A1", **values)
    viewer = town.administrator("S")
    need = await submit_need(viewer, given)
    project = await propose_project(viewer, given)
    resource = await offer_resource(viewer, given)
    return {("rematch-item:need", need), ("rematch-item:project", project), ("rematch-item:resource", resource)}


async def test_each_night_what_begins_or_ends_is_matched_anew(town: Town) -> None:
    window = {"starts_at": NOON - timedelta(hours=2), "ends_at": NOON}
    coming = NOON + timedelta(days=28)
    with clock.fixed(NOON):
        await watch_days()
        await watch_days()
        begins, ends = await items(town, valid_from=TOMORROW), await items(town, valid_to=TODAY)
        over = await items(town, windows=[window])
        near = await items(town, windows=[{"starts_at": coming, "ends_at": coming + timedelta(hours=1)}])
        await items(town)
        await items(town, valid_from=TODAY, valid_to=TOMORROW)
        await items(town, windows=[window | {"rrule": "FREQ=DAILY"}])
        later = coming + timedelta(days=1)
        await items(town, windows=[{"starts_at": later, "ends_at": later + timedelta(hours=1)}])
    assert await jobs() == set()
    with clock.fixed(MIDNIGHT - timedelta(seconds=1)):
        assert await run_due(town.runtime) == 0
    with clock.fixed(MIDNIGHT):
        assert await run_due(town.runtime) == 1
        assert await run_due(town.runtime) == 0
    assert (await Deadline.get()).due_at == MIDNIGHT + timedelta(days=1)
    found = await jobs()
    assert found == begins | ends | over | near


async def test_after_an_outage_all_days_that_passed_count_and_no_job_is_doubled(town: Town) -> None:
    with clock.fixed(NOON):
        await watch_days()
        expected = await items(town, valid_to=date(2026, 6, 17)) | await items(town, valid_from=date(2026, 6, 19))
        await items(town, valid_from=date(2026, 6, 20))
        kind, key = min(expected)
        await Job.create(kind=kind, subject_id=key, path="", created_at=NOON, status=JobStatus.WAITING)
    with clock.fixed(MIDNIGHT + timedelta(days=3)):
        assert await run_due(town.runtime) == 1
    assert await jobs() == expected
    assert await Job.all().count() == len(expected)
    assert (await Deadline.get()).due_at == MIDNIGHT + timedelta(days=4)


async def test_a_claimed_resource_that_recurs_is_matched_anew_each_day(town: Town) -> None:
    weekly = [{"starts_at": NOON, "ends_at": NOON + timedelta(hours=1), "rrule": "FREQ=WEEKLY"}]
    with clock.fixed(NOON):
        await watch_days()
        need, (line,) = await a_need(town)
        claimed = [key for kind, key in await items(town, windows=weekly) if kind.endswith("resource")]
        await items(town, windows=weekly)
        claim = await Claim.create(need_id=need.id, path=need.path, status=ClaimStatus.ACCEPTED)
        await ClaimLine.create(
            claim_id=claim.id, line_id=line.id, category=line.category, quantity=1, resource_id=claimed[0]
        )
    with clock.fixed(MIDNIGHT):
        await run_due(town.runtime)
    assert await jobs() == {("rematch-item:resource", claimed[0])}
