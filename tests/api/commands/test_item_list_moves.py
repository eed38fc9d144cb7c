"""A list on its way: answered, handed in, sent back, confirmed, published; and who may do none of it."""

from typing import Any

import pytest

from api.commands import collection_round
from api.commands.item_list import publish_list, save_list
from api.commands.item_list_moves import confirm_list, return_list, submit_list, withdraw_list
from api.commands.need import submit_need
from api.errors import Forbidden, InvalidInput, InvalidTransition, NotFound, StaleVersion, Unauthenticated
from api.models import CollectionRound, ItemList
from api.models.choices import Consent, ListKind
from api.plan.viewer import Viewer
from api.state_machines.collection_round import CollectionRoundStatus
from api.state_machines.item_list import ListStatus as S
from auth.permissions import Action, Object, Permission
from auth.roles import Role
from tests.api.commands.records import actions
from tests.api.commands.test_collection_round import invitation, opened
from tests.factories import Town

NEED = ListKind.NEED


async def asked_unit(town: Town) -> tuple[Viewer, int, CollectionRound, int, int]:
    """Return a unit's representative, the unit, the round, the invitation and a need of the unit."""
    firm = await town.organisation()
    unit = town.viewer(Role.UNIT_REPRESENTATIVE, organisation=firm, person=await town.person())
    found = await opened(town, organisations=[firm])
    need = await submit_need(unit, town.need({"organisation": firm}, "A1"))
    return unit, firm, found, await invitation(found, owner_organisation_id=firm), need


async def test_a_list_answers_only_an_invitation_that_one_sees_for_oneself_of_an_open_round(town: Town) -> None:
    unit, _, found, asked, need = await asked_unit(town)
    other = await town.organisation("A")
    stranger = town.viewer(Role.UNIT_REPRESENTATIVE, organisation=other)
    values: dict[str, Any] = {"title": "单位需求", "invitation": asked, "items": [need]}
    with pytest.raises(NotFound) as hidden:
        await save_list(stranger, NEED, values)
    assert hidden.value.path == ("invitation",)
    with pytest.raises(InvalidInput) as foreign:
        await save_list(town.administrator(), NEED, values | {"owner": {"organisation": other}})
    assert foreign.value.path == ("owner",)
    with pytest.raises(InvalidInput) as uncollected:
        await save_list(unit, ListKind.PROJECT, {"title": "项目", "invitation": asked})
    assert uncollected.value.path == ("invitation",)
    await collection_round.move_round(town.administrator(), found.id, CollectionRoundStatus.CLOSED, 1)
    with pytest.raises(InvalidTransition) as late:
        await save_list(unit, NEED, values)
    assert late.value.path == ("invitation",)
    assert not await ItemList.exists()


async def test_only_owner_and_committee_hand_in_and_only_the_committee_confirms(town: Town) -> None:
    unit, firm, _, asked, need = await asked_unit(town)
    draft = await save_list(unit, NEED, {"title": "单位需求", "invitation": asked, "items": [need]})
    outsiders = [town.administrator("B"), town.viewer(Role.RESIDENT, member_of="A", person=await town.person())]
    for viewer in (*outsiders, town.anonymous()):
        with pytest.raises(NotFound):  # Nobody outside knows of a draft, public as it will be.
            await submit_list(viewer, NEED, draft, 1)
    with pytest.raises(Forbidden):
        await submit_list(town.viewer(Role.AUDITOR, "S"), NEED, draft, 1)
    await submit_list(unit, NEED, draft, 1)
    for move in (confirm_list(unit, NEED, draft, 2), return_list(unit, NEED, draft, "再看", 2)):
        with pytest.raises(Forbidden):
            await move
    with pytest.raises(NotFound):
        await confirm_list(town.administrator(), ListKind.RESOURCE, draft, 2)
    scopes = frozenset({Permission(Object.NEED_LIST, Action.READ), Permission(Object.NEED_LIST, Action.CONFIRM)})
    with pytest.raises(Forbidden):  # A key's scope gives no more than the organisation's roles do.
        await confirm_list(town.program(firm, scopes), NEED, draft, 2)


async def test_a_list_is_handed_in_sent_back_changed_confirmed_and_published(town: Town) -> None:
    unit, firm, _, asked, need = await asked_unit(town)
    staff, admin = town.viewer(Role.COMMITTEE_STAFF), town.administrator()
    draft = await save_list(unit, NEED, {"title": "单位需求", "invitation": asked})
    with pytest.raises(InvalidInput) as empty:
        await submit_list(unit, NEED, draft, 1)
    assert empty.value.path == ("items",)
    await save_list(unit, NEED, {"items": [need]}, identifier=draft, expected=1)
    with pytest.raises(InvalidTransition) as unconfirmed:
        await publish_list(admin, NEED, draft=draft, expected=2)
    assert unconfirmed.value.allowed == ("SUBMITTED", "WITHDRAWN")
    await submit_list(unit, NEED, draft, 2)
    with pytest.raises(InvalidInput):
        await save_list(unit, NEED, {"title": "改"}, identifier=draft, expected=3)
    with pytest.raises(StaleVersion):
        await confirm_list(staff, NEED, draft, 2)
    with pytest.raises(InvalidInput):
        await return_list(staff, NEED, draft, " ", 3)
    await return_list(staff, NEED, draft, "请写明时间", 3)
    row = await ItemList.get(id=draft)
    assert (row.status, row.status_reason) == (S.RETURNED, "请写明时间")
    await save_list(unit, NEED, {"title": "单位十二月需求"}, identifier=draft, expected=4)
    await submit_list(unit, NEED, draft, 5)
    await confirm_list(staff, NEED, draft, 6)
    with pytest.raises(Forbidden):
        await publish_list(staff, NEED, draft=draft, expected=7)
    await publish_list(admin, NEED, draft=draft, expected=7)
    row = await ItemList.get(id=draft)
    assert (row.status, row.status_reason, row.owner_organisation_id) == (S.PUBLISHED, None, firm)
    assert row.number.startswith("永济-柳园-需-")
    assert (await actions())[-7:] == [
        f"need_list.{verb}" for verb in ("update", "submit", "return", "update", "submit", "confirm", "publish")
    ]


async def test_a_list_takes_place_owner_and_period_from_its_invitation(town: Town) -> None:
    household = await town.household("A1b")
    found = await opened(town, households=[household], period_from=None)
    asked = await invitation(found, owner_household_id=household)
    staff = town.viewer(Role.COMMITTEE_STAFF, person=await town.person())
    row = await ItemList.get(id=await save_list(staff, NEED, {"title": "一户的需求", "invitation": asked}))
    assert (row.owner_household_id, row.place_id) == (household, town.id("A1"))
    assert row.entered_by_id == staff.principal.person_id


async def test_a_grid_worker_enters_a_household_s_list_and_no_other(town: Town) -> None:
    household, firm = await town.household("A1b"), await town.organisation()
    found = await opened(town, households=[household], organisations=[firm])
    asked = await invitation(found, owner_household_id=household)
    worker = town.viewer(Role.GRID_WORKER, "A1", person=await town.person())
    colleague = town.viewer(Role.GRID_WORKER, "A1", person=await town.person())
    with pytest.raises(NotFound):
        await save_list(town.viewer(Role.GRID_WORKER, "A2", person=1), NEED, {"title": "一户", "invitation": asked})
    values = {"title": "单位", "place": town.id("A1"), "owner": {"organisation": firm}}
    with pytest.raises(Forbidden):
        await save_list(worker, NEED, values)
    behalf = {"consent": Consent.ORAL}
    need = await submit_need(worker, town.need({"household": household}, "A1b", on_behalf_of=behalf))
    draft = await save_list(worker, NEED, {"title": "一户的需求", "invitation": asked, "items": [need]})
    with pytest.raises(Forbidden):
        await submit_list(colleague, NEED, draft, 1)
    with pytest.raises(Forbidden):
        await publish_list(worker, NEED, draft=draft, expected=1)
    await submit_list(worker, NEED, draft, 1)
    assert (await ItemList.get(id=draft)).status is S.SUBMITTED


async def test_the_household_itself_hands_in_what_was_entered_for_it(town: Town) -> None:
    household = await town.household("A1b")
    found = await opened(town, households=[household])
    asked = await invitation(found, owner_household_id=household)
    me = town.viewer(Role.RESIDENT, "A", person=await town.person(household_id=household), household=household)
    need = await submit_need(me, town.need({"household": household}))
    draft = await save_list(me, NEED, {"title": "我家的需求", "invitation": asked, "items": [need]})
    assert (await ItemList.get(id=draft)).entered_by_id is None
    await submit_list(me, NEED, draft, 1)
    await withdraw_list(me, NEED, draft, "已办好", 2)
    row = await ItemList.get(id=draft)
    assert (row.status, row.status_reason, row.published_on) == (S.WITHDRAWN, "已办好", None)
    with pytest.raises(Unauthenticated):
        await save_list(
            town.anonymous(),
            NEED,
            {"title": "x", "place": town.id("A"), "owner": {"organisation": await town.organisation()}},
        )
    with pytest.raises(InvalidInput):
        await collection_round.withdraw_invitation(town.administrator(), asked)
