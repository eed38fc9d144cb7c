"""Places, people, organisations and who stands ready: who sees them, and what their fields tell."""

from typing import Any

from tests.api.naive.policy import Facts
from tests.api.naive.view import (
    Field,
    Kind,
    Row,
    Thing,
    View,
    allowed,
    by_position,
    column,
    columns,
    pages,
    several,
    text,
    to,
)

STAMPS = columns("version createdAt updatedAt")


def masked_name(value: str | None) -> str | None:
    """Show the first letter, and a star for each of the others."""
    return value and value[0] + "*" * max(1, len(value) - 1)


def masked_phone(value: str | None) -> str | None:
    """Show the first three and the last four of a long number."""
    return value and f"{value[:3]}****{value[-4:]}"


def point(view: View, row: Row, asked: Any) -> Row | None:
    where = {"longitude": row["longitude"], "latitude": row["latitude"]}
    return None if where["longitude"] is None and where["latitude"] is None else where


def contact(owner: str) -> Kind:
    return Kind(
        "Contact", {
            "name": lambda view, row, asked: masked_name(row["name"]),
            "phone": lambda view, row, asked: masked_phone(row["phone"]),
            "address": lambda view, row, asked: row["address"] and "***",
        }, parents=((owner, f"{owner.lower()}_id"),), among=lambda row: row[f"{owner.lower()}_id"] is not None,
    )  # fmt: skip


def contact_of(owner: str) -> Field:
    def read(view: View, row: Row, asked: Any) -> Thing | None:
        found = view.all(f"Contact:{owner}", lambda other: bool(other[f"{owner.lower()}_id"] == row["id"]))
        return found[0] if found else None

    return read


PLACE = columns("code kind path estateKind official aliases hasPropertyFirm version") | text("name") | {
    "shareOver60": column("share_over_60"), "parent": to("Place", "parent_id"),
    "community": to("Place", "community_id"), "point": point,
    "children": pages("Place", "parent_id"), "seats": several("PartySeat", "place_id", by_position),
}  # fmt: skip
ORGANISATION = columns("family status confirmedOn") | text("name") | STAMPS | {
    "text": text("text")["text"], "kind": to("PartyKind", "kind_id"), "place": to("Place", "place_id"),
    "contact": contact_of("Organisation"), "memberships": pages("Membership", "organisation_id"),
    "serviceItems": pages("ServiceItem", "organisation_id"), "agreements": pages("Agreement", "unit_id"),
    "claims": pages("Claim", "organisation_id"), "resources": pages("Resource", "owner_organisation_id"),
    "teams": pages("Team", "organisation_id"), "registrations": pages("Registration", "organisation_id"),
    "pairings": pages("Pairing", "organisation_id"),
}  # fmt: skip
REGISTRATION = columns("status skills confirmedOn") | STAMPS | {
    "statusReason": allowed("Registration.details", "Registration", column("status_reason")),
    "person": to("Person", "person_id"), "organisation": to("Organisation", "organisation_id"),
    "place": to("Place", "place_id"), "offer": column("offer_zh"), "resource": to("Resource", "resource_id"),
}  # fmt: skip

KINDS = {
    "Category": Kind("Category", columns("code") | text("label") | {
        "parent": lambda view, row, asked: category(view, row["parent_code"]),
    }, "Category"),
    "PartyKind": Kind("PartyKind", columns("code family") | text("label")),
    "PartySeat": Kind("PartySeat", columns("family position") | text("label") | {"kind": to("PartyKind", "kind_id")}),
    "Place": Kind("Place", PLACE, "Place", lambda view, row: Facts(row["path"])),
    "Organisation": Kind(
        "Organisation", ORGANISATION, "Organisation",
        lambda view, row: Facts(row["path"], owner_organisation=row["id"]),
    ),
    "Person": Kind("Person", columns("version") | {
        "place": to("Place", "place_id"), "household": to("Household", "household_id"),
        "contact": contact_of("Person"), "memberships": pages("Membership", "person_id"),
    }, "Person", lambda view, row: Facts(row["path"], owner_person=row["id"])),
    "Household": Kind("Household", columns("version") | {
        "place": to("Place", "place_id"), "contact": contact_of("Household"), "people": pages("Person", "household_id"),
    }, "Household", lambda view, row: Facts(row["path"], owner_household=row["id"])),
    "Membership": Kind("Membership", columns("family role validFrom validTo confirmedOn version") | {
        "person": to("Person", "person_id"), "organisation": to("Organisation", "organisation_id"),
        "place": to("Place", "place_id"),
    }, "Membership", lambda view, row: Facts(
        row["path"], owner_person=row["person_id"], owner_organisation=row["organisation_id"],
    )),
    "Team": Kind("Team", columns("status skills members confirmedOn") | text("name") | STAMPS | {
        "text": column("text_zh"), "lead": to("Person", "lead_person_id"), "place": to("Place", "place_id"),
        "organisation": to("Organisation", "organisation_id"),
    }, "Team", lambda view, row: Facts(
        row["path"], owner_person=row["lead_person_id"], owner_organisation=row["organisation_id"],
    )),
    "Registration": Kind("Registration", REGISTRATION, "Registration", lambda view, row: Facts(
        row["path"], owner_person=row["person_id"], owner_organisation=row["organisation_id"],
        visibility=None if row["confirmed_on"] is None else row["visibility"],
    )),
    "Pairing": Kind("Pairing", columns("validFrom validTo note confirmedOn version") | {
        "place": to("Place", "place_id"), "person": to("Person", "person_id"),
        "household": to("Household", "household_id"), "organisation": to("Organisation", "organisation_id"),
    }, "Pairing", lambda view, row: Facts(
        row["path"], owner_person=row["person_id"], owner_organisation=row["organisation_id"],
        party_household=row["household_id"], visibility=row["visibility"],
    )),
    **{f"Contact:{owner}": contact(owner) for owner in ("Person", "Household", "Organisation")},
}  # fmt: skip


def category(view: View, code: str | None) -> Any:
    """Return a category by its code."""
    found = view.all("Category", lambda row: row["code"] == code)
    return found[0] if code is not None and found else None
