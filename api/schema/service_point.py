"""Service points."""

from datetime import date, datetime
from typing import Annotated

import strawberry

from api.commands import service_point as commands
from api.context import Info
from api.models.choices import ServicePointLevel
from api.permissions import Requires
from api.queries.items import ItemOrder
from api.schema import errors
from api.schema.base import Connection, Node, connection, related, value
from api.schema.filters import item_page
from api.schema.inputs import IntervalInput, NearInput, PointInput, TimeWindowInput, given, identifier, row_id
from api.schema.item import TimeWindow
from api.schema.organisation import Organisation
from api.schema.payload import changed
from api.schema.place import Place, Point
from api.schema.service_item import ServiceItem
from api.state_machines.service_point import ServicePointStatus
from auth.permissions import Action, Object

UNSET = strawberry.UNSET
strawberry.enum(ServicePointStatus, description="Whether people find anybody at a service point")
strawberry.enum(ServicePointLevel, description="For how wide a circle a service point is there")


@strawberry.type(description="阵地, 服务站: where people find somebody, at which hours")
class ServicePoint(Node):
    """Service point."""

    name: str = value("Name in the caller's language")
    name_zh: str = value("Chinese name")
    name_en: str | None = value("English name")
    level: ServicePointLevel = value("For how wide a circle it is there")
    place: Place | None = related("Where it is")
    point: Point | None = related("Where it lies on the map")
    organisation: Organisation | None = related("Organisation that keeps it")
    phone: str | None = value("Phone number of the office")
    services: str | None = value("What people come for, in Chinese")
    windows: list[TimeWindow] = related("Opening hours")
    service_items: Connection[ServiceItem] = connection("Service items given there")
    status: ServicePointStatus = value("Whether it is open")
    status_reason: str | None = value("Why it was closed")
    confirmed_on: date | None = value("Day on which somebody last confirmed it")
    created_at: datetime = value("When it was entered")
    updated_at: datetime = value("When it was last changed")
    version: int = value("Version, for optimistic locking")


@strawberry.input(description="Filters of service points; all combine with AND")
class ServicePointFilter:
    """Filter."""

    within: str | None = strawberry.field(default=None, description="Identifier or code of a place: it and all below")
    status: list[ServicePointStatus] | None = strawberry.field(default=None, description="Any of these states")
    owner_organisation: strawberry.ID | None = identifier("Organisation", "Kept by this organisation", default=None)
    available_between: IntervalInput | None = strawberry.field(default=None, description="Open in this interval")
    near: NearInput | None = strawberry.field(default=None, description="Within so many metres of a point")
    changed_since: datetime | None = strawberry.field(default=None, description="Changed at or after this instant")


@strawberry.input(description="A service point to enter")
class ServicePointInput:
    """Service point."""

    name: str = strawberry.field(description="Name in Chinese, at most 100 characters")
    level: ServicePointLevel = strawberry.field(description="For how wide a circle it is there")
    place: strawberry.ID = identifier("Place", "Where it is")
    name_en: str | None = strawberry.field(default=None, description="Name in English")
    point: PointInput | None = strawberry.field(default=None, description="Where it lies on the map")
    organisation: strawberry.ID | None = identifier("Organisation", "Organisation that keeps it", default=None)
    phone: str | None = strawberry.field(default=None, description="Phone number of the office, never a private one")
    services: str | None = strawberry.field(default=None, description="What people come for, in Chinese")
    windows: list[TimeWindowInput] | None = strawberry.field(default=None, description="Opening hours")


@strawberry.input(description="Fields of a service point to change; what is not given stays")
class ServicePointChanges:
    """Changes."""

    name: str | None = strawberry.field(default=UNSET, description="Name in Chinese")
    name_en: str | None = strawberry.field(default=UNSET, description="Name in English")
    level: ServicePointLevel | None = strawberry.field(default=UNSET, description="For how wide a circle it is there")
    point: PointInput | None = strawberry.field(default=UNSET, description="Where it lies on the map")
    organisation: strawberry.ID | None = identifier("Organisation", "Organisation that keeps it", default=UNSET)
    phone: str | None = strawberry.field(default=UNSET, description="Phone number of the office")
    services: str | None = strawberry.field(default=UNSET, description="What people come for, in Chinese")
    windows: list[TimeWindowInput] | None = strawberry.field(default=UNSET, description="All opening hours anew")


ServicePointResult = Annotated[
    ServicePoint
    | errors.NotFoundError
    | errors.ForbiddenError
    | errors.InvalidInputError
    | errors.InvalidTransitionError
    | errors.StaleVersionError,
    strawberry.union("ServicePointResult", description="The service point, or what is to be mended"),
]


@strawberry.type
class ServicePointQuery:
    """Root fields that read service points."""

    @strawberry.field(description="Service points; give `first` or `last`, at most 100")
    async def service_points(
        self,
        info: Info,
        filter: ServicePointFilter | None = None,
        order_by: ItemOrder = ItemOrder.NEWEST,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[ServicePoint]:
        """Return a page of service points."""
        return await item_page(info, "ServicePoint", filter, order_by, (first, after, last, before))


@strawberry.type
class ServicePointMutation:
    """Mutations of service points."""

    @strawberry.mutation(
        description="Enter a service point; needs permission servicePoint:create",
        extensions=[Requires(Object.SERVICE_POINT, Action.CREATE)],
    )
    async def service_point_create(self, info: Info, input: ServicePointInput) -> ServicePointResult:
        """Create."""
        done = await commands.create_service_point(info.context.viewer, given(input))
        return await changed(info, "ServicePoint", done)

    @strawberry.mutation(
        description="Change a service point; needs permission servicePoint:update",
        extensions=[Requires(Object.SERVICE_POINT, Action.UPDATE)],
    )
    async def service_point_update(
        self, info: Info, id: strawberry.ID, changes: ServicePointChanges, expected_version: int
    ) -> ServicePointResult:
        """Update."""
        key = row_id(id, "ServicePoint", ("id",))
        done = await commands.update_service_point(info.context.viewer, key, given(changes), expected_version)
        return await changed(info, "ServicePoint", done)

    @strawberry.mutation(
        description="Close a service point, with the reason; needs permission servicePoint:retire",
        extensions=[Requires(Object.SERVICE_POINT, Action.RETIRE)],
    )
    async def service_point_close(
        self, info: Info, id: strawberry.ID, reason: str, expected_version: int
    ) -> ServicePointResult:
        """Close."""
        key = row_id(id, "ServicePoint", ("id",))
        done = await commands.close_service_point(info.context.viewer, key, reason, expected_version)
        return await changed(info, "ServicePoint", done)

    @strawberry.mutation(
        description="Open a closed service point again; needs permission servicePoint:retire",
        extensions=[Requires(Object.SERVICE_POINT, Action.RETIRE)],
    )
    async def service_point_reopen(self, info: Info, id: strawberry.ID, expected_version: int) -> ServicePointResult:
        """Reopen."""
        key = row_id(id, "ServicePoint", ("id",))
        done = await commands.reopen_service_point(info.context.viewer, key, expected_version)
        return await changed(info, "ServicePoint", done)
