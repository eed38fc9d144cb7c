"""Resources."""

from datetime import date
from typing import TYPE_CHECKING, Annotated

import strawberry

from api.commands import resource as commands
from api.context import Info
from api.models.choices import PriceClass, ResourceKind, Visibility
from api.permissions import Requires
from api.queries.items import SearchOrder
from api.schema import errors
from api.schema.base import Connection, Node, related, value
from api.schema.filters import ItemFilterInput, item_page
from api.schema.inputs import (
    ExternalIdInput,
    OwnerInput,
    PointInput,
    TimeWindowInput,
    given,
    identifier,
    row_id,
)
from api.schema.item import Item
from api.schema.payload import changed
from api.schema.place import Place
from api.state_machines.resource import ResourceStatus
from auth.permissions import Action, Object

if TYPE_CHECKING:
    from api.schema.service_item import ServiceItem

UNSET = strawberry.UNSET


@strawberry.type(description="A place that a resource serves, with all below it")
class ServiceArea(Node):
    """Service area."""

    place: Place | None = related("Place served")


@strawberry.type(description="资源: something that people or organisations of a community offer")
class Resource(Item):
    """Resource."""

    kind: ResourceKind = value("Plain resource, or the one behind a service item")
    status: ResourceStatus = value("Whether it can be used now")
    quantity: float | None = value("How much; null is unknown")
    unit: str | None = value("Code of the unit of measure")
    price_class: PriceClass | None = value("How it is paid; null is unknown")
    price: float | None = value("Price in yuan a price unit")
    price_unit: str | None = value("What the price is for, e.g. hour")
    response_minutes: int | None = value("Minutes until somebody comes or answers")
    at_home: bool | None = value("Whether it comes to the home")
    service_area: list[ServiceArea] = related("Places served; empty: its own place")
    service_item: Annotated["ServiceItem", strawberry.lazy("api.schema.service_item")] | None = related(
        "Service item that owns it"
    )


@strawberry.input(description="Filters of resources; all combine with AND")
class ResourceFilter(ItemFilterInput):
    """Filter."""

    status: list[ResourceStatus] | None = strawberry.field(default=None, description="Any of these states")
    serves: str | None = strawberry.field(default=None, description="Identifier or code of a place that it serves")


@strawberry.input(description="A resource to offer")
class ResourceInput:
    """Resource."""

    title: str = strawberry.field(description="Title in Chinese, at most 200 characters")
    category: str = strawberry.field(description="Category code")
    place: strawberry.ID = identifier("Place", "Where it is")
    owner: OwnerInput = strawberry.field(description="Who offers it")
    title_en: str | None = strawberry.field(default=None, description="Title in English")
    text: str | None = strawberry.field(default=None, description="Description in Chinese")
    text_en: str | None = strawberry.field(default=None, description="Description in English")
    quantity: float | None = strawberry.field(default=None, description="How much; null is unknown")
    unit: str | None = strawberry.field(default=None, description="Code of the unit of measure")
    service_area: list[strawberry.ID] | None = identifier("Place", "Places served; none: its own place", default=None)
    windows: list[TimeWindowInput] | None = strawberry.field(default=None, description="When")
    point: PointInput | None = strawberry.field(default=None, description="Where on the map")
    target_groups: list[str] | None = strawberry.field(default=None, description="Codes of the groups it is for")
    price_class: PriceClass | None = strawberry.field(default=None, description="How it is paid")
    price: float | None = strawberry.field(default=None, description="Yuan a price unit")
    price_unit: str | None = strawberry.field(default=None, description="What the price is for")
    response_minutes: int | None = strawberry.field(default=None, description="Minutes until somebody comes")
    at_home: bool | None = strawberry.field(default=None, description="Whether it comes to the home")
    valid_from: date | None = strawberry.field(default=None, description="First day")
    valid_to: date | None = strawberry.field(default=None, description="Last day")
    visibility: Visibility = strawberry.field(default=Visibility.PUBLIC, description="Who may see it")
    external_ids: list[ExternalIdInput] | None = strawberry.field(default=None, description="Numbers elsewhere")


@strawberry.input(description="Fields of a resource to change; what is not given stays")
class ResourceChanges:
    """Changes."""

    title: str | None = strawberry.field(default=UNSET, description="Title in Chinese")
    title_en: str | None = strawberry.field(default=UNSET, description="Title in English")
    text: str | None = strawberry.field(default=UNSET, description="Description in Chinese")
    text_en: str | None = strawberry.field(default=UNSET, description="Description in English")
    category: str | None = strawberry.field(default=UNSET, description="Category code")
    place: strawberry.ID | None = identifier("Place", "Where it is", default=UNSET)
    quantity: float | None = strawberry.field(default=UNSET, description="How much; null is unknown")
    unit: str | None = strawberry.field(default=UNSET, description="Code of the unit of measure")
    service_area: list[strawberry.ID] | None = identifier("Place", "All places served anew", default=UNSET)
    windows: list[TimeWindowInput] | None = strawberry.field(default=UNSET, description="All windows anew")
    point: PointInput | None = strawberry.field(default=UNSET, description="Where on the map")
    target_groups: list[str] | None = strawberry.field(default=UNSET, description="All groups anew")
    price_class: PriceClass | None = strawberry.field(default=UNSET, description="How it is paid")
    price: float | None = strawberry.field(default=UNSET, description="Yuan a price unit")
    price_unit: str | None = strawberry.field(default=UNSET, description="What the price is for")
    response_minutes: int | None = strawberry.field(default=UNSET, description="Minutes until somebody comes")
    at_home: bool | None = strawberry.field(default=UNSET, description="Whether it comes to the home")
    valid_from: date | None = strawberry.field(default=UNSET, description="First day")
    valid_to: date | None = strawberry.field(default=UNSET, description="Last day")
    visibility: Visibility | None = strawberry.field(default=UNSET, description="Who may see it")
    external_ids: list[ExternalIdInput] | None = strawberry.field(default=UNSET, description="All numbers anew")


ResourceResult = Annotated[
    Resource
    | errors.NotFoundError
    | errors.ForbiddenError
    | errors.InvalidInputError
    | errors.InvalidTransitionError
    | errors.StaleVersionError,
    strawberry.union("ResourceResult", description="The resource, or what is to be mended"),
]


@strawberry.type
class ResourceQuery:
    """Root fields that read resources."""

    @strawberry.field(description="Resources that the viewer may see; give `first` or `last`, at most 100")
    async def resources(
        self,
        info: Info,
        filter: ResourceFilter | None = None,
        order_by: SearchOrder = SearchOrder.NEWEST,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[Resource]:
        """Return a page of resources."""
        return await item_page(info, "Resource", filter, order_by, (first, after, last, before))


@strawberry.type
class ResourceMutation:
    """Mutations of resources."""

    @strawberry.mutation(
        description="Offer a resource; needs permission resource:create",
        extensions=[Requires(Object.RESOURCE, Action.CREATE)],
    )
    async def resource_offer(self, info: Info, input: ResourceInput) -> ResourceResult:
        """Offer."""
        return await changed(info, "Resource", await commands.offer_resource(info.context.viewer, given(input)))

    @strawberry.mutation(
        description="Change a resource; needs permission resource:update",
        extensions=[Requires(Object.RESOURCE, Action.UPDATE)],
    )
    async def resource_update(
        self,
        info: Info,
        id: strawberry.ID,
        changes: ResourceChanges,
        expected_version: int,
    ) -> ResourceResult:
        """Update."""
        key = row_id(id, "Resource", ("id",))
        done = await commands.update_resource(info.context.viewer, key, given(changes), expected_version)
        return await changed(info, "Resource", done)

    @strawberry.mutation(
        description="Withdraw a resource with a reason; needs permission resource:withdraw",
        extensions=[Requires(Object.RESOURCE, Action.WITHDRAW)],
    )
    async def resource_withdraw(
        self,
        info: Info,
        id: strawberry.ID,
        reason: str,
        expected_version: int,
    ) -> ResourceResult:
        """Withdraw."""
        key = row_id(id, "Resource", ("id",))
        done = await commands.move_resource(
            info.context.viewer, key, ResourceStatus.WITHDRAWN, expected_version, reason=reason
        )
        return await changed(info, "Resource", done)

    @strawberry.mutation(
        description="Pause, resume or mark a resource as used up; needs permission resource:update",
        extensions=[Requires(Object.RESOURCE, Action.UPDATE)],
    )
    async def resource_advance(
        self,
        info: Info,
        id: strawberry.ID,
        to: ResourceStatus,
        expected_version: int,
    ) -> ResourceResult:
        """Move."""
        key = row_id(id, "Resource", ("id",))
        done = await commands.move_resource(info.context.viewer, key, to, expected_version)
        return await changed(info, "Resource", done)
