"""The items that a workbook may speak of: an organisation's own, as they are and as they were in each version."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from api.commands.permission import require, scope_of
from api.commands.service_item_version import version_of
from api.errors import DomainError, NotFound
from api.imports.workbook.choices import Choices, load_choices, served_places
from api.imports.workbook.writing_cells import cells_of, values_of
from api.models import Organisation, Resource, ServiceArea, ServiceItem, ServiceItemVersion, TimeWindow
from api.plan.statement import chunks
from api.plan.viewer import Viewer
from api.queries.service_item import owned_items
from api.state_machines.service_item import ServiceItemStatus
from auth.permissions import Action, Object, Permission
from auth.relations import RowScope, Visibility

READ = Permission(Object.ORGANISATION, Action.READ)


@dataclass(frozen=True, slots=True)
class KnownItem:
    """One item: its version, what its cells say now, and what they said in older versions."""

    identifier: int
    version: int
    status: ServiceItemStatus
    cells: Mapping[str, str]
    former: Mapping[int, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Known:
    """The organisation, its items by identifier, and the words of the drop-downs."""

    organisation: Organisation
    items: Mapping[int, KnownItem]
    choices: Choices


async def organisation_of(viewer: Viewer, identifier: int) -> Organisation:
    """Return an organisation whose service items the viewer may keep.

    Raises:
        NotFound: it does not exist, or the viewer may not see it.
        Unauthenticated, Forbidden: nobody lets the viewer list or change its service items.
    """
    organisation = await Organisation.get_or_none(id=identifier)
    if organisation is None or not viewer.may(READ, scope_of(organisation)):
        raise NotFound(path=("organisation",))
    refusal: DomainError | None = None
    for path in _scopes(viewer, organisation):
        scope = RowScope(path, owner_organisation_id=organisation.id, visibility=Visibility.ADMINISTRATORS)
        for action in (Action.UPDATE, Action.CREATE):
            try:
                require(viewer, Object.SERVICE_ITEM, action, scope, visible=True)
            except DomainError as fault:
                refusal = fault
            else:
                return organisation
    assert refusal is not None
    raise refusal


def _scopes(viewer: Viewer, organisation: Organisation) -> list[str]:
    """Return where the viewer acts for the organisation, the narrowest reach of each role; its seat at least."""
    held = (each for each in viewer.principal.held if each.organisation_id == organisation.id)
    return list(dict.fromkeys([*(each.scope or organisation.path for each in held), organisation.path]))


async def known_items(viewer: Viewer, organisation: Organisation, versions: Iterable[tuple[int, int]] = ()) -> Known:
    """Return all items of the organisation that the viewer may see, and the named older versions of them."""
    ids = await owned_items(viewer, organisation.id)
    services = [row for some in chunks(ids) for row in await ServiceItem.filter(id__in=some).order_by("id")]
    resource_ids = [int(service.resource_id) for service in services]
    resources = {row.id: row for some in chunks(resource_ids) for row in await Resource.filter(id__in=some)}
    windows, areas = await _children(TimeWindow, resource_ids), await _children(ServiceArea, resource_ids)
    named = [*await served_places(resource_ids), *(int(row.place_id) for row in resources.values())]
    choices = await load_choices(_scopes(viewer, organisation), {*named, int(organisation.place_id)})
    former = await _former({pair for pair in versions if pair[0] in set(ids)})
    items = {}
    for service in services:
        resource = resources[int(service.resource_id)]

        def said(state: ServiceItemVersion, at: int = int(resource.place_id)) -> dict[str, str]:
            return cells_of(values_of(state, at), choices)

        now = version_of(service, resource, windows[resource.id], areas[resource.id])
        items[service.id] = KnownItem(
            service.id, service.version, service.status, said(now),
            {state.number: said(state) for state in former.get(service.id, ())},
        )  # fmt: skip
    return Known(organisation, items, choices)


async def _children(model: type[Any], resource_ids: list[int]) -> Mapping[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for some in chunks(resource_ids):
        for row in await model.filter(resource_id__in=some).order_by("id"):
            found[int(row.resource_id)].append(row)
    return found


async def _former(wanted: set[tuple[int, int]]) -> Mapping[int, list[ServiceItemVersion]]:
    found: dict[int, list[ServiceItemVersion]] = defaultdict(list)
    for some in chunks(sorted({identifier for identifier, _ in wanted})):
        for row in await ServiceItemVersion.filter(service_item_id__in=some):
            if (row.service_item_id, row.number) in wanted:
                found[row.service_item_id].append(row)
    return found
