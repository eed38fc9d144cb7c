"""Service items: the firm's own alone; item and resource change together."""

import asyncio

import pytest

from api.commands import service_item as commands
from api.errors import Forbidden, InvalidInput, InvalidTransition, NotFound, StaleVersion, Unauthenticated
from api.models import HistoryEntry, Resource, ServiceItem
from api.models.choices import ResourceKind, Visibility
from api.plan.viewer import Viewer
from api.state_machines.resource import ResourceStatus
from api.state_machines.service_item import ServiceItemStatus
from auth.roles import Role
from tests.api.commands.records import actions, nothing_was_recorded
from tests.factories import Town


def values_of(town: Town, firm: int, **more: object) -> dict[str, object]:
    return {
        "organisation": firm,
        "title": "公共部位报修",
        "category": "life.repair",
        "place": town.id("A1"),
        "response_minutes": 30,
        "standard": "三十分钟应答",
        **more,
    }


async def clerk_with_item(town: Town) -> tuple[Viewer, int]:
    firm = await town.organisation(kind="PROPERTY_FIRM")
    clerk = town.viewer(Role.PROPERTY_CLERK, "A1", organisation=firm)
    return clerk, await commands.create_service_item(clerk, values_of(town, firm))


async def test_nobody_but_the_firm_lists_its_items(town: Town) -> None:
    firm, other = await town.organisation(kind="PROPERTY_FIRM"), await town.organisation(kind="PROPERTY_FIRM")
    with pytest.raises(Unauthenticated):
        await commands.create_service_item(town.anonymous(), values_of(town, firm))
    for viewer in (
        town.viewer(Role.PROPERTY_CLERK, "A1", organisation=other),
        town.viewer(Role.PROPERTY_CLERK, "B", organisation=firm),
        town.administrator(),
        town.viewer(Role.SUBDISTRICT_OFFICER, "S"),
    ):
        with pytest.raises(Forbidden):
            await commands.create_service_item(viewer, values_of(town, firm))
    assert not await ServiceItem.exists()
    assert not await Resource.exists()
    assert await nothing_was_recorded()


async def test_another_firm_s_clerk_changes_and_pauses_nothing(town: Town) -> None:
    _, item = await clerk_with_item(town)
    other = await town.organisation(kind="PROPERTY_FIRM")
    rival = town.viewer(Role.PROPERTY_CLERK, "A1", organisation=other)
    with pytest.raises(Forbidden):
        await commands.update_service_item(rival, item, {"title": "x"}, 1)
    with pytest.raises(Forbidden):
        await commands.pause_service_item(rival, item, 1)
    await ServiceItem.all().update(visibility=Visibility.MEMBERS)
    with pytest.raises(NotFound):
        await commands.update_service_item(rival, item, {"title": "x"}, 1)


async def test_an_item_cannot_be_handed_to_another_firm(town: Town) -> None:
    clerk, item = await clerk_with_item(town)
    with pytest.raises(InvalidInput) as refused:
        await commands.update_service_item(clerk, item, {"organisation": 1}, 1)
    assert refused.value.path == ("organisation",)


async def test_a_listed_item_owns_a_resource(town: Town) -> None:
    _, item = await clerk_with_item(town)
    service = await ServiceItem.get(id=item)
    resource = await Resource.get(id=service.resource_id)
    assert (resource.kind, resource.status) == (ResourceKind.SERVICE_ITEM, ResourceStatus.OFFERED)
    assert (resource.owner_organisation_id, resource.family) == (service.organisation_id, "PROPERTY_FIRM")
    assert (service.path, service.visibility) == (resource.path, resource.visibility)
    assert service.standard_zh == "三十分钟应答"
    assert await actions() == ["service_item.create"]


async def test_a_change_reaches_both_rows_and_one_history(town: Town) -> None:
    clerk, item = await clerk_with_item(town)
    changes = {"title": "急修", "standard": "一小时到", "visibility": Visibility.MEMBERS, "price_class": "WITHIN_FEE"}
    await commands.update_service_item(clerk, item, changes, 1)
    service = await ServiceItem.get(id=item)
    resource = await Resource.get(id=service.resource_id)
    assert (service.version, service.standard_zh, service.visibility) == (2, "一小时到", Visibility.MEMBERS)
    assert (resource.title_zh, resource.visibility) == ("急修", Visibility.MEMBERS)
    entry = await HistoryEntry.get(item_id=item, version=2)
    assert entry.changes == {
        "title": ["公共部位报修", "急修"],
        "standard": ["三十分钟应答", "一小时到"],
        "visibility": ["PUBLIC", "MEMBERS"],
        "priceClass": [None, "WITHIN_FEE"],
    }


async def test_a_stale_edit_names_fields_of_both_rows_and_writes_neither(town: Town) -> None:
    clerk, item = await clerk_with_item(town)
    await commands.update_service_item(clerk, item, {"title": "急修", "standard": "一小时到"}, 1)
    changes = {"title": "小修", "standard": "两小时到", "price": 3.5, "service_area": [town.id("A")]}
    with pytest.raises(StaleVersion) as refused:
        await commands.update_service_item(clerk, item, changes, 1)
    found = {conflict.name: (conflict.current, conflict.sent) for conflict in refused.value.conflicts}
    assert found == {
        "title": ("急修", "小修"),
        "standard": ("一小时到", "两小时到"),
        "price": (None, 3.5),
        "serviceArea": ([], [f"Place:{town.id('A')}"]),
    }
    assert refused.value.current_version == 2
    assert (await Resource.first()).title_zh == "急修"  # type: ignore[union-attr]  # there is one


async def test_of_two_clerks_at_the_same_time_one_wins(town: Town) -> None:
    clerk, item = await clerk_with_item(town)
    ends = await asyncio.gather(
        commands.update_service_item(clerk, item, {"standard": "甲"}, 1),
        commands.update_service_item(clerk, item, {"title": "乙"}, 1),
        return_exceptions=True,
    )
    assert sorted(type(end).__name__ for end in ends) == ["StaleVersion", "int"]
    service = await ServiceItem.get(id=item)
    resource = await Resource.get(id=service.resource_id)
    assert service.version == 2
    assert (service.standard_zh == "甲") != (resource.title_zh == "乙")


async def test_pausing_resuming_and_retiring_reach_the_resource(town: Town) -> None:
    clerk, item = await clerk_with_item(town)
    service = await ServiceItem.get(id=item)
    firm = service.organisation_id
    manager = town.viewer(Role.PROPERTY_MANAGER, "A1", organisation=firm)
    for step, viewer, status, offer in (
        (commands.pause_service_item, clerk, ServiceItemStatus.PAUSED, ResourceStatus.PAUSED),
        (commands.resume_service_item, clerk, ServiceItemStatus.LISTED, ResourceStatus.OFFERED),
        (commands.retire_service_item, manager, ServiceItemStatus.RETIRED, ResourceStatus.WITHDRAWN),
    ):
        await step(viewer, item, service.version)
        await service.refresh_from_db()
        assert service.status is status
        assert (await Resource.get(id=service.resource_id)).status is offer
    with pytest.raises(InvalidTransition):
        await commands.resume_service_item(clerk, item, service.version)
    with pytest.raises(InvalidInput):
        await commands.update_service_item(clerk, item, {"title": "x"}, service.version)
    assert await actions() == [
        "service_item.create",
        "service_item.pause",
        "service_item.resume",
        "service_item.retire",
    ]


async def test_a_clerk_does_not_retire(town: Town) -> None:
    clerk, item = await clerk_with_item(town)
    with pytest.raises(Forbidden):
        await commands.retire_service_item(clerk, item, 1)
