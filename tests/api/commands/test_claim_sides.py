"""Nobody stands on both sides of a claim: consent, own needs, own evaluations, and what a refusal gives away."""

import pytest

from api.commands import claim_evaluation
from api.commands import claim_moves as moves
from api.commands import need as needs
from api.commands.claim import claim_item
from api.errors import Forbidden, InvalidInput
from api.models import Claim
from api.models.choices import ClaimSide, Consent, ItemKind
from auth.roles import Role
from tests.api.commands.claiming import Board, board, member
from tests.factories import Town


@pytest.fixture
async def here(town: Town) -> Board:
    return await board(town)


async def test_who_may_not_take_down_a_consent_does_not_do_so_by_accepting(here: Board) -> None:
    key = await here.claim()
    officer = here.town.viewer(Role.SUBDISTRICT_OFFICER, "S")
    with pytest.raises(Forbidden):
        await moves.accept_claim(officer, key, 1, consent=Consent.ORAL)
    await moves.accept_claim(officer, key, 1)
    assert (await Claim.get(id=key)).contact_consent_at is None


async def test_nobody_claims_what_their_household_asked_for(here: Board) -> None:
    town = here.town
    home = await town.household()
    me = await town.person("A1b", household_id=home)
    resident = town.viewer(Role.RESIDENT, "A", person=me, household=home, member_of="A")
    key = await needs.submit_need(resident, town.need({"household": home}))
    for who in (resident, here.staff):
        with pytest.raises(InvalidInput) as refused:
            await claim_item(who, ItemKind.NEED, key, {"claimant": {"person": me}})
        assert refused.value.path == ("claimant",)


async def test_who_does_a_claim_never_speaks_for_its_asker(here: Board) -> None:
    town = here.town
    staff = here.staff.principal.person_id
    assert staff is not None
    key = await claim_item(here.staff, ItemKind.NEED, here.need, {"claimant": {"person": staff}})
    other = town.viewer(Role.COMMITTEE_STAFF, "A", person=await town.person("A1"))
    await moves.accept_claim(other, key, 1)
    await moves.complete_claim(here.staff, key, "送到", 2)
    with pytest.raises(Forbidden):
        await claim_evaluation.evaluate_claim(here.staff, key, ClaimSide.ASKER, 5)
    await claim_evaluation.evaluate_claim(other, key, ClaimSide.ASKER, 3, text="电话里说一般")
    await claim_evaluation.evaluate_claim(here.staff, key, ClaimSide.CLAIMANT, 5)


async def test_a_member_of_the_asking_unit_does_not_evaluate_what_they_did_themselves(here: Board) -> None:
    town = here.town
    me = await town.person("A1")
    key = await needs.submit_need(here.unit, town.need({"organisation": here.firm}, "A"))
    helper = town.viewer(Role.UNIT_REPRESENTATIVE, "D", person=me, organisation=here.firm)
    claim = await claim_item(here.staff, ItemKind.NEED, key, {"claimant": {"person": me}})
    await moves.accept_claim(here.staff, claim, 1)
    await moves.complete_claim(helper, claim, "办好了", 2)
    with pytest.raises(Forbidden):
        await claim_evaluation.evaluate_claim(helper, claim, ClaimSide.ASKER, 5)
    await claim_evaluation.evaluate_claim(here.unit, claim, ClaimSide.ASKER, 4)


async def test_who_may_not_claim_does_not_learn_who_belongs_to_a_unit(here: Board) -> None:
    one, stranger = await here.town.person("B1"), await here.town.person("B1")
    await member(here.town, here.firm, one)
    for person in (one, stranger):
        with pytest.raises(Forbidden):
            await claim_item(
                here.rival, ItemKind.NEED, here.need, {"claimant": {"organisation": here.firm}, "member": person}
            )
