"""Keeping each version of a service item, whole, in the unit of work that reaches it."""

from collections.abc import Sequence

from api import clock
from api.commands.item_given import shown_place, shown_window
from api.identifiers import new_id
from api.models import Organisation, Resource, ServiceArea, ServiceItem, ServiceItemVersion, TimeWindow
from api.plan.viewer import Viewer
from auth.principal import PrincipalKind
from auth.roles import ROLE_LABELS, Label

OF_RESOURCE = (
    "title_zh", "title_en", "text_zh", "text_en", "category", "quantity", "unit", "price_class", "price_fen",
    "price_unit", "response_minutes", "at_home", "target_groups", "longitude", "latitude", "valid_from", "valid_to",
)  # fmt: skip
OF_SERVICE = ("standard_zh", "standard_source", "service_point_id", "visibility", "status")


def version_of(
    service: ServiceItem,
    resource: Resource,
    windows: Sequence[TimeWindow],
    area: Sequence[ServiceArea],
    action: str = "",
    by: Label = Label("", ""),  # noqa: B008  a tuple, which nothing can change
) -> ServiceItemVersion:
    """Return the present state as a version that is not saved."""
    return ServiceItemVersion(
        id=new_id(),
        service_item_id=service.id,
        number=service.version,
        at=clock.now(),
        action=action,
        by_zh=by.zh,
        by_en=by.en,
        windows=[shown_window(each) for each in windows],
        service_area=[shown_place(each) for each in area],
        **{name: getattr(resource, name) for name in OF_RESOURCE},
        **{name: getattr(service, name) for name in OF_SERVICE},
    )


async def keep_version(viewer: Viewer, service: ServiceItem, resource: Resource, action: str) -> None:
    """Save the version that was reached just now."""
    windows = await TimeWindow.filter(resource_id=resource.id).order_by("id")
    area = await ServiceArea.filter(resource_id=resource.id).order_by("id")
    by = await changed_by(viewer, service.organisation_id, service.path)
    await version_of(service, resource, windows, area, action, by).save(force_create=True)


async def changed_by(viewer: Viewer, organisation_id: int, path: str) -> Label:
    """Return the role and the organisation for which the viewer acts; no name and no number of a person."""
    principal = viewer.principal
    own = [held for held in principal.held if held.organisation_id == organisation_id]
    held = next((each for each in own or principal.held if path.startswith(each.scope)), None)
    role = ROLE_LABELS[held.role] if held else Label("系统", "system")
    if principal.kind is PrincipalKind.ORGANISATION_KEY:
        role = Label("程序密钥", "program")
    organisation = await Organisation.get_or_none(id=organisation_id) if own else None
    if organisation is None:
        return role
    return Label(f"{organisation.name_zh} · {role.zh}", f"{organisation.name_en or organisation.name_zh} · {role.en}")
