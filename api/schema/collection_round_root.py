"""Root fields and mutations of collection rounds."""

from datetime import date, datetime
from typing import Annotated, Any

import strawberry

from api.commands import collection_round as commands
from api.context import Info
from api.models.choices import ListKind
from api.permissions import Requires
from api.plan.selection import selected
from api.queries import collection_round as queries
from api.schema import errors
from api.schema.base import Connection
from api.schema.collection_round import CollectionInvitation, CollectionRound
from api.schema.inputs import given, identifier, row_id
from api.schema.payload import changed
from api.state_machines.collection_round import CollectionRoundStatus
from auth.permissions import Action, Object


@strawberry.input(description="Filters of collection rounds; all combine with AND")
class CollectionRoundFilter:
    """Filter."""

    within: str | None = strawberry.field(default=None, description="Identifier or code of a place: it and all below")
    status: list[CollectionRoundStatus] | None = strawberry.field(default=None, description="Any of these states")
    changed_since: datetime | None = strawberry.field(default=None, description="Changed at or after this instant")


@strawberry.input(description="Filters of invitations; all combine with AND")
class CollectionInvitationFilter:
    """Filter."""

    round: strawberry.ID | None = identifier("CollectionRound", "Of this round", default=None)
    organisation: strawberry.ID | None = identifier("Organisation", "Of this organisation", default=None)
    answered: bool | None = strawberry.field(
        default=None, description="true: at least one list was handed in; false: none yet, or sent back"
    )
    overdue: bool | None = strawberry.field(
        default=None, description="Whether nothing was handed in although the open round's day is over"
    )
    within: str | None = strawberry.field(default=None, description="Identifier or code of a place: it and all below")


@strawberry.input(description="Whom a collection round asks")
class CollectionInvited:
    """Units and households."""

    organisations: list[strawberry.ID] | None = identifier("Organisation", "Organisations", default=None)
    households: list[strawberry.ID] | None = identifier("Household", "Households", default=None)


@strawberry.input(description="A collection round to open; at most 500 invitations at once")
class CollectionRoundInput(CollectionInvited):
    """Round."""

    title: str = strawberry.field(description="Title in Chinese, at most 200 characters")
    place: strawberry.ID = identifier("Place", "Place it is held in, mostly a community")
    collects: list[ListKind] = strawberry.field(description="Kinds of list that are asked for")
    due_on: date = strawberry.field(description="Day by which lists are wanted")
    title_en: str | None = strawberry.field(default=None, description="Title in English")
    note: str | None = strawberry.field(default=None, description="What is asked; everybody may read it")
    period_from: date | None = strawberry.field(default=None, description="First day that the lists are about")
    period_to: date | None = strawberry.field(default=None, description="Last day that the lists are about")


@strawberry.input(description="Fields of an open round to change; what is not given stays")
class CollectionRoundChanges:
    """Changes."""

    title: str | None = strawberry.field(default=strawberry.UNSET, description="Title in Chinese")
    title_en: str | None = strawberry.field(default=strawberry.UNSET, description="Title in English")
    note: str | None = strawberry.field(default=strawberry.UNSET, description="What is asked")
    period_from: date | None = strawberry.field(default=strawberry.UNSET, description="First day of the lists")
    period_to: date | None = strawberry.field(default=strawberry.UNSET, description="Last day of the lists")
    due_on: date | None = strawberry.field(default=strawberry.UNSET, description="Day by which lists are wanted")


CollectionRoundResult = Annotated[
    CollectionRound
    | errors.NotFoundError
    | errors.ForbiddenError
    | errors.InvalidInputError
    | errors.InvalidTransitionError
    | errors.StaleVersionError,
    strawberry.union("CollectionRoundResult", description="The round, or what is to be mended"),
]


@strawberry.type
class CollectionRoundQuery:
    """Root fields that read rounds and invitations."""

    @strawberry.field(description="Collection rounds, newest first; give `first` or `last`, at most 100")
    async def collection_rounds(
        self,
        info: Info,
        filter: CollectionRoundFilter | None = None,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[CollectionRound]:
        """Return a page of rounds."""
        asked = given(filter, ("filter",)) if filter else {}
        paging = {"first": first, "after": after, "last": last, "before": before}
        return await queries.rounds(  # type: ignore[return-value]  # a page is what a connection reads
            info.context.viewer, selected(info._raw_info), asked, paging
        )

    @strawberry.field(description="Invitations that the viewer may see; give `first` or `last`, at most 100")
    async def collection_invitations(
        self,
        info: Info,
        filter: CollectionInvitationFilter | None = None,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[CollectionInvitation]:
        """Return a page of invitations."""
        asked = given(filter, ("filter",)) if filter else {}
        paging = {"first": first, "after": after, "last": last, "before": before}
        return await queries.invitations(  # type: ignore[return-value]  # a page, as above
            info.context.viewer, selected(info._raw_info), asked, paging
        )


@strawberry.type
class CollectionRoundMutation:
    """Mutations of rounds."""

    @strawberry.mutation(
        description="Open a collection round and invite; needs permission collectionRound:create",
        extensions=[Requires(Object.COLLECTION_ROUND, Action.CREATE)],
    )
    async def collection_round_open(self, info: Info, input: CollectionRoundInput) -> CollectionRoundResult:
        """Open."""
        return await _shown(info, await commands.open_round(info.context.viewer, given(input)))

    @strawberry.mutation(
        description="Invite further units and households; needs permission collectionInvitation:create",
        extensions=[Requires(Object.COLLECTION_INVITATION, Action.CREATE)],
    )
    async def collection_round_invite(
        self, info: Info, id: strawberry.ID, input: CollectionInvited
    ) -> CollectionRoundResult:
        """Invite."""
        return await _shown(info, await commands.invite(info.context.viewer, _key(id), given(input)))

    @strawberry.mutation(
        description="Take back an invitation that no list answers; needs permission collectionInvitation:withdraw",
        extensions=[Requires(Object.COLLECTION_INVITATION, Action.WITHDRAW)],
    )
    async def collection_invitation_withdraw(self, info: Info, id: strawberry.ID) -> CollectionRoundResult:
        """Take back; the round is returned."""
        key = row_id(id, "CollectionInvitation", ("id",))
        return await _shown(info, await commands.withdraw_invitation(info.context.viewer, key))

    @strawberry.mutation(
        description="Change an open round, e.g. its day; needs permission collectionRound:update",
        extensions=[Requires(Object.COLLECTION_ROUND, Action.UPDATE)],
    )
    async def collection_round_update(
        self, info: Info, id: strawberry.ID, changes: CollectionRoundChanges, expected_version: int
    ) -> CollectionRoundResult:
        """Update."""
        changing = commands.change_round(info.context.viewer, _key(id), given(changes), expected_version)
        return await _shown(info, await changing)

    @strawberry.mutation(
        description="Take no more lists; needs permission collectionRound:update",
        extensions=[Requires(Object.COLLECTION_ROUND, Action.UPDATE)],
    )
    async def collection_round_close(
        self, info: Info, id: strawberry.ID, expected_version: int
    ) -> CollectionRoundResult:
        """Close."""
        return await _move(info, id, CollectionRoundStatus.CLOSED, expected_version)

    @strawberry.mutation(
        description="Take lists again; needs permission collectionRound:update",
        extensions=[Requires(Object.COLLECTION_ROUND, Action.UPDATE)],
    )
    async def collection_round_reopen(
        self, info: Info, id: strawberry.ID, expected_version: int
    ) -> CollectionRoundResult:
        """Reopen."""
        return await _move(info, id, CollectionRoundStatus.OPEN, expected_version)

    @strawberry.mutation(
        description="Call a round off with a reason; needs permission collectionRound:update",
        extensions=[Requires(Object.COLLECTION_ROUND, Action.UPDATE)],
    )
    async def collection_round_cancel(
        self, info: Info, id: strawberry.ID, reason: str, expected_version: int
    ) -> CollectionRoundResult:
        """Cancel."""
        return await _move(info, id, CollectionRoundStatus.CANCELLED, expected_version, reason)


def _key(text: str) -> int:
    return row_id(text, "CollectionRound", ("id",))


async def _move(info: Info, id: str, to: CollectionRoundStatus, expected: int, reason: str | None = None) -> Any:
    return await _shown(info, await commands.move_round(info.context.viewer, _key(id), to, expected, reason))


async def _shown(info: Info, identifier: int) -> Any:
    return await changed(info, "CollectionRound", identifier)
