"""Service items (服务事项): create, update, pause, resume, retire; each owns a resource.

Both rows change in the same unit of work. What the offer is (title, text, category, place, area,
windows, price, response) stands in the resource, the promise (standard, its source) beside it.
"""

from collections.abc import Mapping
from typing import Any

from api.commands import inputs
from api.commands.editing import load, refuse_stale, save
from api.commands.field_names import differences
from api.commands.item import Columns, require_inputs
from api.commands.item_children import external_rows
from api.commands.item_type import RESOURCE
from api.commands.item_update import checked_change, refuse_uneditable, write_change
from api.commands.new_item import NewItem, Values, submit_one
from api.commands.permission import require, scope_of
from api.commands.reference import Reference, load_reference
from api.commands.rematching import rematch
from api.commands.resource import new_offer, offer_children
from api.commands.service_point import service_point_of
from api.commands.unit_of_work import Done, unit_of_work
from api.errors import InvalidInput
from api.identifiers import new_id
from api.models import Resource, ServiceItem
from api.models.choices import ItemKind, ResourceKind
from api.plan.viewer import Viewer
from api.state_machines.machine import check_move
from api.state_machines.resource import ResourceStatus
from api.state_machines.service_item import EDITABLE, TRANSITIONS, ServiceItemStatus
from auth.permissions import Action, Object

RESOURCE_STATUS: Mapping[ServiceItemStatus, ResourceStatus] = {
    ServiceItemStatus.LISTED: ResourceStatus.OFFERED,
    ServiceItemStatus.PAUSED: ResourceStatus.PAUSED,
    ServiceItemStatus.RETIRED: ResourceStatus.WITHDRAWN,
}
# Kept in both rows, since permissions look at the row that is asked for.
SHARED = frozenset({"path", "visibility"})


async def create_service_item(viewer: Viewer, values: Values) -> int:
    """List a service item of an organisation (`organisation`) and match it; return its identifier.

    Raises:
        InvalidInput, NotFound, Duplicate: with the place of the fault.
        Forbidden: the viewer may not do so for that organisation.
    """
    return await submit_one(viewer, ItemKind.RESOURCE, values, _new_service_item)


async def update_service_item(viewer: Viewer, identifier: int, changes: Mapping[str, Any], expected: int) -> int:
    """Change the given fields of a service item and match it anew.

    Raises:
        StaleVersion: it was changed since version `expected`; both values are given.
        InvalidInput, NotFound, Duplicate, Forbidden.
    """
    for name in ("organisation", "owner"):
        if name in changes:
            raise InvalidInput("不能转给别的单位", "It cannot be handed over", (name,))
    async with unit_of_work(viewer) as work:
        service, rule = await load(viewer, ServiceItem, Object.SERVICE_ITEM, identifier, Action.UPDATE)
        resource = await Resource.get(id=_resource_id(service))
        reference = await load_reference(ItemKind.RESOURCE, [changes])
        change = await checked_change(viewer, RESOURCE, resource, changes, reference)
        own = _promise(changes) | {name: change.columns[name] for name in SHARED & change.columns.keys()}
        own |= await service_point_of(viewer, changes, service.organisation_id, resource.community_id)
        refuse_stale(service.version, expected, change.found | differences(service, own))
        refuse_uneditable(service.status, EDITABLE)
        changed = await write_change(RESOURCE, resource, change, reference)
        changed |= await save(service, own)
        require(viewer, Object.SERVICE_ITEM, Action.UPDATE, scope_of(service), visible=True)
        work.record(_done("update", service, changed, rule))
        work.changed_along("resource.update", "Resource", resource.id, resource.path)
        await rematch(work, ItemKind.RESOURCE, resource.id)
    return int(service.id)


async def pause_service_item(viewer: Viewer, identifier: int, expected: int) -> int:
    """Pause a service item: it is not offered until resumed. Raise as `update_service_item`."""
    return await _move(viewer, identifier, ServiceItemStatus.PAUSED, expected, Action.PAUSE)


async def resume_service_item(viewer: Viewer, identifier: int, expected: int) -> int:
    """Offer a paused service item again. Raise as `update_service_item`."""
    return await _move(viewer, identifier, ServiceItemStatus.LISTED, expected, Action.RESUME)


async def retire_service_item(viewer: Viewer, identifier: int, expected: int) -> int:
    """Take a service item off for good. Raise as `update_service_item`."""
    return await _move(viewer, identifier, ServiceItemStatus.RETIRED, expected, Action.RETIRE)


async def _move(viewer: Viewer, identifier: int, to: ServiceItemStatus, expected: int, action: Action) -> int:
    async with unit_of_work(viewer) as work:
        service, rule = await load(viewer, ServiceItem, Object.SERVICE_ITEM, identifier, action)
        sent = {"status": to}
        refuse_stale(service.version, expected, differences(service, sent))
        check_move(TRANSITIONS, service.status, to, "服务事项")
        resource = await Resource.get(id=_resource_id(service))
        await save(resource, {"status": RESOURCE_STATUS[to]})
        work.changed_along("resource.update", "Resource", resource.id, resource.path)
        work.record(_done(action, service, await save(service, sent), rule))
        await rematch(work, ItemKind.RESOURCE, resource.id)
    return int(service.id)


async def _new_service_item(viewer: Viewer, values: Values, reference: Reference) -> NewItem:
    require_inputs(values, ("organisation",))
    of = {"owner": {"organisation": values["organisation"]}}
    resource = await new_offer(viewer, {**values, **of}, reference, ResourceKind.SERVICE_ITEM)
    service = ServiceItem(
        id=new_id(),
        resource_id=resource.id,
        organisation_id=values["organisation"],
        status=ServiceItemStatus.LISTED,
        **{name: getattr(resource, name) for name in SHARED},
        **_promise(values),
        **await service_point_of(viewer, values, values["organisation"], resource.community_id),
    )
    rule = require(viewer, Object.SERVICE_ITEM, Action.CREATE, scope_of(service), visible=True)
    children = [
        service,
        *await offer_children(viewer, values, resource.id, reference),
        *external_rows(ItemKind.RESOURCE, resource.id, values.get("external_ids"), reference),
    ]
    return NewItem(resource, children, _done("create", service, {}, rule))


def _promise(values: Mapping[str, Any]) -> Columns:
    columns: Columns = {}
    if "standard" in values:
        longest = inputs.LONGEST_TEXT
        columns["standard_zh"] = inputs.text(values["standard"], ("standard",), longest)
    if "standard_source" in values:
        path = ("standardSource",)
        columns["standard_source"] = inputs.text(values["standard_source"], path, 200)
    return columns


def _resource_id(service: ServiceItem) -> int:
    return int(service.resource_id)


def _done(verb: str, service: ServiceItem, change: dict[str, Any], rule: str | None) -> Done:
    history = (ItemKind.SERVICE_ITEM, service.version)
    return Done(f"service_item.{verb}", "ServiceItem", service.id, service.path, change, rule, history)
