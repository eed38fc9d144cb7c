"""The resource that a registration owns: what is offered, when and how much."""

from collections.abc import Mapping
from typing import Any

from api.commands import inputs
from api.commands.reference import load_reference
from api.commands.resource import new_offer, offer_children
from api.errors import InvalidInput
from api.models import Registration, Resource
from api.models.choices import ItemKind, ResourceKind, Visibility
from api.plan.viewer import Viewer
from api.state_machines.registration import RegistrationStatus
from api.state_machines.resource import ResourceStatus

# Inputs of a registration that stand in its resource, under the same names.
OFFER = ("category", "windows", "quantity", "unit", "target_groups", "service_area")


def offered(values: Mapping[str, Any]) -> bool:
    """Tell whether the values offer something that can be matched: that needs a category.

    Raises:
        InvalidInput: they say how much or when, and not what.
    """
    if values.get("category") is not None:
        return True
    if any(values.get(name) not in (None, []) for name in OFFER):
        raise InvalidInput("请写明供什么类别", "Say of which category it is", ("category",))
    return False


def visibility_of(row: Registration) -> Visibility:
    """Return who may know of the offer: until the community has confirmed it, only those in charge."""
    if row.status is not RegistrationStatus.ACTIVE:
        return Visibility.ADMINISTRATORS
    # Neighbours may know what is offered; who offers it is another question.
    return Visibility.PUBLIC if row.person_id is None else Visibility.MEMBERS


async def new_resource(viewer: Viewer, row: Registration, values: Mapping[str, Any]) -> Resource:
    """Write the resource of a registration; it rests until the registration is confirmed.

    Raises:
        InvalidInput, NotFound: with the place of the fault.
    """
    if inputs.text(values.get("offer"), ("offer",), 200) is None:
        raise inputs.missing(("offer",))
    owner = {"person": row.person_id} if row.person_id is not None else {"organisation": row.organisation_id}
    given = {
        **{name: values[name] for name in OFFER if name in values},
        "title": values["offer"],
        "place": row.place_id,
        "owner": owner,
        "visibility": visibility_of(row),
    }
    reference = await load_reference(ItemKind.RESOURCE, [given])
    resource = await new_offer(viewer, given, reference, ResourceKind.REGISTRATION)
    children = await offer_children(viewer, given, resource.id, reference)
    if row.status is not RegistrationStatus.ACTIVE:
        resource.status = ResourceStatus.PAUSED
    await resource.save(force_create=True)
    for child in children:
        await child.save(force_create=True)
    return resource
