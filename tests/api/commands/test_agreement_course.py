"""What happens to a signed agreement on its days: start, broken promises, fulfilment, expiry; and remedies."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from api import clock
from api.commands.agreement import end_agreement
from api.commands.agreement_course import settle_agreement
from api.commands.agreement_signing import remedy_promise, sign_agreement
from api.commands.due import run_due
from api.commands.resource import offer_resource
from api.commands.unit_of_work import unit_of_work
from api.errors import Forbidden, InvalidInput, NotFound
from api.models import Agreement, AgreementPromise, AuditEntry, Deadline, Event, HistoryEntry, Job
from api.state_machines.agreement import AgreementStatus
from api.state_machines.claim import ClaimStatus
from auth.roles import Role
from tests.api.agreements import NOON, a_claim, a_need, an_agreement, promises_of
from tests.api.commands.agreeing import Sides, outsiders, proposed, sides_of
from tests.factories import Town

S = AgreementStatus
GOODS: dict[str, Any] = {"category": "life.repair", "quantity": 2.0, "unit": "PIECE", "due_on": date(2026, 9, 30)}
FIRST_DAY = datetime(2026, 6, 30, 16, tzinfo=UTC)
DAY_AFTER_DUE = datetime(2026, 9, 30, 16, tzinfo=UTC)
DAY_AFTER = datetime(2026, 12, 31, 16, tzinfo=UTC)
SECOND = timedelta(seconds=1)


async def signed(town: Town, sides: Sides, **more: Any) -> Agreement:
    with clock.fixed(NOON):
        row = await proposed(town, sides, **more)
        await sign_agreement(sides.administrator, row.id, 2)
        await sign_agreement(sides.representative, row.id, 3)
    return await Agreement.get(id=row.id)


async def due_at(town: Town, moment: datetime) -> int:
    with clock.fixed(moment):
        return await run_due(town.runtime)


async def events(kind: str) -> list[int]:
    return [event.object_id for event in await Event.filter(kind=kind).order_by("id")]


async def status(row: Agreement) -> str:
    await row.refresh_from_db()
    return row.status.value


async def test_a_signed_agreement_comes_into_force_on_its_first_day(town: Town) -> None:
    row = await signed(town, await sides_of(town), valid_from=date(2026, 7, 1))
    assert (row.status, row.in_force_on) == (S.SIGNED, None)
    assert await due_at(town, FIRST_DAY - SECOND) == 0
    assert await due_at(town, FIRST_DAY + timedelta(days=3)) == 1
    await row.refresh_from_db()
    assert (row.status, row.in_force_on) == (S.IN_FORCE, date(2026, 7, 1))
    entry = await AuditEntry.get(action="agreement.start")
    assert entry.actor == "system:deadline"
    assert await HistoryEntry.exists(item_id=row.id, version=row.version, action="agreement.start")


async def test_a_promise_that_falls_due_is_told_once_and_one_that_was_kept_is_not(town: Town) -> None:
    row = await signed(town, await sides_of(town), promises=[GOODS, GOODS | {"due_on": date(2026, 9, 29)}])
    _, kept = await promises_of(row)
    with clock.fixed(NOON):
        need, (line,) = await a_need(town, {"category": "life.repair", "quantity": 2, "unit": "PIECE"})
    await a_claim(need, line, kept, ClaimStatus.COMPLETED)
    assert await due_at(town, DAY_AFTER_DUE - SECOND) == 1
    assert await events("agreement.promise_broken") == []
    assert await due_at(town, DAY_AFTER_DUE) == 1
    assert await events("agreement.promise_broken") == [row.id]
    assert await due_at(town, DAY_AFTER) == 1
    assert await events("agreement.promise_broken") == [row.id]
    await row.refresh_from_db()
    assert row.status is S.EXPIRED


async def test_an_agreement_runs_out_after_its_last_day_and_tells_what_is_broken(town: Town) -> None:
    row = await signed(town, await sides_of(town), promises=[{"category": "life"}])
    assert await due_at(town, DAY_AFTER - SECOND) == 0
    assert await due_at(town, DAY_AFTER) == 1
    await row.refresh_from_db()
    assert (row.status, row.ended_on) == (S.EXPIRED, None)
    assert await events("agreement.promise_broken") == [row.id]


async def test_a_promise_of_any_quantity_holds_to_the_last_day_others_fulfil_at_once(town: Town) -> None:
    sides = await sides_of(town)
    open_ended = await signed(town, sides, promises=[{"category": "life.repair"}])
    limited = await signed(town, sides, promises=[GOODS])
    with clock.fixed(NOON):
        need, (line,) = await a_need(town, {"category": "life.repair", "quantity": 2, "unit": "PIECE"})
        for row, share in ((open_ended, 2), (limited, 1), (limited, 1)):
            (promise,) = await promises_of(row)
            await a_claim(need, line, promise, ClaimStatus.COMPLETED, share)
            async with unit_of_work(sides.administrator) as work:
                await settle_agreement(work, row.id)
            await row.refresh_from_db()
        assert (limited.status, limited.ended_on) == (S.FULFILLED, date(2026, 6, 15))
        assert await status(open_ended) == "IN_FORCE"
    assert await due_at(town, DAY_AFTER) == 1
    assert await status(open_ended) == "FULFILLED"
    assert await events("agreement.promise_broken") == []


async def test_an_ended_agreement_has_nothing_due_any_more(town: Town) -> None:
    sides = await sides_of(town)
    row = await signed(town, sides, valid_from=date(2026, 7, 1), promises=[GOODS])
    assert await Deadline.all().count() == 3
    with clock.fixed(NOON):
        await end_agreement(sides.administrator, row.id, "单位搬走", row.version)
    assert not await Deadline.exists()
    assert await events("agreement.promise_broken") == []
    assert await due_at(town, DAY_AFTER) == 0


async def test_ending_what_is_in_force_tells_which_promises_it_breaks(town: Town) -> None:
    sides = await sides_of(town)
    row = await signed(town, sides, promises=[GOODS, {"category": "life"}])
    with clock.fixed(NOON):
        await end_agreement(sides.representative, row.id, "单位搬走", row.version)
    assert await events("agreement.promise_broken") == [row.id, row.id]


async def test_only_the_administrator_notes_a_remedy_and_only_of_what_is_broken(town: Town) -> None:
    sides = await sides_of(town)
    row = await signed(town, sides, promises=[GOODS])
    (promise,) = await promises_of(row)
    with clock.fixed(NOON), pytest.raises(InvalidInput):
        await remedy_promise(sides.administrator, promise.id, "改送米面")
    with clock.fixed(DAY_AFTER_DUE):
        with pytest.raises(NotFound):
            await remedy_promise(sides.administrator, promise.id + 1, "改送米面")
        for viewer in (sides.representative, town.viewer(Role.COMMITTEE_STAFF, "A"), *outsiders(town, sides.committee)):
            with pytest.raises(Forbidden):
                await remedy_promise(viewer, promise.id, "改送米面")
        with pytest.raises(InvalidInput):
            await remedy_promise(sides.administrator, promise.id, "")
        await remedy_promise(sides.administrator, promise.id, "改送米面")
        # Whoever mistyped may say it better.
        await remedy_promise(sides.administrator, promise.id, "改送米面二十份")
    kept = await AgreementPromise.get(id=promise.id)
    assert (kept.remedy, kept.remedied_on) == ("改送米面二十份", date(2026, 10, 1))
    last = await HistoryEntry.filter(item_id=row.id, action="agreement.remedy").order_by("-version").first()
    assert last is not None
    assert last.changes == {"promises.0.remedy": ["改送米面", "改送米面二十份"]}


@pytest.mark.parametrize(("offers", "jobs"), [(2, 0), (6, 1)])
async def test_few_offers_of_the_unit_are_matched_at_once_many_with_their_place(
    town: Town, offers: int, jobs: int
) -> None:
    sides = await sides_of(town)
    for _ in range(offers):
        await offer_resource(sides.representative, town.need({"organisation": sides.unit}, "A1"))
    await signed(town, sides, promises=[GOODS])
    found = await Job.all()
    assert [job.path for job in found] == [town.path("A")] * jobs


async def test_deadlines_of_an_agreement_that_is_gone_or_over_do_nothing(town: Town) -> None:
    row = await an_agreement(town, [GOODS], status=S.ENDED)
    with clock.fixed(NOON):
        for kind, subject in (
            ("agreement-starts", row.id), ("agreement-ends", row.id), ("agreement-starts", 1), ("agreement-ends", 1),
            ("promise-due", 1),
        ):  # fmt: skip
            await Deadline.create(kind=kind, subject_id=subject, due_at=NOON)
        assert await run_due(town.runtime) == 5
    await row.refresh_from_db()
    assert (row.status, row.version) == (S.ENDED, 1)
    assert not await Event.exists()
