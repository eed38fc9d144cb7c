"""Service items."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from api.commands import service_item as commands
from api.context import Info
from api.models.choices import PriceClass, Visibility
from api.permissions import Requires
from api.queries.items import SearchOrder
from api.schema import errors
from api.schema.base import Connection, Node, connection, loaded, related, value
from api.schema.filters import item_page
from api.schema.inputs import given, row_id
from api.schema.item import HistoryEntry
from api.schema.organisation import Organisation
from api.schema.payload import changed
from api.schema.place import Place
from api.schema.resource import Resource
from api.schema.service_item_inputs import ServiceItemChanges, ServiceItemFilter, ServiceItemInput
from api.schema.service_item_version import ServiceItemVersion
from api.schema.service_rating import Rating, ServiceRating
from api.schema.taxonomy import Category
from api.state_machines.service_item import ServiceItemStatus
from auth.permissions import Action, Object

if TYPE_CHECKING:
    from api.schema.service_point import ServicePoint


@strawberry.type(description="服务事项: what an organisation does for people, as it keeps it current")
class ServiceItem(Node):
    """Service item."""

    resource: Resource | None = related("Whole offer with area, hours and matches, as the resource that is matched")
    title: str = value("Title in the caller's language")
    title_zh: str = value("Chinese title")
    title_en: str | None = value("English title")
    text: str | None = value("Description in the caller's language")
    text_zh: str | None = value("Chinese description")
    text_en: str | None = value("English description")
    category: Category | None = related("Category")
    place: Place | None = related("Where it is provided")
    price_class: PriceClass | None = value("How it is paid; null is unknown")
    price: float | None = value("Price in yuan a price unit")
    price_unit: str | None = value("What the price is for, e.g. hour")
    response_minutes: int | None = value("Minutes until somebody comes or answers")
    at_home: bool | None = value("Whether it comes to the home")
    valid_from: date | None = value("First day")
    valid_to: date | None = value("Last day")
    organisation: Organisation | None = related("Organisation that provides it")
    service_point: Annotated["ServicePoint", strawberry.lazy("api.schema.service_point")] | None = related(
        "Where it is given, if at a service point"
    )
    standard: str | None = value("Standard of the service")
    standard_source: str | None = value("Where the standard comes from")
    status: ServiceItemStatus = value("Whether it can be ordered")
    visibility: Visibility = value("Who may see it")
    history: Connection[HistoryEntry] = connection("Changes, newest first")
    rating: Rating = related("What all ratings come to")
    ratings: Connection[ServiceRating] = connection("Ratings, newest first, without who rated")
    versions: Connection[ServiceItemVersion] = connection("Each version whole, newest first; needs history:read")

    @strawberry.field(description="One version, whole; null when there is none, or without history:read")
    def at_version(self, info: Info, number: int) -> ServiceItemVersion | None:
        """Return what the reader brought."""
        return loaded(self, info)

    created_at: datetime = value("When it was entered")
    updated_at: datetime = value("When it was last changed")
    version: int = value("Version, for optimistic locking")


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
        order_by: SearchOrder = SearchOrder.NEWEST,
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
