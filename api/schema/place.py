"""Places."""

from typing import TYPE_CHECKING, Annotated

import strawberry

from api.models.choices import EstateKind, Family, PlaceKind
from api.schema.base import Connection, Node, connection, related, value
from api.schema.taxonomy import PartyKind

if TYPE_CHECKING:
    from api.schema.fallback import FallbackProvider


@strawberry.type(description="A point in WGS 84")
class Point:
    """Point."""

    longitude: float = value("Degrees east")
    latitude: float = value("Degrees north")


@strawberry.type(description="A kind of party that sits at a place's table, under the label used there")
class PartySeat(Node):
    """Seat."""

    kind: PartyKind | None = related("Kind of party")
    family: Family | None = value("Family under which it sits; null for a mixed body")
    label: str = value("Label used there, in the caller's language")
    label_zh: str = value("Chinese label")
    label_en: str = value("English label")
    position: int = value("Order at the table")


@strawberry.type(description="How many are registered at a place and below it, as confirmed by their communities")
class Registered:
    """Counts."""

    organisations: int = strawberry.field(description="Units that are registered, each counted once")
    people: int = strawberry.field(description="People who are registered, each counted once")


@strawberry.type(description="地点: a place in the one tree that carries authority")
class Place(Node):
    """Place."""

    code: str = value("Official division code where there is one, else a code of this deployment")
    official: bool = value("Whether the code is an official division code")
    kind: PlaceKind = value("Kind of place")
    name: str = value("Name in the caller's language")
    name_zh: str = value("Chinese name")
    name_en: str | None = value("English name")
    aliases: list[str] = value("Other names in use")
    path: str = value("Codes from the root down, each followed by a slash")
    parent: Annotated["Place", strawberry.lazy("api.schema.place")] | None = related("Place above")
    community: Annotated["Place", strawberry.lazy("api.schema.place")] | None = related(
        "Nearest community or village at or above"
    )
    children: Connection[Annotated["Place", strawberry.lazy("api.schema.place")]] = connection("Places directly below")
    point: Point | None = related("Where it lies on the map")
    estate_kind: EstateKind | None = value("Sort of estate; null where it does not carry the fact itself")
    share_over_60: float | None = value("Share of residents over 60, 0 to 1")
    has_property_firm: bool | None = value("Whether a property firm works there")
    registered: Registered = related("How many units and people are registered here and below")
    seats: list[PartySeat] = related("Kinds of party at its table; empty: as at the place above")
    fallback_provider: Annotated["FallbackProvider", strawberry.lazy("api.schema.fallback")] | None = related(
        "托底: who steps in here; null where a property firm works, nobody is named, or it is unknown"
    )
    named_fallback: Annotated["FallbackProvider", strawberry.lazy("api.schema.fallback")] | None = related(
        "托底: who is named for this place itself and below, whether or not somebody has to step in here"
    )
    version: int = value("Version, for optimistic locking")
