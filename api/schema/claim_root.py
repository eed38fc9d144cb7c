"""Root fields of claims, and what the mutations take."""

from datetime import date, datetime

import strawberry

from api.context import Info
from api.plan.selection import selected
from api.queries import claim as queries
from api.queries.items import ItemOrder
from api.schema.base import Connection
from api.schema.claim import Claim
from api.schema.inputs import given, identifier
from api.state_machines.claim import ClaimStatus

UNSET = strawberry.UNSET


@strawberry.input(description="Filters of claims; all combine with AND")
class ClaimFilter:
    """Filter."""

    within: str | None = strawberry.field(
        default=None, description="Identifier or code of the place of what is claimed"
    )
    status: list[ClaimStatus] | None = strawberry.field(default=None, description="Any of these states")
    need: strawberry.ID | None = identifier("Need", "Of this need", default=None)
    project: strawberry.ID | None = identifier("Project", "Of this project", default=None)
    organisation: strawberry.ID | None = identifier("Organisation", "By this organisation", default=None)
    under_agreement: strawberry.ID | None = identifier("Agreement", "Made under this agreement", default=None)
    claimed_by_me: bool | None = strawberry.field(default=None, description="One's own, or one's organisation's")
    changed_since: datetime | None = strawberry.field(default=None, description="Changed at or after this instant")


@strawberry.input(description="Exactly one of organisation, person and team")
class ClaimantInput:
    """Who claims."""

    organisation: strawberry.ID | None = identifier("Organisation", "Organisation that claims", default=None)
    person: strawberry.ID | None = identifier("Person", "Person who claims", default=None)
    team: strawberry.ID | None = identifier("Team", "Team that claims, by its lead", default=None)


@strawberry.input(description="What of one requirement line is claimed")
class ClaimLineInput:
    """Claim line."""

    line: strawberry.ID = identifier("RequirementLine", "Requirement line")
    quantity: float | None = strawberry.field(
        default=None, description="How much; none: all of it, and only if nobody holds any of it"
    )
    resource: strawberry.ID | None = identifier("Resource", "Resource of the claimant it is taken from", default=None)


@strawberry.input(description="Somebody whom the lead asks to join; exactly one of organisation, person and team")
class ParticipantInput:
    """Participant."""

    organisation: strawberry.ID | None = identifier("Organisation", "Organisation that joins", default=None)
    person: strawberry.ID | None = identifier("Person", "Person who joins", default=None)
    team: strawberry.ID | None = identifier("Team", "Team that joins", default=None)
    share: str | None = strawberry.field(default=None, description="What they bring, at most 200 characters")


@strawberry.input(description="A claim to make")
class ClaimInput:
    """Claim."""

    claimant: ClaimantInput | None = strawberry.field(default=None, description="Who claims; none: oneself")
    member: strawberry.ID | None = identifier("Person", "Member of the organisation who does the work", default=None)
    lines: list[ClaimLineInput] | None = strawberry.field(
        default=None, description="What is claimed; none: all lines whole"
    )
    agreement: strawberry.ID | None = identifier("Agreement", "Agreement under which it is claimed", default=None)
    note: str | None = strawberry.field(default=None, description="A word to the committee, at most 500 characters")
    planned_on: date | None = strawberry.field(default=None, description="Day on which it will be done")
    participants: list[ParticipantInput] | None = strawberry.field(
        default=None, description="组团认领: who is asked to join; at most 30"
    )


@strawberry.input(description="How much of one requirement line was delivered")
class DeliveredInput:
    """Delivery."""

    line: strawberry.ID = identifier("RequirementLine", "Requirement line of the claim")
    quantity: float = strawberry.field(description="How much, at most what was claimed")


@strawberry.type
class ClaimQuery:
    """Root fields that read claims."""

    @strawberry.field(description="Claims that the viewer may see; give `first` or `last`, at most 100")
    async def claims(
        self,
        info: Info,
        filter: ClaimFilter | None = None,
        order_by: ItemOrder = ItemOrder.NEWEST,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[Claim]:
        """Return a page of claims."""
        asked = given(filter, ("filter",)) if filter else {}
        paging = {"first": first, "after": after, "last": last, "before": before}
        return await queries.claims(  # type: ignore[return-value]  # a page is what a connection reads
            info.context.viewer, selected(info._raw_info), asked, order_by, paging
        )
