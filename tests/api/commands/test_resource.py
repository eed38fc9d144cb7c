"""Resources: offered, changed, moved; never through the back door of a service item."""

import pytest

from api.commands import resource as commands
from api.errors import Forbidden, InvalidInput, InvalidTransition, NotFound, StaleVersion, Unauthenticated
from api.models import HistoryEntry, Resource, ServiceArea
from api.models.choices import ResourceKind, Source, Visibility
from api.state_machines.resource import ResourceStatus
from auth.permissions import Action, Object, Permission
from auth.roles import Role
from tests.api.commands.records import actions, nothing_was_recorded
from tests.factories import Town


async def test_only_who_may_offer_does(town: Town) -> None:
    firm, other = await town.organisation(), await town.organisation()
    clerk = town.viewer(Role.PROPERTY_CLERK, "A", organisation=firm)
    representative = town.viewer(Role.UNIT_REPRESENTATIVE, "A", organisation=firm)
    with pytest.raises(Unauthenticated):
        await commands.offer_resource(town.anonymous(), town.need({"organisation": firm}))
    for viewer, owner, place in (
        (clerk, firm, "A1"),
        (representative, other, "A1"),
        (representative, firm, "B1"),
        (town.administrator("B"), firm, "A1"),
    ):
        with pytest.raises(Forbidden):
            await commands.offer_resource(viewer, town.need({"organisation": owner}, place))
    assert not await Resource.exists()
    assert await nothing_was_recorded()


async def test_a_key_offers_within_its_scopes_alone(town: Town) -> None:
    firm = await town.organisation()
    reading = frozenset({Permission(Object.RESOURCE, Action.READ), Permission(Object.PLACE, Action.READ),
                         Permission(Object.ORGANISATION, Action.READ)})  # fmt: skip
    with pytest.raises(Forbidden):
        await commands.offer_resource(town.program(firm, reading), town.need({"organisation": firm}))
    offering = reading | {Permission(Object.RESOURCE, Action.CREATE)}
    assert await commands.offer_resource(town.program(firm, offering), town.need({"organisation": firm}))


async def test_a_suspended_organisation_offers_nothing(town: Town) -> None:
    firm = await town.organisation(status="SUSPENDED")
    with pytest.raises(InvalidInput) as refused:
        await commands.offer_resource(town.administrator(), town.need({"organisation": firm}))
    assert refused.value.path == ("owner", "organisation")


async def test_what_is_free_has_no_price_even_after_a_change(town: Town) -> None:
    firm = await town.organisation()
    viewer = town.administrator()
    values = town.need({"organisation": firm}, price_class="LOW_PRICE", price=5)
    resource = await commands.offer_resource(viewer, values)
    with pytest.raises(InvalidInput) as refused:
        await commands.update_resource(viewer, resource, {"price_class": "FREE"}, 1)
    assert refused.value.path == ("price",)
    assert (await Resource.get(id=resource)).price_class == "LOW_PRICE"


async def test_an_offer_keeps_unknown_quantities_and_each_served_place_once(town: Town) -> None:
    firm = await town.organisation()
    area = [town.id("A"), town.id("B1"), town.id("A")]
    values = town.need({"organisation": firm}, "A1b", service_area=area, response_minutes=30)
    row = await Resource.get(id=await commands.offer_resource(town.administrator(), values))
    assert (row.kind, row.status, row.source) == (ResourceKind.RESOURCE, ResourceStatus.OFFERED, Source.ORGANISATION)
    assert (row.quantity, row.unit, row.response_minutes) == (None, None, 30)
    # An organisation's offer shows where it is; without a point of its own it has the estate's.
    assert (row.public_path, row.longitude) == (town.path("A1b"), 110.44)
    served = await ServiceArea.filter(resource_id=row.id).order_by("path")
    assert [area.path for area in served] == [town.path("A"), town.path("B1")]
    assert await actions() == ["resource.offer"]


async def test_a_resource_that_moves_takes_the_point_of_its_new_place(town: Town) -> None:
    firm = await town.organisation()
    point = {"longitude": 110.0, "latitude": 34.0}
    values = town.need({"organisation": firm}, "A1", point=point)
    resource = await commands.offer_resource(town.administrator(), values)
    await commands.update_resource(town.administrator(), resource, {"place": town.id("A2")}, 1)
    row = await Resource.get(id=resource)
    assert (row.longitude, row.public_path) == (110.44, town.path("A2"))


async def test_a_service_item_s_resource_is_not_changed_directly(town: Town) -> None:
    firm = await town.organisation()
    resource = await commands.offer_resource(town.administrator(), town.need({"organisation": firm}))
    await Resource.filter(id=resource).update(kind=ResourceKind.SERVICE_ITEM)
    with pytest.raises(InvalidInput):
        await commands.update_resource(town.administrator(), resource, {"title": "x"}, 1)
    with pytest.raises(InvalidInput):
        await commands.move_resource(town.administrator(), resource, ResourceStatus.PAUSED, 1)


async def test_withdrawing_needs_a_reason_and_is_for_good(town: Town) -> None:
    firm = await town.organisation()
    viewer = town.viewer(Role.UNIT_REPRESENTATIVE, "A", organisation=firm)
    resource = await commands.offer_resource(viewer, town.need({"organisation": firm}))
    await commands.move_resource(viewer, resource, ResourceStatus.PAUSED, 1)
    with pytest.raises(InvalidTransition):
        await commands.move_resource(viewer, resource, ResourceStatus.USED_UP, 2)
    with pytest.raises(InvalidInput):
        await commands.withdraw_resource(viewer, resource, " ", 2)
    with pytest.raises(StaleVersion) as stale:
        await commands.withdraw_resource(viewer, resource, "不再提供", 1)
    assert [conflict.name for conflict in stale.value.conflicts] == ["status"]
    await commands.withdraw_resource(viewer, resource, "不再提供", 2)
    with pytest.raises(InvalidTransition):
        await commands.move_resource(viewer, resource, ResourceStatus.OFFERED, 3)
    entry = await HistoryEntry.get(item_id=resource, version=3)
    assert entry.changes == {"status": ["PAUSED", "WITHDRAWN"], "reason": [None, "不再提供"]}
    assert await actions() == ["resource.offer", "resource.paused", "resource.withdrawn"]


async def test_a_hidden_offer_does_not_exist_for_others(town: Town) -> None:
    firm = await town.organisation()
    values = town.need({"organisation": firm}, visibility=Visibility.MEMBERS)
    resource = await commands.offer_resource(town.administrator(), values)
    with pytest.raises(NotFound):
        await commands.withdraw_resource(town.anonymous(), resource, "不再提供", 1)
