"""Input types shared by concepts, and how inputs become the values that commands take."""

import dataclasses
from datetime import UTC, datetime
from typing import Any

import strawberry

from api import clock
from api.errors import InvalidInput
from api.models.choices import LineKind
from api.plan.geography import Crs
from api.plan.global_id import row_id as row_id

strawberry.enum(
    Crs,
    description="Coordinate reference system: WGS84 (stored) or GCJ02 (Chinese maps, converted)",
)
ID_OF = "id_of"
EARLIEST, LATEST = 1900, 2200


def identifier(name: str, description: str, **options: Any) -> Any:
    """Declare an input field that holds the global identifier of a `name`."""
    return strawberry.field(description=description, metadata={ID_OF: name}, **options)


def given(data: Any, path: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return the fields of an input that the caller sent, by Python name; identifiers become row keys."""
    values: dict[str, Any] = {}
    for declared in dataclasses.fields(data):
        value = getattr(data, declared.name)
        if value is strawberry.UNSET:
            continue
        here = (*path, _graphql_name(declared.name))
        values[declared.name] = _plain(value, here, _id_of(declared))
    return values


def _id_of(declared: Any) -> str | None:
    metadata = getattr(declared, "metadata", None) or {}
    return metadata.get(ID_OF)


def _plain(value: Any, path: tuple[str, ...], id_of: str | None) -> Any:
    if value is None:
        return None
    if isinstance(value, list):
        return [_plain(item, (*path, str(index)), id_of) for index, item in enumerate(value)]
    if id_of is not None:
        return row_id(value, id_of, path)
    if dataclasses.is_dataclass(value):
        return given(value, path)
    if isinstance(value, datetime):
        return instant(value, path)
    return value


def instant(moment: datetime, path: tuple[str, ...]) -> datetime:
    """Return the instant in UTC; without a zone it is meant in local time (Asia/Shanghai).

    Raises:
        InvalidInput: it lies so far away that no other zone could write it.
    """
    if not EARLIEST <= moment.year <= LATEST:
        raise InvalidInput(f"年份须在 {EARLIEST} 到 {LATEST} 之间", f"The year must be {EARLIEST} to {LATEST}", path)
    return (moment if moment.tzinfo else moment.replace(tzinfo=clock.LOCAL_ZONE)).astimezone(UTC)


def _graphql_name(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


@strawberry.input(description="A point on the map")
class PointInput:
    """Longitude and latitude."""

    longitude: float = strawberry.field(description="Degrees east")
    latitude: float = strawberry.field(description="Degrees north")
    crs: Crs = strawberry.field(default=Crs.WGS84, description="Reference system of the two numbers")


@strawberry.input(description="When something is wanted or offered")
class TimeWindowInput:
    """A window, perhaps recurring."""

    starts_at: datetime = strawberry.field(description="Start of the first window; without a zone in local time")
    ends_at: datetime = strawberry.field(description="End of the first window")
    rrule: str | None = strawberry.field(
        default=None, description="Recurrence after RFC 5545, e.g. FREQ=WEEKLY;BYDAY=TU"
    )


@strawberry.input(description="One thing that a need or project asks for")
class RequirementLineInput:
    """A requirement line."""

    kind: LineKind | None = strawberry.field(default=None, description="What sort of thing")
    category: str | None = strawberry.field(default=None, description="Category code; without it the item's")
    quantity: float | None = strawberry.field(default=None, description="How much; null is unknown")
    unit: str | None = strawberry.field(default=None, description="Code of the unit of measure")
    note: str | None = strawberry.field(default=None, description="What else matters, e.g. a specification")
    skills: list[str] | None = strawberry.field(default=None, description="Skills or certificates needed, in words")


@strawberry.input(description="Exactly one of organisation, person and household")
class OwnerInput:
    """Who offers or asks."""

    organisation: strawberry.ID | None = identifier("Organisation", "Owning organisation", default=strawberry.UNSET)
    person: strawberry.ID | None = identifier("Person", "Owning person", default=strawberry.UNSET)
    household: strawberry.ID | None = identifier("Household", "Owning household", default=strawberry.UNSET)


@strawberry.input(description="Who is asked to act")
class AssigneeInput:
    """An organisation, a person, or both."""

    organisation: strawberry.ID | None = identifier("Organisation", "Organisation that acts", default=None)
    person: strawberry.ID | None = identifier("Person", "Person who acts", default=None)


@strawberry.input(description="Identifier in another system")
class ExternalIdInput:
    """System and value."""

    system: str = strawberry.field(description="Name of the other system, e.g. 12345")
    value: str = strawberry.field(description="Identifier there")


@strawberry.input(description="From (included) to (excluded)")
class IntervalInput:
    """Two instants."""

    start: datetime = strawberry.field(name="from", description="Start; without a zone in local time")
    end: datetime = strawberry.field(name="to", description="End")


@strawberry.input(
    description="All within so many metres of a point; an item of a household is measured from its estate"
)
class NearInput:
    """A circle."""

    longitude: float = strawberry.field(description="Degrees east")
    latitude: float = strawberry.field(description="Degrees north")
    metres: float = strawberry.field(description="Radius, 1 to 200,000 metres")
    crs: Crs = strawberry.field(default=Crs.WGS84, description="Reference system of the centre")
