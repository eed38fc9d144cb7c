"""Changing needs: by whom, against stale edits, all or nothing, and what the history tells."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from api.commands import need as commands
from api.errors import (
    Duplicate,
    Forbidden,
    NotFound,
    StaleVersion,
    Unauthenticated,
)
from api.models import HistoryEntry, Need, RequirementLine, TimeWindow
from api.models.choices import Visibility
from auth.roles import Role
from tests.api.commands.records import actions
from tests.factories import Town

MORNING = datetime(2026, 11, 23, 1, tzinfo=UTC)
WINDOW = {"starts_at": MORNING, "ends_at": MORNING + timedelta(hours=2), "rrule": None}


async def test_a_hidden_need_of_another_community_does_not_exist(town: Town) -> None:
    firm = await town.organisation()
    hidden = town.need({"organisation": firm}, visibility=Visibility.ADMINISTRATORS)
    need = await commands.submit_need(town.administrator(), hidden)
    for viewer in (town.anonymous(), town.administrator("B")):
        with pytest.raises(NotFound):
            await commands.update_need(viewer, need, {"title": "改"}, 1)


async def test_a_visible_need_of_another_community_cannot_be_changed(town: Town) -> None:
    firm = await town.organisation()
    need = await commands.submit_need(town.administrator(), town.need({"organisation": firm}))
    with pytest.raises(Forbidden):
        await commands.update_need(town.administrator("B"), need, {"title": "改"}, 1)
    with pytest.raises(Unauthenticated):
        await commands.update_need(town.anonymous(), need, {"title": "改"}, 1)


async def test_a_need_cannot_be_moved_to_a_place_where_one_has_no_right(town: Town) -> None:
    firm = await town.organisation()
    need = await commands.submit_need(town.administrator(), town.need({"organisation": firm}))
    with pytest.raises(Forbidden):
        await commands.update_need(town.administrator(), need, {"place": town.id("B1")}, 1)
    row = await Need.get(id=need)
    assert (row.path, row.version) == (town.path("A1b"), 1)
    assert await actions() == ["need.submit"]


async def test_owning_a_need_does_not_put_it_on_the_board_of_a_place_where_one_may_submit_none(town: Town) -> None:
    me = await town.person()
    viewer = town.viewer(Role.RESIDENT, person=me)
    need = await commands.submit_need(viewer, town.need({"person": me}))
    with pytest.raises(Forbidden):
        await commands.update_need(viewer, need, {"place": town.id("B1")}, 1)
    assert (await Need.get(id=need)).path == town.path("A1b")
    await commands.update_need(viewer, need, {"place": town.id("A2"), "title": "改"}, 1)
    assert (await Need.get(id=need)).path == town.path("A2")


async def test_a_stale_edit_is_refused_with_both_values(town: Town) -> None:
    firm = await town.organisation()
    viewer = town.administrator()
    need = await commands.submit_need(viewer, town.need({"organisation": firm}))
    await commands.update_need(viewer, need, {"title": "先改", "estimated_cost": 10}, 1)
    changes = {
        "title": "后改",
        "estimated_cost": 20.5,
        "category": "life.repair",
        "place": town.id("A2"),
        "windows": [WINDOW],
    }
    with pytest.raises(StaleVersion) as refused:
        await commands.update_need(viewer, need, changes, 1)
    assert refused.value.current_version == 2
    found = {conflict.name: (conflict.current, conflict.sent) for conflict in refused.value.conflicts}
    start, end = WINDOW["starts_at"], WINDOW["ends_at"]
    assert found == {
        "title": ("先改", "后改"),
        "estimatedCost": (10, 20.5),
        "place": (f"Place:{town.id('A1b')}", f"Place:{town.id('A2')}"),
        "windows": (
            [],
            [{"startsAt": start.isoformat(), "endsAt": end.isoformat(), "rrule": None}],  # type: ignore[union-attr]  # the window has instants there
        ),
    }
    assert (await Need.get(id=need)).title_zh == "先改"
    assert not await TimeWindow.exists()


async def test_of_two_edits_at_the_same_time_one_wins(town: Town) -> None:
    firm = await town.organisation()
    viewer = town.administrator()
    need = await commands.submit_need(viewer, town.need({"organisation": firm}))
    ends = await asyncio.gather(
        *(commands.update_need(viewer, need, {"title": title}, 1) for title in ("甲", "乙")),
        return_exceptions=True,
    )
    assert sorted(type(end).__name__ for end in ends) == ["StaleVersion", "int"]
    row = await Need.get(id=need)
    assert row.version == 2
    assert await actions() == ["need.submit", "need.update"]
    assert await HistoryEntry.filter(item_id=need).count() == 2


async def test_a_fault_in_the_last_child_leaves_the_need_as_it_was(town: Town) -> None:
    firm = await town.organisation()
    viewer = town.administrator()
    await commands.submit_need(
        viewer,
        town.need({"organisation": firm}, external_ids=[{"system": "12345", "value": "taken"}]),
    )
    need = await commands.submit_need(viewer, town.need({"organisation": firm}))
    changes = {
        "title": "新题目",
        "lines": [{"quantity": 3}],
        "windows": [WINDOW],
        "external_ids": [{"system": "x", "value": "1"}, {"system": "12345", "value": "taken"}],
    }
    with pytest.raises(Duplicate) as refused:
        await commands.update_need(viewer, need, changes, 1)
    assert refused.value.path == ("externalIds", "1")
    row = await Need.get(id=need)
    assert (row.title_zh, row.version) == ("巷里没灯", 1)
    assert (await RequirementLine.get(need_id=need)).quantity is None
    assert not await TimeWindow.exists()


async def test_history_tells_former_and_new_values_by_the_names_of_the_contract(town: Town) -> None:
    firm = await town.organisation()
    need = await commands.submit_need(town.administrator(), town.need({"organisation": firm}))
    changes = {"title": "路灯不亮", "estimated_cost": 99, "category": "life.haircut"}
    await commands.update_need(town.administrator(), need, changes, 1)
    entry = await HistoryEntry.get(item_id=need, version=2)
    assert entry.changes == {
        "title": ["巷里没灯", "路灯不亮"],
        "estimatedCost": [None, 99],
        "category": ["life.repair", "life.haircut"],
    }
    # The line that asked for the need itself goes along.
    assert (await RequirementLine.get(need_id=need)).category == "life.haircut"
