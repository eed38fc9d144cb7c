"""Inputs of service items."""

from datetime import date

import strawberry

from api.models.choices import PriceClass, Visibility
from api.schema.filters import ItemFilterInput
from api.schema.inputs import PointInput, TimeWindowInput, identifier
from api.state_machines.service_item import ServiceItemStatus

UNSET = strawberry.UNSET


@strawberry.input(description="Filters of service items; all combine with AND")
class ServiceItemFilter(ItemFilterInput):
    """Filter."""

    status: list[ServiceItemStatus] | None = strawberry.field(default=None, description="Any of these states")
    serves: str | None = strawberry.field(default=None, description="Identifier or code of a place that it serves")
    price_class: list[PriceClass] | None = strawberry.field(default=None, description="Paid in any of these ways")
    at_home: bool | None = strawberry.field(default=None, description="Whether it comes to the home")


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
    service_point: strawberry.ID | None = identifier("ServicePoint", "Where it is given", default=None)
    price_class: PriceClass | None = strawberry.field(default=None, description="How it is paid")
    price: float | None = strawberry.field(default=None, description="Yuan a price unit")
    price_unit: str | None = strawberry.field(default=None, description="What the price is for")
    response_minutes: int | None = strawberry.field(default=None, description="Minutes until somebody comes")
    at_home: bool | None = strawberry.field(default=None, description="Whether it comes to the home")
    standard: str | None = strawberry.field(default=None, description="Standard of the service")
    standard_source: str | None = strawberry.field(default=None, description="Where the standard comes from")
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
    service_point: strawberry.ID | None = identifier("ServicePoint", "Where it is given", default=UNSET)
    price_class: PriceClass | None = strawberry.field(default=UNSET, description="How it is paid")
    price: float | None = strawberry.field(default=UNSET, description="Yuan a price unit")
    price_unit: str | None = strawberry.field(default=UNSET, description="What the price is for")
    response_minutes: int | None = strawberry.field(default=UNSET, description="Minutes until somebody comes")
    at_home: bool | None = strawberry.field(default=UNSET, description="Whether it comes to the home")
    standard: str | None = strawberry.field(default=UNSET, description="Standard of the service")
    standard_source: str | None = strawberry.field(default=UNSET, description="Where the standard comes from")
    quantity: float | None = strawberry.field(default=UNSET, description="How much; null is unknown")
    unit: str | None = strawberry.field(default=UNSET, description="Code of the unit of measure")
    service_area: list[strawberry.ID] | None = identifier("Place", "All places served anew", default=UNSET)
    windows: list[TimeWindowInput] | None = strawberry.field(default=UNSET, description="All hours anew")
    point: PointInput | None = strawberry.field(default=UNSET, description="Where on the map")
    target_groups: list[str] | None = strawberry.field(default=UNSET, description="All groups anew")
    valid_from: date | None = strawberry.field(default=UNSET, description="First day")
    valid_to: date | None = strawberry.field(default=UNSET, description="Last day")
    visibility: Visibility | None = strawberry.field(default=UNSET, description="Who may see it")
