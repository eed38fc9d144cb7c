"""Registrations."""

from datetime import date, datetime
from typing import Annotated

import strawberry

from api.commands import registration as commands
from api.context import Info
from api.permissions import Requires
from api.queries.items import ItemOrder
from api.schema import errors
from api.schema.base import Connection, Node, related, value
from api.schema.certificate import Certificate, CertificateInput, certificates
from api.schema.filters import item_page
from api.schema.inputs import TimeWindowInput, given, identifier, row_id
from api.schema.organisation import Organisation
from api.schema.payload import changed
from api.schema.person import Person
from api.schema.place import Place
from api.schema.resource import Resource
from api.state_machines.registration import RegistrationStatus
from auth.permissions import Action, Object

UNSET = strawberry.UNSET
strawberry.enum(RegistrationStatus, description="Whether the community knows of a registration and stands by it")


@strawberry.type(description="双报到: a unit stands ready for a community, a person for the place where they live")
class Registration(Node):
    """Registration."""

    organisation: Organisation | None = related("Unit, or for which unit the person registers")
    person: Person | None = related("Who registers; null for a unit, and to those who may not know of the person")
    place: Place | None = related("Where")
    offer: str | None = value("What is offered, in one sentence")
    skills: list[str] = value("What the unit or person can do, in words")
    certificates: list[Certificate] = certificates()
    resource: Resource | None = related("Offer as the resource that is matched: hours, how much, whom for")
    status: RegistrationStatus = value("Whether it is confirmed")
    status_reason: str | None = value("Why it ended or was declined; for its parties and those in charge")
    confirmed_on: date | None = value("Day on which somebody last confirmed it")
    created_at: datetime = value("When it was entered")
    updated_at: datetime = value("When it was last changed")
    version: int = value("Version, for optimistic locking")


@strawberry.input(description="Filters of registrations; all combine with AND")
class RegistrationFilter:
    """Filter."""

    within: str | None = strawberry.field(default=None, description="Identifier or code of a place: it and all below")
    status: list[RegistrationStatus] | None = strawberry.field(default=None, description="Any of these states")
    owner_organisation: strawberry.ID | None = identifier("Organisation", "Of or for this organisation", default=None)
    changed_since: datetime | None = strawberry.field(default=None, description="Changed at or after this instant")


@strawberry.input(description="A registration of a unit to a community, or of a person to where they live")
class RegistrationInput:
    """Registration."""

    organisation: strawberry.ID | None = identifier(
        "Organisation", "Unit; with a person: for which unit they register", default=None
    )
    person: strawberry.ID | None = identifier("Person", "Person", default=None)
    place: strawberry.ID | None = identifier(
        "Place", "Community, for a person also an estate; none: the person's community", default=None
    )
    offer: str | None = strawberry.field(default=None, description="What is offered, in one sentence")
    skills: list[str] | None = strawberry.field(default=None, description="Skills in words, at most 20")
    certificates: list[CertificateInput] | None = strawberry.field(default=None, description="Certificates")
    category: str | None = strawberry.field(
        default=None, description="Category code of what is offered; without it nothing is matched"
    )
    windows: list[TimeWindowInput] | None = strawberry.field(default=None, description="Hours")
    quantity: float | None = strawberry.field(
        default=None, description="How much in each period of the hours; null is unknown"
    )
    unit: str | None = strawberry.field(default=None, description="Code of the unit of measure")
    target_groups: list[str] | None = strawberry.field(default=None, description="Codes of the groups it is for")
    service_area: list[strawberry.ID] | None = identifier("Place", "Places served; none: its own place", default=None)


@strawberry.input(description="Fields of a registration to change; what is not given stays")
class RegistrationChanges:
    """Changes."""

    offer: str | None = strawberry.field(default=UNSET, description="What is offered, in one sentence")
    skills: list[str] | None = strawberry.field(default=UNSET, description="All skills anew")
    certificates: list[CertificateInput] | None = strawberry.field(default=UNSET, description="All certificates anew")
    category: str | None = strawberry.field(default=UNSET, description="Category code of what is offered")
    windows: list[TimeWindowInput] | None = strawberry.field(default=UNSET, description="All hours anew")
    quantity: float | None = strawberry.field(default=UNSET, description="How much in each period of the hours")
    unit: str | None = strawberry.field(default=UNSET, description="Code of the unit of measure")
    target_groups: list[str] | None = strawberry.field(default=UNSET, description="All groups anew")
    service_area: list[strawberry.ID] | None = identifier("Place", "All places served anew", default=UNSET)


RegistrationResult = Annotated[
    Registration
    | errors.NotFoundError
    | errors.ForbiddenError
    | errors.InvalidInputError
    | errors.InvalidTransitionError
    | errors.StaleVersionError,
    strawberry.union("RegistrationResult", description="The registration, or what is to be mended"),
]


@strawberry.type
class RegistrationQuery:
    """Root fields that read registrations."""

    @strawberry.field(description="Registrations that the viewer may see; give `first` or `last`, at most 100")
    async def registrations(
        self,
        info: Info,
        filter: RegistrationFilter | None = None,
        order_by: ItemOrder = ItemOrder.NEWEST,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[Registration]:
        """Return a page of registrations."""
        return await item_page(info, "Registration", filter, order_by, (first, after, last, before))


@strawberry.type
class RegistrationMutation:
    """Mutations of registrations."""

    @strawberry.mutation(
        description="Register a unit or a person; the community confirms; needs permission registration:create",
        extensions=[Requires(Object.REGISTRATION, Action.CREATE)],
    )
    async def registration_submit(self, info: Info, input: RegistrationInput) -> RegistrationResult:
        """Submit."""
        done = await commands.submit_registration(info.context.viewer, given(input))
        return await changed(info, "Registration", done)

    @strawberry.mutation(
        description="Confirm a registration; the person becomes a helper; needs permission registration:confirm",
        extensions=[Requires(Object.REGISTRATION, Action.CONFIRM)],
    )
    async def registration_confirm(self, info: Info, id: strawberry.ID, expected_version: int) -> RegistrationResult:
        """Confirm."""
        key = row_id(id, "Registration", ("id",))
        done = await commands.confirm_registration(info.context.viewer, key, expected_version)
        return await changed(info, "Registration", done)

    @strawberry.mutation(
        description="Change what a registration offers; needs permission registration:update",
        extensions=[Requires(Object.REGISTRATION, Action.UPDATE)],
    )
    async def registration_update(
        self, info: Info, id: strawberry.ID, changes: RegistrationChanges, expected_version: int
    ) -> RegistrationResult:
        """Update."""
        key = row_id(id, "Registration", ("id",))
        done = await commands.update_registration(info.context.viewer, key, given(changes), expected_version)
        return await changed(info, "Registration", done)

    @strawberry.mutation(
        description="End or decline a registration, with the reason; needs permission registration:withdraw",
        extensions=[Requires(Object.REGISTRATION, Action.WITHDRAW)],
    )
    async def registration_end(
        self, info: Info, id: strawberry.ID, reason: str, expected_version: int
    ) -> RegistrationResult:
        """End."""
        key = row_id(id, "Registration", ("id",))
        done = await commands.end_registration(info.context.viewer, key, reason, expected_version)
        return await changed(info, "Registration", done)
