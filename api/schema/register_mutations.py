"""Mutations of the register: places, organisations, people, memberships."""

from datetime import date
from typing import Annotated

import strawberry

from api.commands import membership as membership_commands
from api.commands import organisation as organisation_commands
from api.commands import person as person_commands
from api.commands import place as place_commands
from api.context import Info
from api.permissions import Requires
from api.schema import errors
from api.schema.inputs import given, row_id
from api.schema.organisation import Organisation
from api.schema.payload import changed
from api.schema.person import Household, Membership, Person
from api.schema.place import Place
from api.schema.register_inputs import (
    HouseholdInput,
    MembershipInput,
    OrganisationChanges,
    OrganisationInput,
    PersonInput,
    PlaceInput,
)
from auth.permissions import Action, Object

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
        description="Let a suspended organisation take part again; needs permission organisation:withdraw",
        extensions=[Requires(Object.ORGANISATION, Action.WITHDRAW)],
    )
    async def organisation_resume(
        self,
        info: Info,
        id: strawberry.ID,
        reason: str,
        expected_version: int,
    ) -> OrganisationResult:
        """Resume."""
        key = row_id(id, "Organisation", ("id",))
        done = await organisation_commands.resume_organisation(info.context.viewer, key, reason, expected_version)
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
