"""Pairings."""

from datetime import date, datetime
from typing import Annotated

import strawberry

from api.commands import pairing as commands
from api.context import Info
from api.permissions import Requires
from api.queries.items import ItemOrder
from api.schema import errors
from api.schema.base import Connection, Node, related, value
from api.schema.filters import item_page
from api.schema.inputs import given, identifier, row_id
from api.schema.organisation import Organisation
from api.schema.payload import changed
from api.schema.person import Household, Person
from api.schema.place import Place
from auth.permissions import Action, Object


@strawberry.type(description="包联: a unit looks after an estate, a person after a building or household")
class Pairing(Node):
    """Pairing."""

    organisation: Organisation | None = related("Unit")
    person: Person | None = related("Person; null to those who may not know of them")
    place: Place | None = related("What is looked after, with all below it")
    household: Household | None = related("One household that is looked after")
    note: str | None = value("What was agreed, in Chinese")
    valid_from: date = value("First day")
    valid_to: date | None = value("Last day")
    confirmed_on: date | None = value("Day on which somebody last confirmed it")
    created_at: datetime = value("When it was entered")
    updated_at: datetime = value("When it was last changed")
    version: int = value("Version, for optimistic locking")


@strawberry.input(description="Filters of pairings; all combine with AND")
class PairingFilter:
    """Filter."""

    within: str | None = strawberry.field(default=None, description="Identifier or code of a place: it and all below")
    owner_organisation: strawberry.ID | None = identifier("Organisation", "Of this organisation", default=None)
    changed_since: datetime | None = strawberry.field(default=None, description="Changed at or after this instant")


@strawberry.input(description="A pairing of a unit or person with a place or household")
class PairingInput:
    """Pairing."""

    organisation: strawberry.ID | None = identifier("Organisation", "Unit", default=None)
    person: strawberry.ID | None = identifier("Person", "Person", default=None)
    place: strawberry.ID | None = identifier(
        "Place", "Community or anything below it; a person's is below it", default=None
    )
    household: strawberry.ID | None = identifier("Household", "Household, for a person", default=None)
    valid_from: date | None = strawberry.field(default=None, description="First day; none: today")
    valid_to: date | None = strawberry.field(default=None, description="Last day")
    note: str | None = strawberry.field(default=None, description="What was agreed, in Chinese")


PairingResult = Annotated[
    Pairing
    | errors.NotFoundError
    | errors.ForbiddenError
    | errors.InvalidInputError
    | errors.InvalidTransitionError
    | errors.StaleVersionError,
    strawberry.union("PairingResult", description="The pairing, or what is to be mended"),
]


@strawberry.type
class PairingQuery:
    """Root fields that read pairings."""

    @strawberry.field(description="Pairings that the viewer may see; give `first` or `last`, at most 100")
    async def pairings(
        self,
        info: Info,
        filter: PairingFilter | None = None,
        order_by: ItemOrder = ItemOrder.NEWEST,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[Pairing]:
        """Return a page of pairings."""
        return await item_page(info, "Pairing", filter, order_by, (first, after, last, before))


@strawberry.type
class PairingMutation:
    """Mutations of pairings."""

    @strawberry.mutation(
        description="Pair a unit or person with a place or household; needs permission pairing:create",
        extensions=[Requires(Object.PAIRING, Action.CREATE)],
    )
    async def pairing_create(self, info: Info, input: PairingInput) -> PairingResult:
        """Create."""
        return await changed(info, "Pairing", await commands.create_pairing(info.context.viewer, given(input)))

    @strawberry.mutation(
        description="End a pairing; needs permission pairing:withdraw",
        extensions=[Requires(Object.PAIRING, Action.WITHDRAW)],
    )
    async def pairing_end(
        self, info: Info, id: strawberry.ID, expected_version: int, last_day: date | None = None
    ) -> PairingResult:
        """End."""
        key = row_id(id, "Pairing", ("id",))
        done = await commands.end_pairing(info.context.viewer, key, expected_version, last_day=last_day)
        return await changed(info, "Pairing", done)
