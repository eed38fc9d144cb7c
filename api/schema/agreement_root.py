"""Root field and mutations of agreements."""

from datetime import date, datetime
from typing import Annotated

import strawberry

from api.commands import agreement as commands
from api.commands import agreement_signing as signing
from api.context import Info
from api.models.choices import Visibility
from api.permissions import Requires
from api.plan.selection import selected
from api.queries import agreement as queries
from api.queries.items import ItemOrder
from api.schema import errors
from api.schema.agreement import Agreement
from api.schema.base import Connection
from api.schema.inputs import given, identifier, row_id
from api.schema.payload import changed
from api.state_machines.agreement import AgreementStatus
from auth.permissions import Action, Object


@strawberry.input(description="Filters of agreements; all combine with AND")
class AgreementFilter:
    """Filter."""

    within: str | None = strawberry.field(default=None, description="Identifier or code of a place: it and all below")
    organisation: strawberry.ID | None = identifier("Organisation", "This organisation is one side", default=None)
    status: list[AgreementStatus] | None = strawberry.field(default=None, description="Any of these states")
    in_force_on: date | None = strawberry.field(default=None, description="In force on this day")
    broken_promises: bool | None = strawberry.field(
        default=None, description="Whether a promise is broken today and not made good"
    )
    changed_since: datetime | None = strawberry.field(default=None, description="Changed at or after this instant")


@strawberry.input(description="One promise")
class PromiseInput:
    """Promise."""

    category: str = strawberry.field(description="Code of what is promised")
    text: str | None = strawberry.field(default=None, description="Promise in Chinese, at most 500 characters")
    quantity: float | None = strawberry.field(default=None, description="How much; null: by hours, or without limit")
    unit: str | None = strawberry.field(default=None, description="Code of the unit of measure; needs a quantity")
    hours: float | None = strawberry.field(default=None, description="Hours of work")
    due_on: date | None = strawberry.field(default=None, description="Last day to keep it; null: the agreement's last")


@strawberry.input(description="An agreement to draft")
class AgreementInput:
    """Agreement."""

    title: str = strawberry.field(description="Title in Chinese, at most 200 characters")
    place: strawberry.ID = identifier("Place", "Place it is about")
    committee: strawberry.ID = identifier("Organisation", "Body of the community")
    unit: strawberry.ID = identifier("Organisation", "Unit that promises")
    valid_from: date = strawberry.field(description="First day")
    valid_to: date = strawberry.field(description="Last day")
    promises: list[PromiseInput] = strawberry.field(description="Promises in their order, at most 50")
    title_en: str | None = strawberry.field(default=None, description="Title in English")
    text: str | None = strawberry.field(default=None, description="Text in Chinese")
    signed_visibility: Visibility = strawberry.field(
        default=Visibility.PUBLIC, description="Who may see it once both have signed"
    )


@strawberry.input(description="Fields of an agreement to change; what is not given stays")
class AgreementChanges:
    """Changes."""

    title: str | None = strawberry.field(default=strawberry.UNSET, description="Title in Chinese")
    title_en: str | None = strawberry.field(default=strawberry.UNSET, description="Title in English")
    text: str | None = strawberry.field(default=strawberry.UNSET, description="Text in Chinese")
    place: strawberry.ID | None = identifier("Place", "Place it is about", default=strawberry.UNSET)
    committee: strawberry.ID | None = identifier("Organisation", "Body of the community", default=strawberry.UNSET)
    unit: strawberry.ID | None = identifier("Organisation", "Unit that promises", default=strawberry.UNSET)
    valid_from: date | None = strawberry.field(default=strawberry.UNSET, description="First day")
    valid_to: date | None = strawberry.field(default=strawberry.UNSET, description="Last day")
    promises: list[PromiseInput] | None = strawberry.field(default=strawberry.UNSET, description="All promises anew")
    signed_visibility: Visibility | None = strawberry.field(
        default=strawberry.UNSET, description="Who may see it once both have signed"
    )


AgreementResult = Annotated[
    Agreement
    | errors.NotFoundError
    | errors.ForbiddenError
    | errors.InvalidInputError
    | errors.InvalidTransitionError
    | errors.StaleVersionError,
    strawberry.union("AgreementResult", description="The agreement, or what is to be mended"),
]


@strawberry.type
class AgreementQuery:
    """Root field that reads agreements."""

    @strawberry.field(description="Agreements that the viewer may see; give `first` or `last`, at most 100")
    async def agreements(
        self,
        info: Info,
        filter: AgreementFilter | None = None,
        order_by: ItemOrder = ItemOrder.NEWEST,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[Agreement]:
        """Return a page of agreements."""
        asked = given(filter, ("filter",)) if filter else {}
        paging = {"first": first, "after": after, "last": last, "before": before}
        return await queries.agreements(  # type: ignore[return-value]  # a page is what a connection reads
            info.context.viewer, selected(info._raw_info), asked, order_by, paging
        )


@strawberry.type
class AgreementMutation:
    """Mutations of agreements."""

    @strawberry.mutation(
        description="Draft an agreement with a unit; needs permission agreement:create",
        extensions=[Requires(Object.AGREEMENT, Action.CREATE)],
    )
    async def agreement_draft(self, info: Info, input: AgreementInput) -> AgreementResult:
        """Draft."""
        done = await commands.draft_agreement(info.context.viewer, given(input))
        return await changed(info, "Agreement", done)

    @strawberry.mutation(
        description="Change a draft; a changed proposal is a draft again, without signatures;"
        " needs permission agreement:update",
        extensions=[Requires(Object.AGREEMENT, Action.UPDATE)],
    )
    async def agreement_update(
        self, info: Info, id: strawberry.ID, changes: AgreementChanges, expected_version: int
    ) -> AgreementResult:
        """Update."""
        key = row_id(id, "Agreement", ("id",))
        done = await commands.update_agreement(info.context.viewer, key, given(changes), expected_version)
        return await changed(info, "Agreement", done)

    @strawberry.mutation(
        description="Put a draft before both sides to sign (送签); needs permission agreement:propose",
        extensions=[Requires(Object.AGREEMENT, Action.PROPOSE)],
    )
    async def agreement_propose(self, info: Info, id: strawberry.ID, expected_version: int) -> AgreementResult:
        """Propose."""
        key = row_id(id, "Agreement", ("id",))
        done = await commands.propose_agreement(info.context.viewer, key, expected_version)
        return await changed(info, "Agreement", done)

    @strawberry.mutation(
        description="Sign for one's own side (签署); binding once both have signed; needs permission agreement:sign",
        extensions=[Requires(Object.AGREEMENT, Action.SIGN)],
    )
    async def agreement_sign(self, info: Info, id: strawberry.ID, expected_version: int) -> AgreementResult:
        """Sign."""
        key = row_id(id, "Agreement", ("id",))
        done = await signing.sign_agreement(info.context.viewer, key, expected_version)
        return await changed(info, "Agreement", done)

    @strawberry.mutation(
        description="End an agreement with a reason (解除); needs permission agreement:withdraw",
        extensions=[Requires(Object.AGREEMENT, Action.WITHDRAW)],
    )
    async def agreement_end(self, info: Info, id: strawberry.ID, reason: str, expected_version: int) -> AgreementResult:
        """End."""
        key = row_id(id, "Agreement", ("id",))
        done = await commands.end_agreement(info.context.viewer, key, reason, expected_version)
        return await changed(info, "Agreement", done)

    @strawberry.mutation(
        description="Note how a broken promise was made good (补上); needs permission agreement:confirm",
        extensions=[Requires(Object.AGREEMENT, Action.CONFIRM)],
    )
    async def agreement_promise_remedy(self, info: Info, id: strawberry.ID, remedy: str) -> AgreementResult:
        """Remedy."""
        key = row_id(id, "AgreementPromise", ("id",))
        done = await signing.remedy_promise(info.context.viewer, key, remedy)
        return await changed(info, "Agreement", done)
