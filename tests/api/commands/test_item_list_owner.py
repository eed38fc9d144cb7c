"""Whoever has an account keeps their own lists; those in charge help whoever has none."""

from typing import Any

import pytest

from api import clock
from api.commands.item_list import publish_list, save_list
from api.commands.item_list_moves import submit_list, withdraw_list
from api.commands.need import submit_need
from api.errors import DomainError, Forbidden
from api.models import Account, ItemList
from api.models.choices import Consent, ListKind
from api.plan.viewer import Viewer
from api.state_machines.item_list import ListStatus as S
from auth.roles import Role
from tests.api.commands.test_collection_round import invitation, opened
from tests.factories import Town

NEED = ListKind.NEED
STAFF = (Role.GRID_WORKER, Role.COMMITTEE_STAFF, Role.COMMITTEE_ADMINISTRATOR)


async def signs_in(person: int, **columns: Any) -> Account:
    return await Account.create(person_id=person, login=f"login{person}", created_at=clock.now(), **columns)


async def home(town: Town) -> tuple[int, int, Viewer]:
    """Return a household, who lives there, and that person as a viewer."""
    household = await town.household("A1b")
    person = await town.person(household_id=household)
    return household, person, town.viewer(Role.RESIDENT, "A", person=person, household=household)


async def worker(town: Town, role: Role = Role.GRID_WORKER) -> Viewer:
    return town.viewer(role, "A" if role is not Role.GRID_WORKER else "A1", person=await town.person())


@pytest.mark.parametrize("role", STAFF)
async def test_nobody_enters_the_list_of_a_household_that_has_an_account(town: Town, role: Role) -> None:
    household, person, _ = await home(town)
    await signs_in(person)
    asked = await invitation(await opened(town, households=[household]), owner_household_id=household)
    staff = await worker(town, role)
    values = {"title": "一户", "place": town.id("A1"), "owner": {"household": household}}
    cases: tuple[tuple[dict[str, Any], tuple[str, ...]], ...] = (
        (values, ("owner",)),
        ({"title": "一户", "invitation": asked}, ("invitation",)),
        (values | {"owner": {"person": person}}, ("owner",)),
    )
    for each, path in cases:
        with pytest.raises(Forbidden) as refused:
            await save_list(staff, NEED, each)
        assert (refused.value.path, "账号" in refused.value.zh, "account" in refused.value.en) == (path, True, True)
    with pytest.raises(Forbidden):
        await publish_list(staff, NEED, values=values)
    assert not await ItemList.exists()


async def test_who_may_not_enter_lists_there_does_not_learn_of_an_account(town: Town) -> None:
    household, person, _ = await home(town)
    values = {"title": "一户", "place": town.id("A1"), "owner": {"household": household}}
    told = []
    for _ in range(2):
        for viewer in (town.anonymous(), town.viewer(Role.GRID_WORKER, "A2", person=1), town.administrator("B")):
            with pytest.raises(DomainError) as refused:
                await save_list(viewer, NEED, values)
            told.append((type(refused.value), refused.value.zh, refused.value.path))
        if not await Account.exists():
            await signs_in(person)
    assert told[:3] == told[3:]


@pytest.mark.parametrize("role", STAFF)
async def test_with_the_first_account_the_help_ends(town: Town, role: Role) -> None:
    household, person, me = await home(town)
    staff = await worker(town, role)
    need = await submit_need(staff, town.need({"household": household}, on_behalf_of={"consent": Consent.ORAL}))
    values = {"title": "一户", "place": town.id("A1"), "owner": {"household": household}, "items": [need]}
    draft = await save_list(staff, NEED, values)
    await save_list(staff, NEED, {"title": "这一户的"}, identifier=draft, expected=1)
    account = await signs_in(person)
    for move in (
        save_list(staff, NEED, {"title": "改"}, identifier=draft, expected=2),
        save_list(staff, NEED, {"owner": {"household": await town.household()}}, identifier=draft, expected=2),
        submit_list(staff, NEED, draft, 2),
    ):
        with pytest.raises(Forbidden) as refused:
            await move
        assert refused.value.path == ("id",)
    row = await ItemList.get(id=draft)
    assert (row.version, row.status, row.title_zh) == (2, S.DRAFT, "这一户的")

    # A login that was taken away is none.
    await Account.filter(id=account.id).update(disabled_at=clock.now())
    await submit_list(staff, NEED, draft, 2)
    await Account.filter(id=account.id).update(disabled_at=None)
    # What was handed in can still be taken back by both.
    await withdraw_list(me if role is Role.GRID_WORKER else staff, NEED, draft, "重填", 3)


async def test_a_draft_is_not_given_to_a_household_that_has_an_account(town: Town) -> None:
    household, person, _ = await home(town)
    staff, other = await worker(town, Role.COMMITTEE_STAFF), await town.household()
    values = {"title": "一户", "place": town.id("A1"), "owner": {"household": other}}
    draft = await save_list(staff, NEED, values)
    await signs_in(person)
    with pytest.raises(Forbidden) as refused:
        await save_list(staff, NEED, {"owner": {"household": household}}, identifier=draft, expected=1)
    assert refused.value.path == ("owner",)
    assert (await ItemList.get(id=draft)).owner_household_id == other


async def test_the_household_goes_on_with_what_was_entered_for_it(town: Town) -> None:
    household, person, me = await home(town)
    need = await submit_need(me, town.need({"household": household}))
    values = {"title": "一户", "place": town.id("A1"), "owner": {"household": household}, "items": [need]}
    draft = await save_list(await worker(town), NEED, values)
    await signs_in(person)
    await save_list(me, NEED, {"title": "我家的"}, identifier=draft, expected=1)
    await submit_list(me, NEED, draft, 2)
    row = await ItemList.get(id=draft)
    assert (row.status, row.title_zh) == (S.SUBMITTED, "我家的")
