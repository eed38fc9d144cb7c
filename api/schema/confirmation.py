"""The register's decay: what nobody confirmed for long, and confirming much of it in one step."""

from datetime import date
from enum import StrEnum
from typing import Annotated

import strawberry

from api import clock
from api.commands.confirmation import KINDS, confirm_register
from api.context import Info
from api.permissions import Requires
from api.plan.global_id import row_id
from api.plan.selection import selected
from api.queries import unconfirmed as queries
from api.schema import errors
from api.schema.base import Connection, Node
from auth.permissions import Action, Object


@strawberry.enum(description="Kinds of entry of the register that somebody has to look at from time to time")
class RegisterKind(StrEnum):
    """Kind."""

    MEMBERSHIP = "Membership"
    ORGANISATION = "Organisation"
    TEAM = "Team"
    REGISTRATION = "Registration"
    PAIRING = "Pairing"
    SERVICE_POINT = "ServicePoint"


@strawberry.type(description="What was confirmed")
class RegisterConfirmation:
    """Confirmation."""

    count: int = strawberry.field(description="How many entries")
    confirmed_on: date = strawberry.field(description="Day that was noted")


RegisterConfirmResult = Annotated[
    RegisterConfirmation
    | errors.NotFoundError
    | errors.ForbiddenError
    | errors.InvalidInputError
    | errors.StaleVersionError,
    strawberry.union("RegisterConfirmResult", description="What was confirmed, or what is to be mended"),
]


@strawberry.type
class ConfirmationQuery:
    """Root field of the register's decay."""

    @strawberry.field(
        description="Memberships, organisations, teams, registrations, pairings and service points that nobody"
        " confirmed since a day, of those that the viewer may confirm, oldest entry first;"
        " give `first` or `last`, at most 100"
    )
    async def unconfirmed(
        self,
        info: Info,
        within: Annotated[
            str | None, strawberry.argument(description="Identifier or code of a place: it and all below")
        ] = None,
        since: Annotated[date | None, strawberry.argument(description="Day; none: a year ago")] = None,
        kinds: Annotated[list[RegisterKind] | None, strawberry.argument(description="Only these kinds")] = None,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[Node]:
        """Return a page of entries."""
        paging = {"first": first, "after": after, "last": last, "before": before}
        names = None if kinds is None else [kind.value for kind in kinds]
        return await queries.unconfirmed(  # type: ignore[return-value]  # a page is what a connection reads
            info.context.viewer, selected(info._raw_info), within, since, names, paging
        )


@strawberry.type
class ConfirmationMutation:
    """Mutations of the register's decay."""

    @strawberry.mutation(
        description="Note that up to 100 entries of the register still stand, all or none, each with the permission"
        " to confirm it; needs permission registration:confirm",
        extensions=[Requires(Object.REGISTRATION, Action.CONFIRM)],
    )
    async def register_confirm(self, info: Info, ids: list[strawberry.ID]) -> RegisterConfirmResult:
        """Confirm."""
        entries = []
        for index, text in enumerate(ids):
            name = text.partition(":")[0]
            kind = name if name in KINDS else "Organisation"
            entries.append((kind, row_id(text, kind, ("ids", str(index)))))
        count = await confirm_register(info.context.viewer, entries)
        return RegisterConfirmation(count=count, confirmed_on=clock.today())
