"""Needs."""

from datetime import date
from typing import Annotated

import strawberry

from api.commands import need as commands
from api.context import Info
from api.models.choices import Source, Urgency, Visibility
from api.permissions import Requires
from api.queries.items import SearchOrder
from api.schema import errors
from api.schema.affair import Affair
from api.schema.base import Connection, related, value
from api.schema.consent import OnBehalf, OnBehalfInput
from api.schema.filters import ItemFilterInput, item_page, under_agreement
from api.schema.inputs import (
    AssigneeInput,
    ExternalIdInput,
    OwnerInput,
    PointInput,
    RequirementLineInput,
    TimeWindowInput,
    given,
    identifier,
    row_id,
)
from api.schema.payload import changed
from api.state_machines.need import NeedStatus
from auth.permissions import Action, Object


@strawberry.type(description="需求: something that people of a community need")
class Need(Affair):
    """Need."""

    number: str = value("Short number, ten digits with a check digit, for whoever asks: see needReceipt")
    status: NeedStatus = value("State on the public board")
    on_behalf: OnBehalf | None = related("How somebody else entered it; for those in charge and the owner")


@strawberry.input(description="Filters of needs; all combine with AND")
class NeedFilter(ItemFilterInput):
    """Filter."""

    status: list[NeedStatus] | None = strawberry.field(default=None, description="Any of these states")
    under_agreement: strawberry.ID | None = under_agreement()
    claimed_by_me: bool | None = strawberry.field(
        default=None, description="Some of it is claimed by the viewer or an organisation of the viewer"
    )


@strawberry.input(description="A need to submit")
class NeedInput:
    """Need."""

    title: str = strawberry.field(description="Title in Chinese, at most 200 characters")
    category: str = strawberry.field(description="Category code")
    place: strawberry.ID = identifier("Place", "Where it is needed")
    owner: OwnerInput | None = strawberry.field(
        default=None, description="Who asks; required unless `onBehalfOf` names the person"
    )
    title_en: str | None = strawberry.field(default=None, description="Title in English")
    text: str | None = strawberry.field(default=None, description="Description in Chinese, at most 5,000 characters")
    text_en: str | None = strawberry.field(default=None, description="Description in English")
    lines: list[RequirementLineInput] | None = strawberry.field(
        default=None,
        description="What is asked for, thing by thing; none: the need itself, quantity unknown",
    )
    windows: list[TimeWindowInput] | None = strawberry.field(default=None, description="When")
    point: PointInput | None = strawberry.field(default=None, description="Where on the map")
    target_groups: list[str] | None = strawberry.field(default=None, description="Codes of the groups it is for")
    urgency: Urgency = strawberry.field(default=Urgency.NORMAL, description="How soon")
    estimated_cost: float | None = strawberry.field(default=None, description="Yuan; null is unknown")
    estimated_effort: float | None = strawberry.field(default=None, description="Person-hours; null is unknown")
    concerns: strawberry.ID | None = identifier("Organisation", "Organisation it is about", default=None)
    valid_from: date | None = strawberry.field(default=None, description="First day")
    valid_to: date | None = strawberry.field(default=None, description="Last day")
    visibility: Visibility = strawberry.field(default=Visibility.PUBLIC, description="Who may see it")
    source: Source = strawberry.field(default=Source.RESIDENT, description="How it came in")
    on_behalf_of: OnBehalfInput | None = strawberry.field(
        default=None,
        description="Given when somebody else's need is entered; the owner is the other",
    )
    external_ids: list[ExternalIdInput] | None = strawberry.field(default=None, description="Numbers elsewhere")


@strawberry.input(description="Fields of a need to change; what is not given stays")
class NeedChanges:
    """Changes."""

    title: str | None = strawberry.field(default=strawberry.UNSET, description="Title in Chinese")
    title_en: str | None = strawberry.field(default=strawberry.UNSET, description="Title in English")
    text: str | None = strawberry.field(default=strawberry.UNSET, description="Description in Chinese")
    text_en: str | None = strawberry.field(default=strawberry.UNSET, description="Description in English")
    category: str | None = strawberry.field(default=strawberry.UNSET, description="Category code")
    place: strawberry.ID | None = identifier("Place", "Where it is needed", default=strawberry.UNSET)
    lines: list[RequirementLineInput] | None = strawberry.field(default=strawberry.UNSET, description="All lines anew")
    windows: list[TimeWindowInput] | None = strawberry.field(default=strawberry.UNSET, description="All windows anew")
    point: PointInput | None = strawberry.field(default=strawberry.UNSET, description="Where on the map")
    target_groups: list[str] | None = strawberry.field(default=strawberry.UNSET, description="All groups anew")
    urgency: Urgency | None = strawberry.field(default=strawberry.UNSET, description="How soon")
    estimated_cost: float | None = strawberry.field(default=strawberry.UNSET, description="Yuan")
    estimated_effort: float | None = strawberry.field(default=strawberry.UNSET, description="Person-hours")
    concerns: strawberry.ID | None = identifier("Organisation", "Organisation it is about", default=strawberry.UNSET)
    valid_from: date | None = strawberry.field(default=strawberry.UNSET, description="First day")
    valid_to: date | None = strawberry.field(default=strawberry.UNSET, description="Last day")
    visibility: Visibility | None = strawberry.field(default=strawberry.UNSET, description="Who may see it")
    external_ids: list[ExternalIdInput] | None = strawberry.field(
        default=strawberry.UNSET, description="All numbers elsewhere anew"
    )


NeedResult = Annotated[
    Need
    | errors.NotFoundError
    | errors.ForbiddenError
    | errors.InvalidInputError
    | errors.InvalidTransitionError
    | errors.StaleVersionError,
    strawberry.union("NeedResult", description="The need, or what is to be mended"),
]


@strawberry.type
class NeedQuery:
    """Root fields that read needs."""

    @strawberry.field(description="Needs that the viewer may see; give `first` or `last`, at most 100")
    async def needs(
        self,
        info: Info,
        filter: NeedFilter | None = None,
        order_by: SearchOrder = SearchOrder.NEWEST,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[Need]:
        """Return a page of needs."""
        return await item_page(info, "Need", filter, order_by, (first, after, last, before))


@strawberry.type
class NeedMutation:
    """Mutations of needs."""

    @strawberry.mutation(
        description="Submit a need (点单); needs permission need:create",
        extensions=[Requires(Object.NEED, Action.CREATE)],
    )
    async def need_submit(self, info: Info, input: NeedInput) -> NeedResult:
        """Submit."""
        return await changed(info, "Need", await commands.submit_need(info.context.viewer, given(input)))

    @strawberry.mutation(
        description="Change a need; needs permission need:update", extensions=[Requires(Object.NEED, Action.UPDATE)]
    )
    async def need_update(
        self,
        info: Info,
        id: strawberry.ID,
        changes: NeedChanges,
        expected_version: int,
    ) -> NeedResult:
        """Update."""
        key = row_id(id, "Need", ("id",))
        return await changed(
            info,
            "Need",
            await commands.update_need(info.context.viewer, key, given(changes), expected_version),
        )

    @strawberry.mutation(
        description="Withdraw a need (撤单) with a reason; needs permission need:withdraw",
        extensions=[Requires(Object.NEED, Action.WITHDRAW)],
    )
    async def need_withdraw(
        self,
        info: Info,
        id: strawberry.ID,
        reason: str,
        expected_version: int,
    ) -> NeedResult:
        """Withdraw."""
        key = row_id(id, "Need", ("id",))
        done = await commands.move_need(info.context.viewer, key, NeedStatus.WITHDRAWN, expected_version, reason=reason)
        return await changed(info, "Need", done)

    @strawberry.mutation(
        description="Move a need along the board, e.g. dispatch it (派单) to an assignee; needs permission need:update",
        extensions=[Requires(Object.NEED, Action.UPDATE)],
    )
    async def need_advance(
        self,
        info: Info,
        id: strawberry.ID,
        to: NeedStatus,
        expected_version: int,
        reason: str | None = None,
        assignee: AssigneeInput | None = None,
        review_on: date | None = None,
    ) -> NeedResult:
        """Move."""
        key = row_id(id, "Need", ("id",))
        who = given(assignee) if assignee else None
        done = await commands.move_need(
            info.context.viewer,
            key,
            to,
            expected_version,
            reason=reason,
            assignee=who,
            review_on=review_on,
        )
        return await changed(info, "Need", done)
