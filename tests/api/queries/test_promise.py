"""What became of a promise: sums, days, units of measure and remedies."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from api import clock
from api.models import Agreement, AgreementPromise
from api.plan.statement import Statement
from api.queries.promise import Standing, standings
from api.state_machines.agreement import AgreementStatus, PromiseState
from api.state_machines.claim import ClaimStatus
from tests.api.agreements import LAST, NOON, a_claim, a_need, an_agreement, promises_of
from tests.factories import Town

S, C = PromiseState, ClaimStatus
DUE = date(2026, 6, 30)
LAST_MOMENT = datetime(2026, 6, 30, 15, 59, 59, tzinfo=UTC)
NEXT_DAY = datetime(2026, 6, 30, 16, 0, tzinfo=UTC)
GOODS: dict[str, Any] = {"category": "life.repair", "quantity": 30.0, "unit": "PIECE", "due_on": DUE}


async def standing(agreement: Agreement, at: datetime = NOON) -> Standing:
    with clock.fixed(at):
        statement = Statement()
        (found,) = await standings(statement, f"p.agreement_id = {statement.bind(agreement.id)}")
    return found


async def given(town: Town, promise: dict[str, Any], *claims: tuple[Any, ...], unit: str | None = "PIECE") -> Agreement:
    """Return an agreement with one promise and claims: status, claimed, delivered, completed at."""
    agreement = await an_agreement(town, [promise])
    (made,) = await promises_of(agreement)
    asked = {"category": "life.repair"} | ({"quantity": 30, "unit": unit} if unit else {})
    with clock.fixed(NOON):
        need, (line,) = await a_need(town, asked)
    for status, claimed, delivered, at in claims:
        await a_claim(need, line, made, status, claimed, delivered, at)
    return agreement


async def test_what_is_claimed_is_used_and_what_is_completed_is_kept(town: Town) -> None:
    agreement = await given(
        town,
        GOODS,
        (C.PROPOSED, 1, None, NOON),
        (C.ACCEPTED, 2, None, NOON),
        (C.COMPLETED, 8, 4, NOON),
        (C.EVALUATED, 8, None, NOON),
        (C.DECLINED, 16, None, NOON),
        (C.RELEASED, 16, None, NOON),
        (C.EXPIRED, 16, None, NOON),
    )
    found = await standing(agreement)
    assert (found.state, found.kept, found.used, found.left) == (S.OPEN, 12, 15, 15)


async def test_a_claim_of_a_whole_line_counts_what_the_line_asks_for(town: Town) -> None:
    agreement = await given(town, GOODS, (C.COMPLETED, None, None, NOON))
    found = await standing(agreement)
    assert (found.state, found.kept, found.left) == (S.KEPT, 30, 0)


async def test_more_than_promised_leaves_nothing_and_no_less_than_that(town: Town) -> None:
    found = await standing(await given(town, GOODS, (C.COMPLETED, 30, 45, NOON)))
    assert (found.state, found.kept, found.used, found.left) == (S.KEPT, 45, 45, 0)


@pytest.mark.parametrize(
    ("at", "state"), [(LAST_MOMENT, S.OPEN), (NEXT_DAY, S.BROKEN), (NEXT_DAY + timedelta(days=300), S.BROKEN)]
)
async def test_a_promise_is_broken_when_its_day_in_shanghai_is_over(
    town: Town, at: datetime, state: PromiseState
) -> None:
    agreement = await given(town, GOODS, (C.COMPLETED, 29, None, NOON), (C.ACCEPTED, 1, None, NOON))
    assert (await standing(agreement, at)).state is state


@pytest.mark.parametrize(("at", "state"), [(LAST_MOMENT, S.KEPT), (NEXT_DAY, S.MADE_GOOD)])
async def test_the_last_delivery_is_in_time_until_its_day_is_over(
    town: Town, at: datetime, state: PromiseState
) -> None:
    agreement = await given(town, GOODS, (C.COMPLETED, 20, None, NOON), (C.COMPLETED, 10, None, at))
    assert (await standing(agreement, NEXT_DAY + timedelta(days=9))).state is state


async def test_made_good_tells_the_day_that_completed_it_not_a_later_one(town: Town) -> None:
    later = [NEXT_DAY + timedelta(days=days) for days in (1, 2, 3)]
    agreement = await given(town, GOODS, *((C.COMPLETED, 15, None, at) for at in later))
    found = await standing(agreement, NEXT_DAY + timedelta(days=9))
    assert (found.state, found.made_good_on) == (S.MADE_GOOD, date(2026, 7, 3))


async def test_a_remedy_clears_a_broken_promise_visibly(town: Town) -> None:
    agreement = await given(town, GOODS)
    assert (await standing(agreement, NEXT_DAY)).state is S.BROKEN
    await AgreementPromise.filter(agreement_id=agreement.id).update(remedy="改送米面", remedied_on=date(2026, 7, 9))
    found = await standing(agreement, NEXT_DAY)
    assert (found.state, found.made_good_on, found.kept) == (S.MADE_GOOD, date(2026, 7, 9), 0)


async def test_another_unit_of_measure_does_not_count_an_unknown_one_does(town: Town) -> None:
    foreign = await given(town, GOODS | {"unit": "PORTION"}, (C.COMPLETED, 30, 30, NOON))
    assert (await standing(foreign)).left == 30
    assert (await standing(foreign, NEXT_DAY)).state is S.BROKEN
    unknown = await given(town, GOODS, (C.COMPLETED, 30, 30, NOON), unit=None)
    assert (await standing(unknown)).state is S.KEPT


async def test_hours_are_measured_where_no_quantity_is_promised(town: Town) -> None:
    promise = {"category": "life.repair", "hours": 10.0}
    assert (await standing(await given(town, promise, (C.COMPLETED, 10, None, NOON)))).left == 10
    agreement = await given(town, promise, (C.COMPLETED, 10, 4, NOON), unit=None)
    found = await standing(agreement)
    assert (found.state, found.left) == (S.OPEN, 6)


async def test_a_promise_of_any_quantity_is_kept_by_the_first_delivery_and_never_used_up(town: Town) -> None:
    promise = {"category": "life.repair"}
    claimed = await standing(await given(town, promise, (C.ACCEPTED, 5, None, NOON), (C.COMPLETED, 5, 0, NOON)))
    assert (claimed.state, claimed.left, claimed.used_up) == (S.OPEN, None, False)
    delivered = await standing(await given(town, promise, (C.COMPLETED, 5, 2, NOON)))
    assert (delivered.state, delivered.kept, delivered.used_up) == (S.KEPT, 2, False)


@pytest.mark.parametrize(
    ("columns", "state"),
    [
        ({"status": AgreementStatus.DRAFT, "in_force_on": None}, S.OPEN),
        ({"status": AgreementStatus.ENDED, "in_force_on": None}, S.OPEN),
        ({"status": AgreementStatus.ENDED}, S.BROKEN),
        ({"status": AgreementStatus.EXPIRED, "valid_to": date(2026, 6, 14)}, S.BROKEN),
        ({"valid_to": date(2026, 6, 14)}, S.BROKEN),
        ({"valid_to": LAST}, S.OPEN),
    ],
)
async def test_what_was_in_force_and_is_over_was_to_be_kept_by_then(
    town: Town, columns: dict[str, Any], state: PromiseState
) -> None:
    agreement = await an_agreement(town, [{"category": "life.repair", "quantity": 1}], **columns)
    assert (await standing(agreement)).state is state
