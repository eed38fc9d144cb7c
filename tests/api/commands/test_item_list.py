"""Lists as documents: what may stand in them, their numbers, and their life."""

import asyncio
from datetime import UTC, date, datetime
from typing import Any

import pytest

from api import clock
from api.commands import item_list as commands
from api.commands.item_list_moves import withdraw_list
from api.commands.need import submit_need
from api.commands.resource import offer_resource
from api.errors import (
    Duplicate,
    Forbidden,
    InvalidInput,
    InvalidTransition,
    NotFound,
    StaleVersion,
    Unauthenticated,
)
from api.models import ItemList, ListEntry
from api.models.choices import ListKind, Visibility
from api.state_machines.item_list import ListStatus
from auth.roles import Role
from tests.api.commands.records import actions
from tests.factories import Town

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
NEED = ListKind.NEED


async def needs_of(town: Town, count: int = 2, place: str = "A1", **more: Any) -> tuple[int, list[int]]:
    firm = await town.organisation()
    viewer = town.viewer(Role.COMMITTEE_ADMINISTRATOR, "S")
    return firm, [await submit_need(viewer, town.need({"organisation": firm}, place, **more)) for _ in range(count)]


def content(town: Town, owner: int, items: list[int], **more: Any) -> dict[str, Any]:
    return {
        "title": "柳园需求清单",
        "place": town.id("A"),
        "owner": {"organisation": owner},
        "items": items,
        **more,
    }


async def test_only_who_may_publish_does(town: Town) -> None:
    firm, needs = await needs_of(town)
    values = content(town, firm, needs)
    with pytest.raises(Unauthenticated):
        await commands.publish_list(town.anonymous(), NEED, values=values)
    for viewer in (town.administrator("B"), town.viewer(Role.COMMITTEE_STAFF, "A")):
        with pytest.raises(Forbidden):
            await commands.publish_list(viewer, NEED, values=values)
    assert not await ItemList.exists()
    assert not await ListEntry.exists()


async def test_items_that_cannot_be_read_lie_elsewhere_or_come_twice_are_refused(town: Town) -> None:
    firm, (need, _) = await needs_of(town)
    _, (far,) = await needs_of(town, 1, "B1")
    _, (hidden,) = await needs_of(town, 1, "B1", visibility=Visibility.ADMINISTRATORS)
    resource = await offer_resource(town.administrator(), town.need({"organisation": firm}, "A1"))
    for items, fault in (
        ([need, far], InvalidInput),
        ([need, hidden], NotFound),
        ([need, resource], NotFound),
        ([need, need], InvalidInput),
    ):
        with pytest.raises(fault) as refused:
            await commands.publish_list(town.administrator(), NEED, values=content(town, firm, items))
        assert refused.value.path == ("items", "1")
    with pytest.raises(InvalidInput) as empty:
        await commands.publish_list(town.administrator(), NEED, values=content(town, firm, []))
    assert empty.value.path == ("items",)
    assert not await ItemList.exists()


async def test_an_offer_from_elsewhere_may_stand_in_a_list_when_it_serves_the_place(town: Town) -> None:
    firm = await town.organisation("S")
    officer = town.viewer(Role.COMMITTEE_ADMINISTRATOR, "S")
    far = await offer_resource(officer, town.need({"organisation": firm}, "S"))
    serving = await offer_resource(officer, town.need({"organisation": firm}, "S", service_area=[town.id("S")]))
    kind = ListKind.RESOURCE
    with pytest.raises(InvalidInput):
        await commands.publish_list(town.administrator(), kind, values=content(town, firm, [far]))
    assert await commands.publish_list(town.administrator(), kind, values=content(town, firm, [serving]))


async def test_a_published_list_has_its_items_in_order_a_number_and_today_s_date(town: Town) -> None:
    firm, needs = await needs_of(town, 3)
    needs.reverse()
    with clock.fixed(NOON):
        first = await commands.publish_list(town.administrator(), NEED, values=content(town, firm, needs))
        given = content(town, firm, needs, number="永济-柳园-需-2026-07")
        await commands.publish_list(town.administrator(), NEED, values=given)
        third = await commands.publish_list(town.administrator(), NEED, values=content(town, firm, needs))
    row = await ItemList.get(id=first)
    assert (row.number, row.status) == ("永济-柳园-需-2026-0001", ListStatus.PUBLISHED)
    assert row.published_on == date(2026, 11, 23)
    assert row.family == "UNITS"
    entries = await ListEntry.filter(item_list_id=first).order_by("position")
    assert [entry.need_id for entry in entries] == needs
    assert (await ItemList.get(id=third)).number == "永济-柳园-需-2026-0008"


async def test_a_number_is_unique_among_lists_of_one_kind(town: Town) -> None:
    firm, needs = await needs_of(town)
    values = content(town, firm, needs, number="七号")
    await commands.publish_list(town.administrator(), NEED, values=values)
    with pytest.raises(Duplicate) as refused:
        await commands.publish_list(town.administrator(), NEED, values=values)
    assert refused.value.path == ("number",)


async def test_a_draft_is_changed_then_published_and_then_stands(town: Town) -> None:
    firm, (one, two) = await needs_of(town)
    viewer = town.administrator()
    draft = await commands.save_list(viewer, NEED, content(town, firm, [one]))
    changes = {"items": [two, one], "title": "新题目"}
    await commands.save_list(viewer, NEED, changes, identifier=draft, expected=1)
    with pytest.raises(StaleVersion) as stale:
        await commands.save_list(viewer, NEED, {"items": [one]}, identifier=draft, expected=1)
    (conflict,) = stale.value.conflicts
    assert (conflict.name, conflict.sent) == ("items", [f"Need:{one}"])
    assert conflict.current == [f"Need:{two}", f"Need:{one}"]
    with pytest.raises(StaleVersion):
        await commands.publish_list(viewer, NEED, draft=draft, expected=1)
    with pytest.raises(NotFound):
        await commands.publish_list(viewer, ListKind.PROJECT, draft=draft, expected=2)
    await commands.publish_list(viewer, NEED, draft=draft, expected=2)
    with pytest.raises(InvalidInput):
        await commands.save_list(viewer, NEED, {"title": "x"}, identifier=draft, expected=3)
    entries = await ListEntry.filter(item_list_id=draft).order_by("position")
    assert [entry.need_id for entry in entries] == [two, one]
    assert (await actions())[-3:] == ["need_list.create", "need_list.update", "need_list.publish"]


async def test_a_newer_list_supersedes_an_earlier_one_once(town: Town) -> None:
    firm, needs = await needs_of(town)
    viewer = town.administrator()
    former = await commands.publish_list(viewer, NEED, values=content(town, firm, needs))
    newer = await commands.publish_list(viewer, NEED, values=content(town, firm, needs), supersedes=former)
    assert (await ItemList.get(id=former)).status is ListStatus.SUPERSEDED
    assert (await ItemList.get(id=newer)).supersedes_id == former
    with pytest.raises(InvalidTransition) as refused:
        await commands.publish_list(viewer, NEED, values=content(town, firm, needs), supersedes=former)
    assert refused.value.path == ("supersedes",)
    with pytest.raises(NotFound):
        await commands.publish_list(viewer, NEED, values=content(town, firm, needs), supersedes=needs[0])
    assert await ItemList.all().count() == 2


async def test_a_resident_publishes_a_list_of_their_own_needs(town: Town) -> None:
    me = await town.person()
    viewer = town.viewer(Role.RESIDENT, "A", person=me)
    need = await submit_need(viewer, town.need({"person": me}))
    values = content(town, 0, [need]) | {"owner": {"person": me}}
    done = await commands.publish_list(viewer, NEED, values=values)
    assert (await ItemList.get(id=done)).owner_person_id == me
    with pytest.raises(InvalidInput):
        await withdraw_list(viewer, NEED, done, "", 2)
    await withdraw_list(viewer, NEED, done, "都办好了", 2)
    assert (await ItemList.get(id=done)).status is ListStatus.WITHDRAWN


async def test_a_list_tells_no_finer_place_than_the_estate_of_whose_needs_it_holds(town: Town) -> None:
    household = await town.household("A1b")
    need = await submit_need(town.administrator(), town.need({"household": household}, "A1b"))
    values = content(town, 0, [need]) | {"place": town.id("A1b"), "owner": {"household": household}}
    row = await ItemList.get(id=await commands.publish_list(town.administrator(), NEED, values=values))
    assert (row.path, row.place_id, row.community_id) == (town.path("A1"), town.id("A1"), town.id("A"))
    assert "2号楼" not in row.number


async def test_lists_that_are_published_at_once_get_numbers_one_after_the_other(town: Town) -> None:
    firm, needs = await needs_of(town)
    values = content(town, firm, needs)
    await asyncio.gather(*(commands.publish_list(town.administrator(), NEED, values=values) for _ in range(4)))
    numbers = sorted([row.number for row in await ItemList.all()])
    assert [number[-4:] for number in numbers] == ["0001", "0002", "0003", "0004"]
