"""Claiming: who may, what is held, what conflicts."""

import asyncio
from typing import Any

import pytest

from api.commands import claim_moves as moves
from api.commands import need as needs
from api.commands.resource import offer_resource
from api.errors import ClaimConflict, Forbidden, InvalidInput, InvalidTransition, NotFound, Unauthenticated
from api.models import AuditEntry, Claim, ClaimLine, Event, Need, Organisation, RequirementLine, Team
from api.models.choices import Visibility
from api.state_machines.claim import ClaimStatus
from api.state_machines.need import NeedStatus
from auth.roles import Role
from tests.api.commands.claiming import Board, board, member
from tests.factories import Town


@pytest.fixture
async def here(town: Town) -> Board:
    return await board(town)


async def test_nobody_unknown_claims(here: Board) -> None:
    with pytest.raises(Unauthenticated):
        await here.claim(here.town.anonymous(), claimant={"organisation": here.firm})


async def test_nobody_claims_for_an_organisation_of_others(here: Board) -> None:
    with pytest.raises(Forbidden):
        await here.claim(here.unit, claimant={"organisation": here.other})


async def test_a_role_of_another_community_claims_nothing_here(here: Board) -> None:
    me = await here.town.person("B1")
    helper = here.town.viewer(Role.REGISTERED_HELPER, "B", person=me)
    with pytest.raises(Forbidden):
        await here.claim(helper)
    nearby = here.town.viewer(Role.REGISTERED_HELPER, "A", person=me)
    assert await here.claim(nearby)


async def test_an_auditor_claims_nothing_whatever_else_they_are(here: Board) -> None:
    auditor = here.town.viewer(Role.AUDITOR, "D", person=await here.town.person())
    with pytest.raises(Forbidden) as refused:
        await here.claim(auditor)
    assert refused.value.rule_id == "R1980"


async def test_what_one_may_not_see_cannot_be_claimed(town: Town) -> None:
    here = await board(town, visibility=Visibility.ADMINISTRATORS)
    with pytest.raises(NotFound):
        await here.claim()


async def test_nobody_claims_what_they_asked_for(here: Board) -> None:
    with pytest.raises(InvalidInput) as refused:
        await here.claim(here.resident)
    assert refused.value.path == ("claimant",)


async def test_a_suspended_organisation_and_a_disbanded_team_claim_nothing(here: Board) -> None:
    await Organisation.filter(id=here.firm).update(status="SUSPENDED")
    with pytest.raises(InvalidInput):
        await here.claim()
    lead = await here.town.person("A1b")
    team = await Team.create(
        name_zh="搬运队", lead_person_id=lead, place_id=here.town.id("A"), path=here.town.path("A"), status="DISBANDED"
    )
    leader = here.town.viewer(Role.TEAM_LEAD, "A", person=lead)
    with pytest.raises(InvalidInput):
        await here.claim(leader, claimant={"team": team.id})
    await Team.filter(id=team.id).update(status="ACTIVE")
    claimed = await Claim.get(id=await here.claim(leader, claimant={"team": team.id}))
    assert (claimed.team_id, claimed.actor_person_id, claimed.person_id) == (team.id, lead, None)


async def test_a_stranger_does_not_claim_for_a_team(here: Board) -> None:
    team = await Team.create(
        name_zh="搬运队", lead_person_id=await here.town.person(), place_id=here.town.id("A"),
        path=here.town.path("A"), status="ACTIVE",
    )  # fmt: skip
    other = here.town.viewer(Role.TEAM_LEAD, "A", person=await here.town.person())
    with pytest.raises(Forbidden):
        await here.claim(other, claimant={"team": team.id})


async def test_a_whole_claim_holds_everything_and_says_so(here: Board) -> None:
    key = await here.claim(note="下周三送到")
    row, (line,) = await Claim.get(id=key), await ClaimLine.filter(claim_id=key)
    assert (row.status, row.organisation_id, row.asker_person_id) == (ClaimStatus.PROPOSED, here.firm, here.asker)
    assert (line.quantity, line.unit, line.category) == (10.0, "PIECE", "life.repair")
    with pytest.raises(ClaimConflict) as refused:
        await here.claim(here.rival)
    (contested,) = refused.value.lines
    assert (contested.line_id, contested.left, contested.unit) == (await here.line(), 0.0, "PIECE")
    assert await Claim.all().count() == 1
    assert await Event.filter(kind="claim.create").count() == 1
    assert await AuditEntry.filter(action="claim.create", actor__startswith="person:").count() == 1


async def test_parts_add_up_to_the_quantity_and_never_beyond(here: Board) -> None:
    line = await here.line()
    await here.claim(lines=[{"line": line, "quantity": 6.0}])
    with pytest.raises(ClaimConflict) as refused:
        await here.claim(here.rival, lines=[{"line": line, "quantity": 4.5}])
    assert refused.value.lines[0].left == 4.0
    with pytest.raises(ClaimConflict):
        await here.claim(here.rival)  # the whole, of which somebody holds a part
    await here.claim(here.rival, lines=[{"line": line, "quantity": 4.0}])
    with pytest.raises(ClaimConflict):
        await here.claim(here.rival, lines=[{"line": line, "quantity": 0.0001}])


async def test_a_line_of_unknown_quantity_is_held_whole_by_one_or_in_parts_by_many(town: Town) -> None:
    here = await board(town, lines=[{"category": "life.repair"}])
    line = await here.line()
    first = await here.claim(lines=[{"line": line, "quantity": 500.0}])
    second = await here.claim(here.rival, lines=[{"line": line, "quantity": 700.0}])
    with pytest.raises(ClaimConflict):
        await here.claim(here.rival)
    for key, who in ((first, here.unit), (second, here.rival)):
        await moves.release_claim(who, key, "车坏了", await here.version(key))
    await here.claim()
    with pytest.raises(ClaimConflict):
        await here.claim(here.rival, lines=[{"line": line, "quantity": 1.0}])


async def test_faults_of_the_input_name_their_place_and_write_nothing(here: Board) -> None:
    line = await here.line()
    faults: list[tuple[dict[str, Any], tuple[str, ...]]] = [
        ({"lines": [{"line": line, "quantity": 0.0}]}, ("lines", "0", "quantity")),
        ({"lines": [{"line": line, "quantity": -1.0}]}, ("lines", "0", "quantity")),
        ({"lines": [{"line": line}, {"line": line}]}, ("lines",)),
        ({"lines": [{"line": 1}]}, ("lines", "0", "line")),
        ({"note": "长" * 501}, ("note",)),
        ({"lines": [{"line": line, "resource": 1}]}, ("lines", "0", "resource")),
        ({"participants": [{"organisation": here.firm}]}, ("participants", "0")),
        ({"participants": [{}]}, ("participants", "0")),
        ({"member": here.asker}, ("member",)),
    ]
    for values, path in faults:
        with pytest.raises((InvalidInput, NotFound)) as refused:
            await here.claim(**values)
        assert refused.value.path == path, values
    assert await Claim.all().count() == 0


async def test_a_member_of_the_unit_may_be_named_and_nobody_else(here: Board) -> None:
    person = await here.town.person("B1")
    with pytest.raises(NotFound):
        await here.claim(member=person)
    await member(here.town, here.firm, person)
    assert (await Claim.get(id=await here.claim(member=person))).member_person_id == person


async def test_only_what_is_open_can_be_claimed(here: Board) -> None:
    await needs.move_need(here.resident, here.need, NeedStatus.WITHDRAWN, 1, reason="不用了")
    with pytest.raises(InvalidTransition):
        await here.claim()


async def test_a_claim_uses_up_the_resource_it_names(here: Board) -> None:
    offer = here.town.need({"organisation": here.firm}, "A", quantity=12.0, unit="PIECE")
    resource = await offer_resource(here.unit, offer)
    line = await here.line()
    with pytest.raises(InvalidInput):
        await here.claim(here.rival, lines=[{"line": line, "quantity": 1.0, "resource": resource}])
    await here.claim(lines=[{"line": line, "quantity": 8.0, "resource": resource}])
    second = await board(here.town)
    again = {"lines": [{"line": await second.line(), "quantity": 5.0, "resource": resource}]}
    with pytest.raises(ClaimConflict) as refused:
        await second.claim(here.unit, **again)
    assert "4" in refused.value.en
    assert refused.value.path == ("lines", "0", "resource")
    again["lines"][0]["quantity"] = 4.0
    assert await second.claim(here.unit, **again)


async def test_lines_stay_while_somebody_holds_them(here: Board) -> None:
    key = await here.claim()
    with pytest.raises(InvalidInput) as refused:
        await needs.update_need(here.resident, here.need, {"lines": []}, 1)
    assert refused.value.path == ("lines",)
    await moves.release_claim(here.unit, key, "人手不够", 1)
    await needs.update_need(here.resident, here.need, {"lines": []}, (await Need.get(id=here.need)).version)
    (line,) = await ClaimLine.filter(claim_id=key)
    assert (line.line_id, line.quantity) == (None, 10.0)
    assert await RequirementLine.filter(need_id=here.need, quantity=None).count() == 1


async def test_withdrawing_the_need_closes_its_open_claims(here: Board) -> None:
    key = await here.claim()
    await needs.move_need(here.resident, here.need, NeedStatus.WITHDRAWN, 1, reason="已经自己买了")
    row = await Claim.get(id=key)
    assert (row.status, row.status_reason) == (ClaimStatus.RELEASED, "已经自己买了")


async def test_of_many_at_once_exactly_one_claims_the_whole(here: Board) -> None:
    attempts = 200
    answers = await asyncio.gather(
        *(here.claim(here.unit if number % 2 else here.rival) for number in range(attempts)), return_exceptions=True
    )
    won = [answer for answer in answers if isinstance(answer, int)]
    lost = [answer for answer in answers if isinstance(answer, ClaimConflict)]
    assert (len(won), len(lost)) == (1, attempts - 1), [type(answer) for answer in answers]
    assert await Claim.all().count() == 1


async def test_parts_claimed_at_once_never_exceed_the_quantity(here: Board) -> None:
    line = await here.line()
    answers = await asyncio.gather(
        *(here.claim(lines=[{"line": line, "quantity": 3.0}]) for _ in range(20)), return_exceptions=True
    )
    assert sum(isinstance(answer, int) for answer in answers) == 3
    assert sum(isinstance(answer, ClaimConflict) for answer in answers) == 17
    assert sum((await ClaimLine.all().values_list("quantity", flat=True)), 0.0) == 9.0
