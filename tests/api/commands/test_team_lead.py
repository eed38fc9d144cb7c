"""Who leads a team: the role that comes and goes with it, and what a new lead takes over."""

import asyncio
from datetime import UTC, date, datetime, timedelta

import pytest

from api import clock
from api.commands.claim import claim_item
from api.commands.claim_contact import reveal_asker
from api.commands.claim_joining import consent_to_contact
from api.commands.claim_moves import accept_claim
from api.commands.need import submit_need
from api.commands.team import disband_team, register_team, update_team
from api.errors import Forbidden, InvalidInput, InvalidTransition, StaleVersion
from api.models import Claim, HistoryEntry, Membership, Team
from api.models.choices import Consent, ItemKind
from auth.roles import Role
from tests.api.commands.records import actions
from tests.api.commands.test_team import values
from tests.factories import Town

PHONE = "13800001234"
NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)


async def team_claim(town: Town, team: int, lead: int) -> int:
    """Let a team claim the need of somebody who has a telephone."""
    asker = await town.person()
    await town.contact(person_id=asker, name="王阿姨", phone=PHONE)
    resident = town.viewer(Role.RESIDENT, person=asker, member_of="A")
    need = await submit_need(resident, town.need({"person": asker}))
    viewer = town.viewer(Role.TEAM_LEAD, person=lead, member_of="A")
    return await claim_item(viewer, ItemKind.NEED, need, {"claimant": {"team": team}})


async def test_the_role_comes_and_goes_with_the_team_that_the_committee_names(town: Town) -> None:
    first, second = await town.person(), await town.person()
    with clock.fixed(NOON):
        team = await register_team(town.administrator(), values(town, lead=first))
        assert (await Team.get(id=team)).confirmed_on == date(2026, 11, 23)
        await update_team(town.administrator(), team, {"lead": second}, 1)
        roles = {row.person_id: row.valid_to for row in await Membership.all()}
        assert roles == {first: date(2026, 11, 22), second: None}
        with pytest.raises(StaleVersion):
            await disband_team(town.administrator(), team, "人散了", 1)
        await disband_team(town.administrator(), team, "人散了", 2)
        assert not await Membership.filter(valid_to=None).exists()
        with pytest.raises(InvalidTransition):
            await disband_team(town.administrator(), team, "人散了", 3)
        with pytest.raises(InvalidInput):
            await update_team(town.administrator(), team, {"name": "新队"}, 3)
    assert sorted(await actions()) == sorted(
        ["membership.grant", "team.register", "membership.grant", "membership.end", "team.update",
         "membership.end", "team.disband"]
    )  # fmt: skip


async def led(town: Town, lead: int, place: str) -> int:
    return await register_team(town.administrator("S"), values(town, lead=lead, place=town.id(place)))


async def in_force(lead: int) -> dict[int, str]:
    return {row.id: row.path for row in await Membership.filter(person_id=lead, role="TEAM_LEAD", valid_to=None)}


async def test_a_role_that_no_team_gave_is_not_taken_with_a_team(town: Town) -> None:
    lead = await town.person()
    own = await Membership.create(person_id=lead, role="TEAM_LEAD", path=town.path("A"), valid_from=date(2026, 1, 1))
    team = await led(town, lead, "A")
    assert (await Team.get(id=team)).membership_id is None
    # Granted by an administrator after the team had given its own: that one alone goes.
    other = await town.person()
    second = await led(town, other, "A")
    granted = await Membership.create(
        person_id=other, role="TEAM_LEAD", place_id=town.id("A"), path=town.path("A"), valid_from=date(2026, 1, 1)
    )
    for each in (team, second):
        await disband_team(town.administrator(), each, "人散了", 1)
    assert set(await in_force(lead)) == {own.id}
    assert set(await in_force(other)) == {granted.id}


async def test_a_role_on_which_a_team_further_down_rests_stays_until_that_one_is_disbanded(town: Town) -> None:
    lead = await town.person()
    above = await led(town, lead, "S")
    below = await led(town, lead, "A1")
    role = (await Team.get(id=above)).membership_id
    assert (await Team.get(id=below)).membership_id is None
    await disband_team(town.administrator("S"), above, "人散了", 1)
    assert await in_force(lead) == {role: town.path("S")}
    assert (await Team.get(id=below)).membership_id == role
    await disband_team(town.administrator("S"), below, "人散了", 1)
    assert await in_force(lead) == {}


async def test_two_teams_disbanded_at_once_leave_no_role_behind(town: Town) -> None:
    for _ in range(5):
        lead = await town.person()
        teams = [await led(town, lead, place) for place in ("S", "A1", "B1")]
        assert len(await in_force(lead)) == 1
        await asyncio.gather(*(disband_team(town.administrator("S"), team, "人散了", 1) for team in teams))
        assert await in_force(lead) == {}


async def test_a_team_elsewhere_or_with_a_role_of_its_own_keeps_no_other(town: Town) -> None:
    lead = await town.person()
    below = await led(town, lead, "A1")
    above = await led(town, lead, "A")
    elsewhere = await led(town, lead, "B")
    assert sorted((await in_force(lead)).values()) == [town.path("A"), town.path("A1"), town.path("B")]
    await disband_team(town.administrator("S"), below, "人散了", 1)
    assert sorted((await in_force(lead)).values()) == [town.path("A"), town.path("B")]
    await update_team(town.administrator("S"), above, {"lead": await town.person()}, 1)
    assert sorted((await in_force(lead)).values()) == [town.path("B")]
    await disband_team(town.administrator("S"), elsewhere, "人散了", 1)
    assert await in_force(lead) == {}


async def test_nobody_makes_themselves_a_lead(town: Town) -> None:
    me = await town.person()
    viewer = town.viewer(Role.COMMITTEE_ADMINISTRATOR, person=me)
    for given in (values(town), values(town, lead=me)):
        with pytest.raises(Forbidden) as refused:
            await register_team(viewer, given)
        assert refused.value.path == ("lead",)
    assert not await Team.exists()
    team = await register_team(viewer, values(town, lead=await town.person()))
    with pytest.raises(Forbidden) as refused:
        await update_team(viewer, team, {"lead": me}, 1)
    assert refused.value.path == ("lead",)


async def test_a_new_lead_acts_for_the_open_claims_of_the_team(town: Town) -> None:
    first, second = await town.person(), await town.person()
    team = await register_team(town.administrator(), values(town, lead=first))
    rows = [await team_claim(town, team, first) for _ in range(2)]
    await Claim.filter(id=rows[1]).update(status="EVALUATED")
    later = clock.now() + timedelta(hours=1)
    with clock.fixed(later):
        await update_team(town.administrator(), team, {"lead": second}, 1)
    found = [await Claim.get(id=row) for row in rows]
    assert [row.actor_person_id for row in found] == [second, first]
    assert [row.updated_at == later for row in found] == [True, False]
    entry = await HistoryEntry.get(item_id=rows[0], action="claim.handOver")
    assert str(second) not in str(entry.changes), "who leads is not told in the history"


async def test_a_new_lead_needs_a_consent_of_their_own_before_they_see_the_contact(town: Town) -> None:
    first, second = await town.person(), await town.person()
    team = await register_team(town.administrator(), values(town, lead=first))
    claim = await team_claim(town, team, first)
    former, new = (town.viewer(Role.TEAM_LEAD, person=each) for each in (first, second))
    await accept_claim(town.administrator(), claim, 1, consent=Consent.ORAL)
    assert (await reveal_asker(former, claim, "约时间")).phone == PHONE
    await update_team(town.administrator(), team, {"lead": second}, 1)
    for viewer in (former, new):
        with pytest.raises(Forbidden):
            await reveal_asker(viewer, claim, "约时间")
    row = await Claim.get(id=claim)
    assert (row.contact_consent, row.contact_consent_at, row.status) == (None, None, "ACCEPTED")
    await consent_to_contact(town.administrator(), claim, Consent.PAPER)
    assert (await reveal_asker(new, claim, "约时间")).phone == PHONE
    with pytest.raises(Forbidden):
        await reveal_asker(former, claim, "约时间")


async def test_nobody_accepts_and_consents_to_a_lead_who_has_meanwhile_left(town: Town) -> None:
    first, second = await town.person(), await town.person()
    team = await register_team(town.administrator(), values(town, lead=first))
    claim = await team_claim(town, team, first)
    await update_team(town.administrator(), team, {"lead": second}, 1)
    with pytest.raises(StaleVersion):
        await accept_claim(town.administrator(), claim, 1, consent=Consent.ORAL)
    assert (await Claim.get(id=claim)).contact_consent is None
