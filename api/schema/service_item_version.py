"""What a service item said in one of its versions."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import strawberry
from strawberry.scalars import JSON

from api.models.choices import PriceClass, Visibility
from api.schema.base import Node, related, value
from api.schema.place import Point
from api.schema.taxonomy import Category
from api.state_machines.service_item import ServiceItemStatus

if TYPE_CHECKING:
    from api.schema.service_point import ServicePoint


@strawberry.type(description="One version of a service item, whole, with who reached it and when")
class ServiceItemVersion(Node):
    """Version."""

    number: int = value("Version number, from 1")
    at: datetime = value("When it was reached")
    by: str = value("Who reached it, as organisation and role; never a person's name")
    action: str = value("What was done, e.g. service_item.update")
    title: str = value("Title in the caller's language")
    title_zh: str = value("Chinese title")
    title_en: str | None = value("English title")
    text: str | None = value("Description in the caller's language")
    text_zh: str | None = value("Chinese description")
    text_en: str | None = value("English description")
    category: Category | None = related("Category")
    quantity: float | None = value("How much; null is unknown")
    unit: str | None = value("Code of the unit of measure")
    price_class: PriceClass | None = value("How it was paid; null is unknown")
    price: float | None = value("Price in yuan a price unit")
    price_unit: str | None = value("What the price was for, e.g. hour")
    standard: str | None = value("Standard of the service")
    standard_source: str | None = value("Where the standard came from")
    service_point: Annotated["ServicePoint", strawberry.lazy("api.schema.service_point")] | None = related(
        "Where it was given, if at a service point"
    )
    response_minutes: int | None = value("Minutes until somebody came or answered")
    at_home: bool | None = value("Whether it came to the home")
    windows: JSON = value("Hours, as startsAt, endsAt and rrule; empty: any time")
    service_area: list[strawberry.ID] = value("Places served; empty: its own place")
    target_groups: list[str] = value("Codes of the groups it was for; empty: everybody")
    point: Point | None = related("Point on the map")
    valid_from: date | None = value("First day")
    valid_to: date | None = value("Last day")
    visibility: Visibility = value("Who might see it")
    status: ServiceItemStatus = value("Whether it could be ordered")
