"""Service items."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from api.commands import service_item as commands
from api.context import Info
from api.models.choices import PriceClass, Visibility
from api.permissions import Requires
from api.queries.items import ItemOrder
from api.schema import errors
from api.schema.base import Connection, Node, connection, related, value
from api.schema.filters import ItemFilterInput, item_page
from api.schema.inputs import PointInput, TimeWindowInput, given, identifier, row_id
from api.schema.item import HistoryEntry
from api.schema.organisation import Organisation
from api.schema.payload import changed
from api.schema.resource import Resource
from api.state_machines.service_item import ServiceItemStatus
from auth.permissions import Action, Object

if TYPE_CHECKING:
    from api.schema.service_point import ServicePoint

UNSET = strawberry.UNSET


@strawberry.type(description="服务事项: what an organisation does for people, as it keeps it current")
class ServiceItem(Node):
    """Service item."""

    resource: Resource | None = related("Title, category, area, hours and price, as the resource that is matched")
    organisation: Organisation | None = related("Organisation that provides it")
    service_point: Annotated["ServicePoint", strawberry.lazy("api.schema.service_point")] | None = related(
        "Where it is given, if at a service point"
    )
    standard: str | None = value("Standard of the service")
    standard_source: str | None = value("Where the standard comes from")
    status: ServiceItemStatus = value("Whether it can be ordered")
    visibility: Visibility = value("Who may see it")
    history: Connection[HistoryEntry] = connection("Changes, newest first")
    created_at: datetime = value("When it was entered")
    updated_at: datetime = value("When it was last changed")
    version: int = value("Version, for optimistic locking")


@strawberry.input(description="Filters of service items; all combine with AND")
class ServiceItemFilter(ItemFilterInput):
    """Filter."""

    status: list[ServiceItemStatus] | None = strawberry.field(default=None, description="Any of these states")
    serves: str | None = strawberry.field(default=None, description="Identifier or code of a place that it serves")


@strawberry.input(description="A service item to list")
class ServiceItemInput:
    """Service item."""

    organisation: strawberry.ID = identifier("Organisation", "Organisation that provides it")
    title: str = strawberry.field(description="Title in Chinese, at most 200 characters")
    category: str = strawberry.field(description="Category code")
    place: strawberry.ID = identifier("Place", "Where it is provided")
    title_en: str | None = strawberry.field(default=None, description="Title in English")
    text: str | None = strawberry.field(default=None, description="Description in Chinese")
    text_en: str | None = strawberry.field(default=None, description="Description in English")
    price_class: PriceClass | None = strawberry.field(default=None, description="How it is paid")
    price: float | None = strawberry.field(default=None, description="Yuan a price unit")
    price_unit: str | None = strawberry.field(default=None, description="What the price is for")
    response_minutes: int | None = strawberry.field(default=None, description="Minutes until somebody comes")
    at_home: bool | None = strawberry.field(default=None, description="Whether it comes to the home")
    standard: str | None = strawberry.field(default=None, description="Standard of the service")
    standard_source: str | None = strawberry.field(default=None, description="Where the standard comes from")
    service_point: strawberry.ID | None = identifier("ServicePoint", "Where it is given", default=None)
    quantity: float | None = strawberry.field(default=None, description="How much; null is unknown")
    unit: str | None = strawberry.field(default=None, description="Code of the unit of measure")
    service_area: list[strawberry.ID] | None = identifier("Place", "Places served; none: its own place", default=None)
    windows: list[TimeWindowInput] | None = strawberry.field(default=None, description="Hours")
    point: PointInput | None = strawberry.field(default=None, description="Where on the map")
    target_groups: list[str] | None = strawberry.field(default=None, description="Codes of the groups it is for")
    valid_from: date | None = strawberry.field(default=None, description="First day")
    valid_to: date | None = strawberry.field(default=None, description="Last day")
    visibility: Visibility = strawberry.field(default=Visibility.PUBLIC, description="Who may see it")


@strawberry.input(description="Fields of a service item to change; what is not given stays")
class ServiceItemChanges:
    """Changes."""

    title: str | None = strawberry.field(default=UNSET, description="Title in Chinese")
    title_en: str | None = strawberry.field(default=UNSET, description="Title in English")
    text: str | None = strawberry.field(default=UNSET, description="Description in Chinese")
    text_en: str | None = strawberry.field(default=UNSET, description="Description in English")
    category: str | None = strawberry.field(default=UNSET, description="Category code")
    price_class: PriceClass | None = strawberry.field(default=UNSET, description="How it is paid")
    price: float | None = strawberry.field(default=UNSET, description="Yuan a price unit")
    price_unit: str | None = strawberry.field(default=UNSET, description="What the price is for")
    response_minutes: int | None = strawberry.field(default=UNSET, description="Minutes until somebody comes")
    at_home: bool | None = strawberry.field(default=UNSET, description="Whether it comes to the home")
    standard: str | None = strawberry.field(default=UNSET, description="Standard of the service")
    standard_source: str | None = strawberry.field(default=UNSET, description="Where the standard comes from")
    service_point: strawberry.ID | None = identifier("ServicePoint", "Where it is given", default=UNSET)
    quantity: float | None = strawberry.field(default=UNSET, description="How much; null is unknown")
    unit: str | None = strawberry.field(default=UNSET, description="Code of the unit of measure")
    service_area: list[strawberry.ID] | None = identifier("Place", "All places served anew", default=UNSET)
    windows: list[TimeWindowInput] | None = strawberry.field(default=UNSET, description="All hours anew")
    point: PointInput | None = strawberry.field(default=UNSET, description="Where on the map")
    target_groups: list[str] | None = strawberry.field(default=UNSET, description="All groups anew")
    valid_from: date | None = strawberry.field(default=UNSET, description="First day")
    valid_to: date | None = strawberry.field(default=UNSET, description="Last day")
    visibility: Visibility | None = strawberry.field(default=UNSET, description="Who may see it")


ServiceItemResult = Annotated[
    ServiceItem
    | errors.NotFoundError
    | errors.ForbiddenError
    | errors.InvalidInputError
    | errors.InvalidTransitionError
    | errors.StaleVersionError,
    strawberry.union("ServiceItemResult", description="The service item, or what is to be mended"),
]


@strawberry.type
class ServiceItemQuery:
    """Root fields that read service items."""

    @strawberry.field(description="Service items that the viewer may see; give `first` or `last`, at most 100")
    async def service_items(
        self,
        info: Info,
        filter: ServiceItemFilter | None = None,
        order_by: ItemOrder = ItemOrder.NEWEST,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[ServiceItem]:
        """Return a page of service items."""
        return await item_page(info, "ServiceItem", filter, order_by, (first, after, last, before))


@strawberry.type
class ServiceItemMutation:
    """Mutations of service items."""

    @strawberry.mutation(
        description="List a service item; needs permission serviceItem:create",
        extensions=[Requires(Object.SERVICE_ITEM, Action.CREATE)],
    )
    async def service_item_create(self, info: Info, input: ServiceItemInput) -> ServiceItemResult:
        """Create."""
        done = await commands.create_service_item(info.context.viewer, given(input))
        return await changed(info, "ServiceItem", done)

    @strawberry.mutation(
        description="Change a service item of the own organisation; needs permission serviceItem:update",
        extensions=[Requires(Object.SERVICE_ITEM, Action.UPDATE)],
    )
    async def service_item_update(
        self,
        info: Info,
        id: strawberry.ID,
        changes: ServiceItemChanges,
        expected_version: int,
    ) -> ServiceItemResult:
        """Update."""
        key = row_id(id, "ServiceItem", ("id",))
        done = await commands.update_service_item(info.context.viewer, key, given(changes), expected_version)
        return await changed(info, "ServiceItem", done)

    @strawberry.mutation(
        description="Pause a service item; needs permission serviceItem:pause",
        extensions=[Requires(Object.SERVICE_ITEM, Action.PAUSE)],
    )
    async def service_item_pause(
        self,
        info: Info,
        id: strawberry.ID,
        expected_version: int,
    ) -> ServiceItemResult:
        """Pause."""
        key = row_id(id, "ServiceItem", ("id",))
        done = await commands.pause_service_item(info.context.viewer, key, expected_version)
        return await changed(info, "ServiceItem", done)

    @strawberry.mutation(
        description="Resume a paused service item; needs permission serviceItem:resume",
        extensions=[Requires(Object.SERVICE_ITEM, Action.RESUME)],
    )
    async def service_item_resume(
        self,
        info: Info,
        id: strawberry.ID,
        expected_version: int,
    ) -> ServiceItemResult:
        """Resume."""
        key = row_id(id, "ServiceItem", ("id",))
        done = await commands.resume_service_item(info.context.viewer, key, expected_version)
        return await changed(info, "ServiceItem", done)

    @strawberry.mutation(
        description="Retire a service item for good; needs permission serviceItem:retire",
        extensions=[Requires(Object.SERVICE_ITEM, Action.RETIRE)],
    )
    async def service_item_retire(
        self,
        info: Info,
        id: strawberry.ID,
        expected_version: int,
    ) -> ServiceItemResult:
        """Retire."""
        key = row_id(id, "ServiceItem", ("id",))
        done = await commands.retire_service_item(info.context.viewer, key, expected_version)
        return await changed(info, "ServiceItem", done)
