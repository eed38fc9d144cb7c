"""Commands joined in one unit of work: all of them or none, each with its own records."""

import pytest

from api.commands.need import move_need, submit_need
from api.commands.place import create_places
from api.commands.service_item import create_service_items
from api.commands.standing import system_viewer
from api.commands.unit_of_work import joined_work
from api.errors import BatchRefused, Duplicate, Forbidden, NotFound
from api.models import Event, HistoryEntry, Need, Place, ServiceItem
from api.models.choices import PlaceKind
from api.state_machines.need import NeedStatus
from tests.api.commands.records import actions, nothing_was_recorded
from tests.factories import Town


async def test_a_refusal_inside_leaves_nothing_of_the_others(town: Town) -> None:
    viewer, firm = system_viewer(town.runtime, "import"), await town.organisation()

    async def one_good_and_one_bad() -> None:
        async with joined_work(viewer):
            await submit_need(viewer, town.need({"organisation": firm}, "A1"))
            await move_need(viewer, 1, NeedStatus.DISPATCHED, 1)

    with pytest.raises(NotFound):
        await one_good_and_one_bad()
    assert not await Need.exists()
    assert await nothing_was_recorded()


async def test_another_actor_does_not_join(town: Town) -> None:
    firm = await town.organisation()
    importing, other = system_viewer(town.runtime, "import"), system_viewer(town.runtime, "somebody")
    async with joined_work(importing):
        with pytest.raises(ValueError, match="one actor"):
            await submit_need(other, town.need({"organisation": firm}, "A1"))
    assert await nothing_was_recorded()


async def test_each_command_leaves_its_records_and_the_next_one_stands_alone(town: Town) -> None:
    viewer, firm = system_viewer(town.runtime, "import"), await town.organisation()
    async with joined_work(viewer):
        need = await submit_need(viewer, town.need({"organisation": firm}, "A1"))
        await move_need(viewer, need, NeedStatus.DELIBERATING, 1)
        await submit_need(viewer, town.need({"organisation": firm}, "B1"))
    await move_need(viewer, need, NeedStatus.DISPATCHED, 2)

    assert await actions() == ["need.submit", "need.deliberating", "need.submit", "need.dispatched"]
    assert await Event.all().count() == 4
    assert [each.version for each in await HistoryEntry.filter(item_id=need).order_by("version")] == [1, 2, 3]


async def test_places_of_a_level_are_created_together_or_not_at_all(town: Town) -> None:
    viewer = system_viewer(town.runtime, "import")
    estate = {"kind": PlaceKind.ESTATE, "name": "小院", "parent": town.id("A")}
    with pytest.raises(Duplicate):
        await create_places(viewer, [estate | {"code": "twice"}, estate | {"code": "twice"}])
    with pytest.raises(NotFound):
        await create_places(viewer, [estate | {"code": "one"}, estate | {"code": "two", "parent": 1}])
    assert await nothing_was_recorded()

    made = await create_places(viewer, [estate | {"code": "one"}, estate | {"code": "two"}])

    assert [place.code for place in await Place.filter(id__in=made).order_by("code")] == ["one", "two"]
    assert await actions() == ["place.create", "place.create"]


async def test_service_items_come_in_many_for_their_own_organisation_alone(town: Town) -> None:
    mine, other = await town.organisation(), await town.organisation()
    viewer = system_viewer(town.runtime, "import", [mine])
    with pytest.raises(BatchRefused) as refused:
        await create_service_items(viewer, [town.need({}, "A1") | {"organisation": each} for each in (mine, other)])
    assert {index: type(fault) for index, fault in refused.value.errors.items()} == {1: Forbidden}
    assert await nothing_was_recorded()

    made = await create_service_items(viewer, [town.need({}, "A1") | {"organisation": mine}] * 2)

    assert sorted(made) == sorted([item.id for item in await ServiceItem.all()])
