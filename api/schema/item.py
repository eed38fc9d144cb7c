"""What resources, needs and projects share in the schema."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import strawberry
from strawberry.scalars import JSON

from api.models.choices import Family, LineKind, Source, Visibility
from api.schema.base import Connection, Node, connection, related, value
from api.schema.organisation import Organisation
from api.schema.person import Household, Person
from api.schema.place import Place, Point
from api.schema.taxonomy import Category

if TYPE_CHECKING:
    from api.schema.match import Match

Matches = Connection[Annotated["Match", strawberry.lazy("api.schema.match")]]


@strawberry.type(description="When something is wanted, offered or open")
class TimeWindow(Node):
    """Window."""

    starts_at: datetime = value("Start of the first window")
    ends_at: datetime = value("End of the first window")
    rrule: str | None = value("Recurrence after RFC 5545, in Asia/Shanghai")


@strawberry.type(description="Identifier in another system")
class ExternalId(Node):
    """External id."""

    system: str = value("Name of the other system")
    value: str = strawberry.field(description="Identifier there")


@strawberry.type(description="One change of an item")
class HistoryEntry(Node):
    """History."""

    version: int = value("Version that was reached")
    at: datetime = value("When")
    actor: str = value("Who, as role and organisation or an opaque person number")
    action: str = value("What was done, e.g. need.submit")
    changes: JSON = value("Each field's former and new value")


@strawberry.type(description="One thing that a need or project asks for; matched by itself")
class RequirementLine(Node):
    """Requirement line."""

    position: int = value("Order within the item, from 0")
    kind: LineKind | None = value("What sort of thing")
    category: Category | None = related("Category")
    quantity: float | None = value("How much; null is unknown")
    unit: str | None = value("Code of the unit of measure")
    note: str | None = value("What else matters")
    skills: list[str] = value("What whoever does it must be able to do, in words")
    claimed: float = value("How much claims hold of it")
    left: float | None = value("How much can still be claimed; 0 when it is claimed whole, null when it is unknown")
    matches: Matches = connection("Resources that fit, best first")


@strawberry.interface(description="What every item of the three lists has")
class Item(Node):
    """Item."""

    title: str = value("Title in the caller's language")
    title_zh: str = value("Chinese title")
    title_en: str | None = value("English title")
    text: str | None = value("Description in the caller's language")
    text_zh: str | None = value("Chinese description")
    text_en: str | None = value("English description")
    category: Category | None = related("Category")
    place: Place | None = related("Where it is; a household's item shows no finer place than its estate to others")
    community: Place | None = related("Community or village it belongs to")
    point: Point | None = related("Point on the map, the estate's for a household's item")
    target_groups: list[str] = value("Codes of the groups it is for; empty: everybody")
    valid_from: date | None = value("First day")
    valid_to: date | None = value("Last day")
    visibility: Visibility = value("Who may see it")
    owner_organisation: Organisation | None = related("Organisation that owns it")
    owner_person: Person | None = related("Person who owns it")
    owner_household: Household | None = related("Household that owns it")
    family: Family | None = value("Family of the owner")
    source: Source = value("How it came in")
    windows: list[TimeWindow] = related("When it is wanted or offered; empty: any time")
    external_ids: list[ExternalId] = related("Identifiers in other systems")
    matches: Matches = connection("Suggestions of the rules engine, best first")
    history: Connection[HistoryEntry] = connection("Changes, newest first")
    published_at: datetime = value("When it was published")
    created_at: datetime = value("When it was entered")
    updated_at: datetime = value("When it was last changed")
    version: int = value("Version, for optimistic locking")
