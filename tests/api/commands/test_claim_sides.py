"""Nobody stands on both sides of a claim: consent, own needs, own evaluations, and what a refusal gives away."""

import pytest

from api.commands import claim_evaluation
from api.commands import claim_moves as moves
from api.commands import need as needs
from api.commands.claim import claim_item
from api.commands.claim_joining import answer_invitation, consent_to_contact
from api.errors import Forbidden, InvalidInput
from api.models import Claim, ClaimParticipant, Team
from api.models.choices import ClaimSide, Consent, ItemKind, ParticipantStatus
from api.plan.viewer import Viewer
from api.state_machines.claim import ClaimStatus
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


async def refused_to_answer(who: Viewer, key: int) -> bool:
    """Tell whether somebody in charge may neither accept a claim nor consent to it for the asker."""
    for answer in (moves.accept_claim(who, key, 1), consent_to_contact(who, key, Consent.ORAL)):
        with pytest.raises(Forbidden) as refused:
            await answer
        assert refused.value.path == ("id",)
    row = await Claim.get(id=key)
    return (row.status, row.contact_consent_at) == (ClaimStatus.PROPOSED, None)


async def test_whoever_made_a_claim_for_another_does_not_accept_it(here: Board) -> None:
    key = await claim_item(here.staff, ItemKind.NEED, here.need, {"claimant": {"organisation": here.firm}})
    assert await refused_to_answer(here.staff, key)
    colleague = here.town.viewer(Role.COMMITTEE_STAFF, "A", person=await here.town.person("A1"))
    await moves.accept_claim(colleague, key, 1, consent=Consent.ORAL)


async def test_staff_do_not_accept_what_others_claimed_for_them_or_with_them(here: Board) -> None:
    town = here.town
    me = here.staff.principal.person_id
    assert me is not None
    await member(town, here.firm, me)
    colleague = town.viewer(Role.COMMITTEE_STAFF, "A", person=await town.person("A1"))
    half = [{"line": await here.line(), "quantity": 2.0}]
    mine = await claim_item(colleague, ItemKind.NEED, here.need, {"claimant": {"person": me}, "lines": half})
    as_member = await here.claim(member=me, lines=half)
    for key in (mine, as_member):
        assert await refused_to_answer(here.staff, key)
    together = await here.claim(lines=half)
    row = await ClaimParticipant.create(claim_id=together, person_id=me, actor_person_id=me, status="INVITED")
    assert await refused_to_answer(here.staff, together)
    await answer_invitation(here.staff, row.id, ParticipantStatus.LEFT)
    await moves.accept_claim(here.staff, together, await here.version(together))


async def test_nobody_of_a_claiming_unit_or_of_its_team_accepts_and_the_sub_district_does(here: Board) -> None:
    town = here.town
    office = await town.organisation("A")
    lead = await town.person("A1")
    chief = town.viewer(Role.COMMITTEE_STAFF, "A", person=await town.person("A1"), organisation=office)
    team = await Team.create(
        name_zh="巡河队", lead_person_id=lead, organisation_id=office, place_id=town.id("A"), path=town.path("A"),
        status="ACTIVE",
    )  # fmt: skip
    other = town.viewer(Role.COMMITTEE_STAFF, "A", person=await town.person("A1"))
    half = [{"line": await here.line(), "quantity": 2.0}]
    for claimant in ({"organisation": office}, {"team": team.id}):
        key = await claim_item(other, ItemKind.NEED, here.need, {"claimant": claimant, "lines": half})
        assert await refused_to_answer(chief, key)
        assert await refused_to_answer(other, key)
        await moves.accept_claim(town.viewer(Role.SUBDISTRICT_OFFICER, "S"), key, 1)
    joined = await here.claim(lines=half, participants=[{"team": team.id}])
    assert await refused_to_answer(chief, joined)


async def test_an_asker_consents_also_when_their_own_firm_claims(here: Board) -> None:
    key = await here.claim()
    employed = here.town.viewer(Role.UNIT_REPRESENTATIVE, "D", person=here.asker, organisation=here.firm)
    await consent_to_contact(employed, key, Consent.ORAL)
    assert (await Claim.get(id=key)).contact_consent_at is not None


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
    await moves.accept_claim(town.administrator(), claim, 1)
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
