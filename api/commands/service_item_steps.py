"""What one command or a whole workbook does to service items, inside an open unit of work.

Both rows change together. What the offer is (title, text, category, place, area, windows, price,
response) stands in the resource, the promise (standard, its source) beside it. Each change keeps
the version it reaches. Nothing is matched here: whoever opened the unit of work does that.
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
from api.commands.new_item import NewItem, Values
from api.commands.permission import require, scope_of
from api.commands.reference import Reference
from api.commands.resource import new_offer, offer_children
from api.commands.service_item_version import changed_by, keep_version, version_of
from api.commands.service_point import service_point_of
from api.commands.unit_of_work import Done, UnitOfWork
from api.errors import InvalidInput
from api.identifiers import new_id
from api.models import Resource, ServiceArea, ServiceItem, TimeWindow
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
MOVES: Mapping[ServiceItemStatus, Action] = {
    ServiceItemStatus.LISTED: Action.RESUME,
    ServiceItemStatus.PAUSED: Action.PAUSE,
    ServiceItemStatus.RETIRED: Action.RETIRE,
}
# Kept in both rows, since permissions look at the row that is asked for.
SHARED = frozenset({"path", "visibility"})


async def new_service_item(viewer: Viewer, values: Values, reference: Reference) -> NewItem:
    """Return a checked service item with its resource and first version, none of them saved yet.

    Raises:
        InvalidInput, NotFound, Duplicate, Forbidden.
    """
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
    children = await offer_children(viewer, values, resource.id, reference)
    windows = [each for each in children if isinstance(each, TimeWindow)]
    area = [each for each in children if isinstance(each, ServiceArea)]
    done = _done("create", service, {}, rule)
    by = await changed_by(viewer, service.organisation_id, service.path)
    rows = [
        service,
        version_of(service, resource, windows, area, done.action, by),
        *children,
        *external_rows(ItemKind.RESOURCE, resource.id, values.get("external_ids"), reference),
    ]
    return NewItem(resource, rows, done)


async def change_service_item(
    work: UnitOfWork, identifier: int, changes: Mapping[str, Any], expected: int, reference: Reference
) -> int:
    """Change the given fields; return the resource, to be matched.

    Raises:
        StaleVersion, InvalidInput, NotFound, Duplicate, Forbidden.
    """
    for name in ("organisation", "owner"):
        if name in changes:
            raise InvalidInput("不能转给别的单位", "It cannot be handed over", (name,))
    viewer = work.viewer
    service, rule = await load(viewer, ServiceItem, Object.SERVICE_ITEM, identifier, Action.UPDATE)
    resource = await Resource.get(id=_resource_id(service))
    change = await checked_change(viewer, RESOURCE, resource, changes, reference)
    own = _promise(changes) | {name: change.columns[name] for name in SHARED & change.columns.keys()}
    own |= await service_point_of(viewer, changes, service.organisation_id, resource.community_id)
    refuse_stale(service.version, expected, change.found | differences(service, own))
    refuse_uneditable(service.status, EDITABLE)
    changed = await write_change(RESOURCE, resource, change, reference)
    changed |= await save(service, own)
    require(viewer, Object.SERVICE_ITEM, Action.UPDATE, scope_of(service), visible=True)
    done = _done("update", service, changed, rule)
    await keep_version(viewer, service, resource, done.action)
    work.record(done)
    work.changed_along("resource.update", "Resource", resource.id, resource.path)
    return int(resource.id)


async def move_service_item(work: UnitOfWork, identifier: int, to: ServiceItemStatus, expected: int) -> int:
    """Pause, resume or retire; return the resource, to be matched.

    Raises:
        StaleVersion, InvalidTransition, NotFound, Forbidden.
    """
    action = MOVES[to]
    service, rule = await load(work.viewer, ServiceItem, Object.SERVICE_ITEM, identifier, action)
    sent = {"status": to}
    refuse_stale(service.version, expected, differences(service, sent))
    check_move(TRANSITIONS, service.status, to, "服务事项")
    resource = await Resource.get(id=_resource_id(service))
    await save(resource, {"status": RESOURCE_STATUS[to]})
    done = _done(action, service, await save(service, sent), rule)
    await keep_version(work.viewer, service, resource, done.action)
    work.record(done)
    work.changed_along("resource.update", "Resource", resource.id, resource.path)
    return int(resource.id)


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
