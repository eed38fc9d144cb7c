"""How columns are named and shown to people: as the fields of the GraphQL contract."""

from collections.abc import Callable, Mapping
from typing import Any

Show = Callable[[Any], Any]


def plain(value: Any) -> Any:
    """Return a value as JSON can carry it."""
    return value.isoformat() if hasattr(value, "isoformat") else value


def _yuan(value: Any) -> Any:
    return None if value is None else value / 100


def _row(name: str) -> Show:
    # The global identifier: as a number, it would lose digits in JavaScript.
    return lambda value: None if value is None else f"{name}:{value}"


NAMED: Mapping[str, tuple[str, Show]] = {
    "title_zh": ("title", plain),
    "text_zh": ("text", plain),
    "name_zh": ("name", plain),
    "standard_zh": ("standard", plain),
    "estimated_cost_fen": ("estimatedCost", _yuan),
    "estimated_effort_hours": ("estimatedEffort", plain),
    "price_fen": ("price", _yuan),
    "place_id": ("place", _row("Place")),
    "lead_person_id": ("lead", _row("Person")),
    "organisation_id": ("organisation", _row("Organisation")),
    "service_point_id": ("servicePoint", _row("ServicePoint")),
    "offer_zh": ("offer", plain),
    "services_zh": ("services", plain),
    "concerns_id": ("concerns", _row("Organisation")),
    "committee_id": ("committee", _row("Organisation")),
    "unit_id": ("unit", _row("Organisation")),
    "kind_id": ("kind", _row("PartyKind")),
    "owner_person_id": ("ownerPerson", _row("Person")),
    "owner_household_id": ("ownerHousehold", _row("Household")),
    "owner_organisation_id": ("ownerOrganisation", _row("Organisation")),
    "invitation_id": ("invitation", _row("CollectionInvitation")),
    "entered_by_id": ("enteredBy", _row("Person")),
    "assigned_person_id": ("assignedPerson", _row("Person")),
    "assigned_organisation_id": ("assignedOrganisation", _row("Organisation")),
}
# Derived from place and owner: whoever reads a conflict has seen the cause already.
DERIVED = frozenset({"path", "public_path", "public_place_id", "community_id", "family", "within", "live_key"})


def camel(name: str) -> str:
    """Return the GraphQL name of a snake_case name."""
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def differences(row: Any, columns: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Return, by GraphQL field, the stored and the new value of each column that differs."""
    found: dict[str, tuple[Any, Any]] = {}
    for column, new in columns.items():
        name, show = NAMED.get(column, (camel(column), plain))
        stored = getattr(row, column)
        if column not in DERIVED and plain(stored) != plain(new):
            found[name] = (show(stored), show(new))
    return found
