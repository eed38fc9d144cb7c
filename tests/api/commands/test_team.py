"""Teams: who may register one, whose name stands on it, and who enters what it can prove."""

from datetime import date
from typing import Any

import pytest

from api.commands.team import disband_team, register_team, update_team
from api.errors import Forbidden, InvalidInput, NotFound, Unauthenticated
from api.models import Membership, Team
from auth.roles import Role
from tests.api.commands.records import nothing_was_recorded
from tests.factories import Town


def values(town: Town, **more: Any) -> dict[str, Any]:
    return {"name": "柳园巡夜队", "place": town.id("A"), **more}


async def test_nobody_unknown_and_no_resident_registers_a_team(town: Town) -> None:
    me = await town.person()
    with pytest.raises(InvalidInput) as refused:
        await register_team(town.anonymous(), values(town))
    assert refused.value.path == ("lead",)
    with pytest.raises(NotFound):
        await register_team(town.anonymous(), values(town, lead=me))
    with pytest.raises(Forbidden):
        await register_team(town.viewer(Role.RESIDENT, person=me), values(town))
    assert await nothing_was_recorded()


async def test_a_lead_of_another_community_registers_none_here(town: Town) -> None:
    lead = town.viewer(Role.TEAM_LEAD, "B", person=await town.person("B1"))
    with pytest.raises(Forbidden):
        await register_team(lead, values(town))


async def test_a_lead_puts_no_unit_s_name_on_a_team(town: Town) -> None:
    me, firm = await town.person(), await town.organisation()
    await Membership.create(person_id=me, role="TEAM_LEAD", path=town.path("A"), valid_from=date(2026, 1, 1))
    with pytest.raises(Forbidden):
        await register_team(town.viewer(Role.TEAM_LEAD, person=me), values(town, organisation=firm))
    assert not await Team.exists()


async def test_a_unit_names_no_lead_who_is_neither_its_own_nor_known_as_one(town: Town) -> None:
    firm, me = await town.organisation(), await town.person()
    viewer = town.viewer(Role.UNIT_REPRESENTATIVE, "A", person=me, organisation=firm)
    given = values(town, organisation=firm)
    with pytest.raises(Forbidden):
        await register_team(viewer, given)
    await Membership.create(
        person_id=me, organisation_id=firm, role=Role.UNIT_REPRESENTATIVE, path=town.path("A"),
        valid_from=date(2026, 1, 1),
    )  # fmt: skip
    assert await Team.filter(id=await register_team(viewer, given)).get()
    assert not await Membership.filter(role=Role.TEAM_LEAD).exists()


SENSELESS: list[tuple[dict[str, Any], tuple[str, ...]]] = [
    ({"name": " "}, ("name",)),
    ({"place": None}, ("place",)),
    ({"skills": ["水" * 31]}, ("skills", "0")),
    ({"skills": ["党员"]}, ("skills", "0")),
    ({"skills": ["?x"]}, ("skills", "0")),
    ({"skills": ["电工"] * 21}, ("skills",)),
    ({"certificates": [{"kind": "电工证"}, {"kind": "电工证"}]}, ("certificates", "1", "kind")),
    ({"certificates": [{"kind": "电工证", "valid_until": date(1, 1, 1)}]}, ("certificates", "0", "validUntil")),
    ({"members": 0}, ("members",)),
]


async def test_a_team_that_makes_no_sense_is_refused(town: Town) -> None:
    lead = await town.person()
    for more, path in SENSELESS:
        with pytest.raises(InvalidInput) as refused:
            await register_team(town.administrator(), values(town, lead=lead, **more))
        assert refused.value.path == path
    assert not await Team.exists()


async def test_a_lead_enters_no_certificates(town: Town) -> None:
    me = await town.person()
    viewer = town.viewer(Role.TEAM_LEAD, person=me)
    await Membership.create(person_id=me, role="TEAM_LEAD", path=town.path("A"), valid_from=date(2026, 1, 1))
    proof = [{"kind": "低压电工证"}]
    with pytest.raises(Forbidden):
        await register_team(viewer, values(town, certificates=proof))
    team = await register_team(viewer, values(town, skills=["电工", "电 工", "电工"]))
    with pytest.raises(Forbidden):
        await update_team(viewer, team, {"certificates": proof}, 1)
    row = await Team.get(id=team)
    assert (row.skills, row.certificates, row.confirmed_on) == (["电工", "电 工"], [], None)


async def test_an_auditor_changes_no_team(town: Town) -> None:
    me = await town.person()
    team = await register_team(town.administrator(), values(town, lead=me))
    with pytest.raises(Forbidden) as refused:
        await update_team(town.viewer(Role.AUDITOR, person=me), team, {"name": "新队"}, 1)
    assert refused.value.rule_id is not None
    with pytest.raises(Unauthenticated):
        await disband_team(town.anonymous(), team, "不要了", 1)
