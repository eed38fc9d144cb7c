"""Resources: offer, update, pause, resume, mark used up, withdraw."""

from collections.abc import Mapping, Sequence
from typing import Any

from api import clock
from api.commands import inputs
from api.commands.item import item_columns, require_inputs, source_of
from api.commands.item_children import area_rows, external_rows, window_rows
from api.commands.item_place import public_columns
from api.commands.item_type import RESOURCE
from api.commands.item_update import move_item, update_item
from api.commands.new_item import NewItem, Values, submit_all, submit_one
from api.commands.permission import require, scope_of
from api.commands.reference import Reference
from api.identifiers import new_id
from api.models import Resource
from api.models.choices import ItemKind, ResourceKind, Visibility
from api.plan.viewer import Viewer
from api.state_machines.resource import ResourceStatus
from auth.permissions import Action, Object

DEFAULTS: Mapping[str, Any] = {"target_groups": [], "visibility": Visibility.PUBLIC}


async def offer_resource(viewer: Viewer, values: Values) -> int:
    """Offer a resource and match it; return its identifier. A missing quantity is unknown.

    Raises:
        InvalidInput, NotFound, Duplicate: with the place of the fault.
        Forbidden: the viewer may not offer there for that owner.
    """
    return await submit_one(viewer, ItemKind.RESOURCE, values, _new_resource)


async def offer_resources(viewer: Viewer, many: Sequence[Values]) -> list[int]:
    """Offer many resources, all or none; return their identifiers in the same order.

    Raises:
        BatchRefused: each fault by its row's index.
    """
    return await submit_all(viewer, ItemKind.RESOURCE, many, _new_resource)


async def update_resource(viewer: Viewer, identifier: int, changes: Mapping[str, Any], expected: int) -> int:
    """Change the given fields of a resource and match it anew.

    Raises:
        StaleVersion: it was changed since version `expected`; both values are given.
        InvalidInput: also when a service item owns it.
        NotFound, Duplicate, Forbidden.
    """
    return await update_item(viewer, RESOURCE, identifier, changes, expected)


async def move_resource(
    viewer: Viewer,
    identifier: int,
    to: ResourceStatus,
    expected: int,
    *,
    reason: str | None = None,
) -> int:
    """Pause, resume, mark as used up, or withdraw a resource; withdrawing needs a reason.

    Raises:
        InvalidTransition: the present state does not allow it.
        StaleVersion, InvalidInput, NotFound, Forbidden.
    """
    withdrawn = to is ResourceStatus.WITHDRAWN
    why = inputs.text(reason, ("reason",), 500, required=withdrawn)
    return await move_item(viewer, RESOURCE, identifier, to, expected, {}, reason=why)


async def withdraw_resource(viewer: Viewer, identifier: int, reason: str, expected: int) -> int:
    """Withdraw a resource for good; see `move_resource`."""
    to = ResourceStatus.WITHDRAWN
    return await move_resource(viewer, identifier, to, expected, reason=reason)


async def _new_resource(viewer: Viewer, values: Values, reference: Reference) -> NewItem:
    resource = await new_offer(viewer, values, reference, ResourceKind.RESOURCE)
    rule = require(viewer, Object.RESOURCE, Action.CREATE, scope_of(resource), visible=True)
    children = [
        *await offer_children(viewer, values, resource.id, reference),
        *external_rows(ItemKind.RESOURCE, resource.id, values.get("external_ids"), reference),
    ]
    return NewItem(resource, children, RESOURCE.done("offer", resource, {}, rule))


async def new_offer(viewer: Viewer, values: Values, reference: Reference, kind: ResourceKind) -> Resource:
    """Return a checked resource that is not saved yet; service items own one as well."""
    require_inputs(values)
    columns = {**DEFAULTS, **await item_columns(viewer, values, reference)}
    columns |= await public_columns(columns, reference.rows)
    return Resource(
        id=new_id(),
        kind=kind,
        status=ResourceStatus.OFFERED,
        source=source_of(viewer, values, columns),
        published_at=clock.now(),
        **columns,
    )


async def offer_children(viewer: Viewer, values: Values, resource_id: int, reference: Reference) -> list[Any]:
    """Return the time windows and the service area of an offer, checked and not saved yet."""
    return [
        *window_rows({"resource_id": resource_id}, values.get("windows")),
        *await area_rows(viewer, resource_id, values.get("service_area"), reference),
    ]
