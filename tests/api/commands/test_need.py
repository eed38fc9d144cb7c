"""Needs: who may submit, change and move them, and what is left behind."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from api.commands import need as commands
from api.errors import (
    BatchRefused,
    Duplicate,
    Forbidden,
    InvalidInput,
    NotFound,
    Unauthenticated,
)
from api.models import Event, ExternalId, HistoryEntry, Need, RequirementLine, TimeWindow
from api.models.choices import Consent, Source
from api.state_machines.need import NeedStatus
from auth.roles import Role
from tests.api.commands.records import actions, nothing_was_recorded
from tests.factories import Town

MORNING = datetime(2026, 11, 23, 1, tzinfo=UTC)
WINDOW = {"starts_at": MORNING, "ends_at": MORNING + timedelta(hours=2), "rrule": None}


async def test_who_is_not_signed_in_cannot_submit(town: Town) -> None:
    firm = await town.organisation()
    with pytest.raises(Unauthenticated):
        await commands.submit_need(town.anonymous(), town.need({"organisation": firm}))
    assert not await Need.exists()
    assert await nothing_was_recorded()


async def test_a_resident_cannot_submit_for_somebody_they_do_not_know_of(town: Town) -> None:
    me, stranger = await town.person(), await town.person("B1")
    viewer = town.viewer(Role.RESIDENT, "A", person=me)
    for owner in (stranger, 4711):
        with pytest.raises(NotFound) as refused:
            await commands.submit_need(viewer, town.need({"person": owner}))
        assert refused.value.path == ("owner", "person")


async def test_a_resident_of_one_community_submits_nothing_in_another(town: Town) -> None:
    me = await town.person()
    viewer = town.viewer(Role.RESIDENT, "A", person=me)
    with pytest.raises(Forbidden):
        await commands.submit_need(viewer, town.need({"person": me}, "B1"))


async def test_a_clerk_of_a_firm_submits_no_needs(town: Town) -> None:
    firm = await town.organisation(kind="PROPERTY_FIRM")
    clerk = town.viewer(Role.PROPERTY_CLERK, "A", organisation=firm)
    with pytest.raises(Forbidden):
        await commands.submit_need(clerk, town.need({"organisation": firm}))


@pytest.mark.parametrize(
    ("values", "path"),
    [
        ({"title": None}, ("title",)),
        ({"title": " "}, ("title",)),
        ({"title": "坏\ud800"}, ("title",)),
        ({"title": "x" * 201}, ("title",)),
        ({"category": None}, ("category",)),
        ({"category": "nothing"}, ("category", "0")),
        ({"owner": None}, ("owner",)),
        ({"owner": {}}, ("owner",)),
        ({"urgency": "SOON"}, ("urgency",)),
        ({"estimated_cost": -1}, ("estimatedCost",)),
        ({"valid_from": date(2026, 2, 1), "valid_to": date(2026, 1, 1)}, ("validTo",)),
        ({"lines": [{"unit": "FURLONG"}]}, ("lines", "0", "unit", "0")),
        ({"lines": [{}, {"quantity": float("nan")}]}, ("lines", "1", "quantity")),
        ({"lines": [{}] * 101}, ("lines",)),
        ({"windows": [WINDOW | {"ends_at": MORNING}]}, ("windows", "0", "endsAt")),
        ({"windows": [WINDOW | {"rrule": "FREQ=DAILY;INTERVAL=0"}]}, ("windows", "0", "rrule")),
        ({"windows": [WINDOW | {"rrule": "FREQ=SECONDLY"}]}, ("windows", "0", "rrule")),
        ({"external_ids": [{"system": "12345", "value": "a\nb"}]}, ("externalIds", "0", "value")),
    ],
)
async def test_bad_input_is_refused_with_its_place_and_leaves_nothing(
    town: Town, values: dict[str, Any], path: tuple[str, ...]
) -> None:
    firm = await town.organisation()
    with pytest.raises(InvalidInput) as refused:
        await commands.submit_need(town.administrator(), town.need({"organisation": firm}) | values)
    assert refused.value.path == path
    assert refused.value.zh
    assert refused.value.en
    assert not await Need.exists()
    assert not await RequirementLine.exists()
    assert await nothing_was_recorded()


async def test_a_submitted_need_stands_on_the_board_with_all_its_parts(town: Town) -> None:
    me = await town.person()
    viewer = town.viewer(Role.RESIDENT, "A", person=me)
    values = town.need(
        {"person": me},
        lines=[{"category": "life.haircut", "quantity": 2, "unit": "PIECE"}, {"note": "要快"}],
        windows=[WINDOW | {"rrule": "RRULE:FREQ=WEEKLY"}],
        external_ids=[{"system": "12345", "value": "A-1"}],
        target_groups=["ELDERLY", "ELDERLY"],
        estimated_cost=280.5,
    )
    need = await Need.get(id=await commands.submit_need(viewer, values))
    assert (need.status, need.version, need.family) == (NeedStatus.REQUESTED, 1, "OWNERS")
    assert len(need.number) == 10
    assert need.estimated_cost_fen == 28050
    assert need.target_groups == ["ELDERLY"]
    assert need.path == town.path("A1b")
    assert need.public_path == town.path("A1")
    assert need.longitude == 110.44
    lines = await RequirementLine.filter(need_id=need.id).order_by("position")
    assert [(line.category, line.quantity) for line in lines] == [
        ("life.haircut", 2),
        ("life.repair", None),
    ]
    assert (await TimeWindow.get(need_id=need.id)).rrule == "FREQ=WEEKLY"
    assert await actions() == ["need.submit"]
    assert await Event.filter(kind="need.submit", object_id=need.id).count() == 1
    assert await HistoryEntry.filter(item_id=need.id, version=1).count() == 1


async def test_a_need_without_lines_asks_for_itself(town: Town) -> None:
    firm = await town.organisation()
    need = await commands.submit_need(town.administrator(), town.need({"organisation": firm}))
    line = await RequirementLine.get(need_id=need)
    assert (line.category, line.quantity, line.position) == ("life.repair", None, 0)
    assert (await Need.get(id=need)).source is Source.ORGANISATION


async def test_entering_a_need_on_behalf_takes_the_right_to_do_so(town: Town) -> None:
    me, neighbour = await town.person(), await town.person()
    behalf: dict[str, Any] = {"on_behalf_of": {"consent": Consent.ORAL}}
    firm = await town.organisation()
    representative = town.viewer(Role.UNIT_REPRESENTATIVE, "A", organisation=firm)
    with pytest.raises(Forbidden):
        await commands.submit_need(representative, town.need({"organisation": firm}, **behalf))
    worker = town.viewer(Role.GRID_WORKER, "A", person=me)
    need = await commands.submit_need(worker, town.need({"person": neighbour}, **behalf))
    row = await Need.get(id=need)
    assert (row.on_behalf_by_id, row.consent, row.source) == (me, Consent.ORAL, Source.ON_BEHALF)


async def test_the_same_external_id_is_registered_once(town: Town) -> None:
    firm = await town.organisation()
    values = town.need({"organisation": firm}, external_ids=[{"system": "12345", "value": "A"}])
    first = await commands.submit_need(town.administrator(), values)
    with pytest.raises(Duplicate):
        await commands.submit_need(town.administrator(), values)
    assert await Need.all().count() == 1
    changes = {"external_ids": values["external_ids"]}
    await commands.update_need(town.administrator(), first, changes, 1)
    assert await ExternalId.filter(item_id=first).count() == 1


async def test_a_batch_with_faults_names_each_row_and_writes_none(town: Town) -> None:
    firm = await town.organisation()
    good = town.need({"organisation": firm}, external_ids=[{"system": "x", "value": "1"}])
    bad = [good | {"title": ""}, good, good | {"place": town.id("B1"), "external_ids": []}]
    with pytest.raises(BatchRefused) as refused:
        await commands.submit_needs(town.administrator(), [good, *bad])
    errors = refused.value.errors
    assert {index: type(fault) for index, fault in errors.items()} == {
        1: InvalidInput,
        2: Duplicate,
        3: Forbidden,
    }
    assert errors[2].path == ("externalIds", "0")
    assert not await Need.exists()
    assert await nothing_was_recorded()


@pytest.mark.parametrize("source", ["HOTLINE", "GRID_WORKER", "ON_BEHALF"])
async def test_only_who_takes_needs_in_says_that_it_came_over_the_hotline_or_a_grid_worker(
    town: Town, source: str
) -> None:
    me = await town.person()
    with pytest.raises(Forbidden):
        await commands.submit_need(town.viewer(Role.RESIDENT, person=me), town.need({"person": me}, source=source))
    assert not await Need.exists()
    need = await commands.submit_need(town.viewer(Role.GRID_WORKER), town.need({"person": me}, source=source))
    assert (await Need.get(id=need)).source == source
