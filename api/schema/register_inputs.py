"""Inputs of the register: places, contacts, organisations, households, people, memberships."""

from datetime import date

import strawberry

from api.models.choices import EstateKind, Family, PlaceKind
from api.schema.inputs import ExternalIdInput, PointInput, identifier
from auth.roles import Role

UNSET = strawberry.UNSET
strawberry.enum(Role, description="角色: a role that somebody can hold at a place")


@strawberry.input(description="A place to create below another")
class PlaceInput:
    """Place."""

    code: str = strawberry.field(description="Official division code, or a code of this deployment such as x-lane-1")
    kind: PlaceKind = strawberry.field(description="Kind of place")
    name: str = strawberry.field(description="Chinese name")
    parent: strawberry.ID = identifier("Place", "Place above")
    official: bool = strawberry.field(default=False, description="Whether the code is an official division code")
    name_en: str | None = strawberry.field(default=None, description="English name")
    aliases: list[str] | None = strawberry.field(default=UNSET, description="Other names in use")
    point: PointInput | None = strawberry.field(default=None, description="Where it lies on the map")
    estate_kind: EstateKind | None = strawberry.field(default=None, description="Sort of estate")
    share_over_60: float | None = strawberry.field(default=None, description="Share of residents over 60, 0 to 1")
    has_property_firm: bool | None = strawberry.field(default=None, description="Whether a property firm works there")


@strawberry.input(description="Name, phone and address; stored sealed")
class ContactInput:
    """Contact."""

    name: str | None = strawberry.field(default=UNSET, description="Name")
    phone: str | None = strawberry.field(default=UNSET, description="Phone number")
    address: str | None = strawberry.field(default=UNSET, description="Address")


@strawberry.input(description="An organisation to register")
class OrganisationInput:
    """Organisation."""

    name: str = strawberry.field(description="Chinese name")
    kind: str = strawberry.field(description="Code of the kind of party, which brings the family")
    place: strawberry.ID = identifier("Place", "Where it is located")
    name_en: str | None = strawberry.field(default=None, description="English name")
    text: str | None = strawberry.field(default=None, description="About it, in Chinese")
    text_en: str | None = strawberry.field(default=None, description="About it, in English")
    contact: ContactInput | None = strawberry.field(default=UNSET, description="Contact")
    external_ids: list[ExternalIdInput] | None = strawberry.field(default=None, description="Numbers elsewhere")


@strawberry.input(description="Fields of an organisation to change; what is not given stays")
class OrganisationChanges:
    """Changes."""

    name: str | None = strawberry.field(default=UNSET, description="Chinese name")
    name_en: str | None = strawberry.field(default=UNSET, description="English name")
    text: str | None = strawberry.field(default=UNSET, description="About it, in Chinese")
    text_en: str | None = strawberry.field(default=UNSET, description="About it, in English")
    contact: ContactInput | None = strawberry.field(default=UNSET, description="Contact")


@strawberry.input(description="A household to register")
class HouseholdInput:
    """Household."""

    place: strawberry.ID = identifier("Place", "Building or entrance")
    name: str | None = strawberry.field(default=None, description="Name of the household; stored sealed")
    phone: str | None = strawberry.field(default=None, description="Phone number; stored sealed")
    address: str | None = strawberry.field(default=None, description="Address; stored sealed")


@strawberry.input(description="A person to register")
class PersonInput:
    """Person."""

    name: str = strawberry.field(description="Name; stored sealed")
    place: strawberry.ID | None = identifier("Place", "Where they are registered", default=None)
    household: strawberry.ID | None = identifier("Household", "Their household", default=None)
    phone: str | None = strawberry.field(default=None, description="Phone number; stored sealed")
    address: str | None = strawberry.field(default=None, description="Address; stored sealed")
    language: str = strawberry.field(default="zh", description="zh or en")
    id_number: str | None = strawberry.field(default=None, description="Identity number; stored sealed")
    id_purpose: str | None = strawberry.field(default=None, description="What the number is kept for")


@strawberry.input(description="A role to give")
class MembershipInput:
    """Membership."""

    role: Role = strawberry.field(description="Role")
    place: strawberry.ID = identifier("Place", "Place within which it is in force")
    person: strawberry.ID | None = identifier("Person", "Who holds it", default=None)
    organisation: strawberry.ID | None = identifier(
        "Organisation", "Who holds it, or for whom the person does", default=None
    )
    family: Family | None = strawberry.field(default=None, description="Family")
    valid_from: date | None = strawberry.field(default=UNSET, description="First day; none: today")
    valid_to: date | None = strawberry.field(default=None, description="Last day")
