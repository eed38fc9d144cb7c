"""Claims under an agreement: only while it is in force, only what it promises, and its promises are kept by them."""

from datetime import date, timedelta
from typing import Any

import pytest

from api import clock
from api.commands import claim_moves as moves
from api.commands import need as needs
from api.commands.rematching import MOST_AT_ONCE
from api.commands.resource import offer_resource
from api.errors import AgreementExpired, InvalidInput, NotFound
from api.models import Agreement, AgreementPromise, Claim, ClaimLine, Job
from api.state_machines.agreement import AgreementStatus
from api.state_machines.need import NeedStatus
from auth.roles import Role
from tests.api.commands.claiming import Board, board
from tests.factories import Town


async def agreed(here: Board, **given: Any) -> int:
    """Write an agreement in force of the unit with community A, which promises twenty repairs."""
    committee = await here.town.organisation("A", "RESIDENTS_COMMITTEE")
    values = {
        "number": f"永济-柳园-协-{here.need}", "title_zh": "共驻共建协议", "place_id": here.town.id("A"),
        "path": here.town.path("A"), "community_id": here.town.id("A"), "committee_id": committee, "unit_id": here.firm,
        "valid_from": date(2026, 1, 1), "valid_to": clock.today() + timedelta(days=30), "visibility": "PUBLIC",
        "signed_visibility": "PUBLIC", "status": AgreementStatus.IN_FORCE, "in_force_on": date(2026, 1, 1),
    }  # fmt: skip
    row = await Agreement.create(**{**values, **given})
    await AgreementPromise.create(
        agreement_id=row.id, position=0, category="life", text_zh="小修小补", quantity=10, unit="PIECE"
    )
    return int(row.id)


@pytest.fixture
async def here(town: Town) -> Board:
    return await board(town)


async def test_an_agreement_that_is_over_stops_new_claims_under_it(here: Board) -> None:
    agreement = await agreed(here, valid_to=clock.today() - timedelta(days=1))
    with pytest.raises(AgreementExpired) as refused:
        await here.claim(agreement=agreement)
    assert refused.value.path == ("agreement",)
    assert await Claim.all().count() == 0


async def test_nobody_claims_under_the_agreement_of_others(here: Board) -> None:
    agreement = await agreed(here)
    with pytest.raises(NotFound):
        await here.claim(here.rival, agreement=agreement)
    helper = here.town.viewer(Role.REGISTERED_HELPER, "A", person=await here.town.person())
    with pytest.raises(InvalidInput) as refused:
        await here.claim(helper, agreement=agreement)
    assert refused.value.path == ("agreement",)


async def test_delivering_what_was_promised_keeps_the_promise_and_fulfils_the_agreement(here: Board) -> None:
    agreement = await agreed(here)
    key = await here.claim(agreement=agreement)
    promise = await AgreementPromise.get(agreement_id=agreement)
    (line,) = await ClaimLine.filter(claim_id=key)
    assert line.promise_id == promise.id
    await moves.accept_claim(here.staff, key, 1)
    assert (await Agreement.get(id=agreement)).status is AgreementStatus.IN_FORCE
    await moves.complete_claim(here.unit, key, "十件都修好", 2)
    assert (await Agreement.get(id=agreement)).status is AgreementStatus.FULFILLED


async def test_what_a_claim_leaves_of_a_promise_counts_for_all_that_the_unit_offers(here: Board) -> None:
    agreement = await agreed(here)
    for _ in range(MOST_AT_ONCE + 1):
        await offer_resource(here.unit, here.town.need({"organisation": here.firm}, "A1"))
    await here.claim()
    assert await Job.all().count() == 0
    await Claim.all().delete()
    await here.claim(agreement=agreement)
    assert [job.path for job in await Job.all()] == [here.town.path("A")]


async def test_what_a_withdrawn_need_gives_back_of_a_promise_counts_as_well(here: Board) -> None:
    agreement = await agreed(here)
    for _ in range(MOST_AT_ONCE + 1):
        await offer_resource(here.unit, here.town.need({"organisation": here.firm}, "A1"))
    await here.claim(agreement=agreement)
    await Job.all().delete()
    await needs.move_need(here.resident, here.need, NeedStatus.WITHDRAWN, 1, reason="不用了")
    assert [job.path for job in await Job.all()] == [here.town.path("A")]
