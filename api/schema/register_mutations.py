"""Mutations of the register: places, organisations, people, memberships."""

from datetime import date
from typing import Annotated

import strawberry

from api.commands import membership as membership_commands
from api.commands import organisation as organisation_commands
from api.commands import person as person_commands
from api.commands import place as place_commands
from api.context import Info
from api.models.choices import EstateKind, Family, PlaceKind
from api.permissions import Requires
from api.schema import errors
from api.schema.inputs import ExternalIdInput, PointInput, given, identifier, row_id
from api.schema.organisation import Organisation
from api.schema.payload import changed
from api.schema.person import Household, Membership, Person
from api.schema.place import Place
from auth.permissions import Action, Object
from auth.roles import Role

UNSET = strawberry.UNSET
strawberry.enum(Role, description="角色: a role that somebody can hold at a place")

Errors = errors.NotFoundError | errors.ForbiddenError | errors.InvalidInputError
Edits = Errors | errors.StaleVersionError | errors.InvalidTransitionError
PlaceResult = Annotated[
    Place | Errors, strawberry.union("PlaceResult", description="The place, or what is to be mended")
]
OrganisationResult = Annotated[
    Organisation | Edits,
    strawberry.union("OrganisationResult", description="The organisation, or what is to be mended"),
]
PersonResult = Annotated[
    Person | Errors, strawberry.union("PersonResult", description="The person, or what is to be mended")
]
HouseholdResult = Annotated[
    Household | Errors, strawberry.union("HouseholdResult", description="The household, or what is to be mended")
]
MembershipResult = Annotated[
    Membership | Edits, strawberry.union("MembershipResult", description="The membership, or what is to be mended")
]


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


@strawberry.type
class RegisterMutation:
    """Mutations of the register."""

    @strawberry.mutation(
        description="Create a place; needs permission place:create",
        extensions=[Requires(Object.PLACE, Action.CREATE)],
    )
    async def place_create(self, info: Info, input: PlaceInput) -> PlaceResult:
        """Create."""
        return await changed(info, "Place", await place_commands.create_place(info.context.viewer, given(input)))

    @strawberry.mutation(
        description="Register an organisation; needs permission organisation:create",
        extensions=[Requires(Object.ORGANISATION, Action.CREATE)],
    )
    async def organisation_register(self, info: Info, input: OrganisationInput) -> OrganisationResult:
        """Register."""
        done = await organisation_commands.register_organisation(info.context.viewer, given(input))
        return await changed(info, "Organisation", done)

    @strawberry.mutation(
        description="Change an organisation; needs permission organisation:update",
        extensions=[Requires(Object.ORGANISATION, Action.UPDATE)],
    )
    async def organisation_update(
        self,
        info: Info,
        id: strawberry.ID,
        changes: OrganisationChanges,
        expected_version: int,
    ) -> OrganisationResult:
        """Update."""
        key = row_id(id, "Organisation", ("id",))
        done = await organisation_commands.update_organisation(
            info.context.viewer, key, given(changes), expected_version
        )
        return await changed(info, "Organisation", done)

    @strawberry.mutation(
        description="Suspend an organisation; its keys stop working; needs permission organisation:withdraw",
        extensions=[Requires(Object.ORGANISATION, Action.WITHDRAW)],
    )
    async def organisation_suspend(
        self,
        info: Info,
        id: strawberry.ID,
        reason: str,
        expected_version: int,
    ) -> OrganisationResult:
        """Suspend."""
        key = row_id(id, "Organisation", ("id",))
        done = await organisation_commands.suspend_organisation(info.context.viewer, key, reason, expected_version)
        return await changed(info, "Organisation", done)

    @strawberry.mutation(
        description="Register a household; needs permission household:create",
        extensions=[Requires(Object.HOUSEHOLD, Action.CREATE)],
    )
    async def household_register(self, info: Info, input: HouseholdInput) -> HouseholdResult:
        """Register."""
        done = await person_commands.register_household(info.context.viewer, given(input))
        return await changed(info, "Household", done)

    @strawberry.mutation(
        description="Register a person; needs permission person:create",
        extensions=[Requires(Object.PERSON, Action.CREATE)],
    )
    async def person_register(self, info: Info, input: PersonInput) -> PersonResult:
        """Register."""
        done = await person_commands.register_person(info.context.viewer, given(input))
        return await changed(info, "Person", done)

    @strawberry.mutation(
        description="Give a person or organisation a role; needs permission membership:create",
        extensions=[Requires(Object.MEMBERSHIP, Action.CREATE)],
    )
    async def membership_grant(self, info: Info, input: MembershipInput) -> MembershipResult:
        """Grant."""
        done = await membership_commands.grant_membership(info.context.viewer, given(input))
        return await changed(info, "Membership", done)

    @strawberry.mutation(
        description="End a role; needs permission membership:withdraw",
        extensions=[Requires(Object.MEMBERSHIP, Action.WITHDRAW)],
    )
    async def membership_end(
        self,
        info: Info,
        id: strawberry.ID,
        expected_version: int,
        last_day: date | None = None,
    ) -> MembershipResult:
        """End."""
        key = row_id(id, "Membership", ("id",))
        done = await membership_commands.end_membership(info.context.viewer, key, expected_version, last_day=last_day)
        return await changed(info, "Membership", done)

    @strawberry.mutation(
        description="Confirm that a role still stands; needs permission membership:update",
        extensions=[Requires(Object.MEMBERSHIP, Action.UPDATE)],
    )
    async def membership_confirm(
        self,
        info: Info,
        id: strawberry.ID,
        expected_version: int,
    ) -> MembershipResult:
        """Confirm."""
        key = row_id(id, "Membership", ("id",))
        done = await membership_commands.confirm_membership(info.context.viewer, key, expected_version)
        return await changed(info, "Membership", done)
