"""Service items (服务事项): create, update, pause, resume, retire; each owns a resource.

A row in `api.commands.service_item_steps` says what each of them does; here it is one unit of work.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from api.commands.new_item import Values, submit_all, submit_one
from api.commands.reference import load_reference
from api.commands.rematching import rematch
from api.commands.service_item_steps import change_service_item, move_service_item, new_service_item
from api.commands.unit_of_work import unit_of_work
from api.models.choices import ItemKind
from api.plan.viewer import Viewer
from api.state_machines.service_item import ServiceItemStatus


async def create_service_item(viewer: Viewer, values: Values) -> int:
    """List a service item of an organisation (`organisation`) and match it; return its identifier.

    Raises:
        InvalidInput, NotFound, Duplicate: with the place of the fault.
        Forbidden: the viewer may not do so for that organisation.
    """
    return await submit_one(viewer, ItemKind.RESOURCE, values, new_service_item)


async def create_service_items(viewer: Viewer, many: Sequence[Values]) -> list[int]:
    """List many service items, all or none; return their identifiers in the same order.

    Raises:
        BatchRefused: each fault by its row's index.
    """
    return await submit_all(viewer, ItemKind.RESOURCE, many, new_service_item)


async def update_service_item(viewer: Viewer, identifier: int, changes: Mapping[str, Any], expected: int) -> int:
    """Change the given fields of a service item and match it anew.

    Raises:
        StaleVersion: it was changed since version `expected`; both values are given.
        InvalidInput, NotFound, Duplicate, Forbidden.
    """
    async with unit_of_work(viewer) as work:
        reference = await load_reference(ItemKind.RESOURCE, [changes])
        resource = await change_service_item(work, identifier, changes, expected, reference)
        await rematch(work, ItemKind.RESOURCE, resource)
    return identifier


async def pause_service_item(viewer: Viewer, identifier: int, expected: int) -> int:
    """Pause a service item: it is not offered until resumed. Raise as `update_service_item`."""
    return await _move(viewer, identifier, ServiceItemStatus.PAUSED, expected)


async def resume_service_item(viewer: Viewer, identifier: int, expected: int) -> int:
    """Offer a paused service item again. Raise as `update_service_item`."""
    return await _move(viewer, identifier, ServiceItemStatus.LISTED, expected)


async def retire_service_item(viewer: Viewer, identifier: int, expected: int) -> int:
    """Take a service item off for good. Raise as `update_service_item`."""
    return await _move(viewer, identifier, ServiceItemStatus.RETIRED, expected)


async def _move(viewer: Viewer, identifier: int, to: ServiceItemStatus, expected: int) -> int:
    async with unit_of_work(viewer) as work:
        resource = await move_service_item(work, identifier, to, expected)
        await rematch(work, ItemKind.RESOURCE, resource)
    return identifier
