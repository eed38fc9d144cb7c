"""Mutations of needs that somebody enters for a relative, and of making sure of them."""

import strawberry

from api.commands import on_behalf as commands
from api.context import Info
from api.errors import NotFound
from api.models.choices import Urgency, Visibility
from api.permissions import Requires
from api.queries.need_receipt import own_receipt
from api.schema.consent import OnBehalfInput
from api.schema.inputs import given, identifier, row_id
from api.schema.need import NeedResult
from api.schema.need_receipt import NeedReceiptResult, shown
from api.schema.payload import changed
from auth.permissions import Action, Object


@strawberry.input(description="A need of a relative or neighbour who lives elsewhere, named in `onBehalfOf.person`")
class RelativeNeedInput:
    """Need."""

    title: str = strawberry.field(description="Title in Chinese, at most 200 characters")
    category: str = strawberry.field(description="Category code")
    place: strawberry.ID = identifier("Place", "Where it is needed")
    on_behalf_of: OnBehalfInput = strawberry.field(
        description="Whose need it is, with name and telephone, and how they agreed"
    )
    text: str | None = strawberry.field(default=None, description="Description in Chinese, at most 5,000 characters")
    target_groups: list[str] | None = strawberry.field(default=None, description="Codes of the groups it is for")
    urgency: Urgency = strawberry.field(default=Urgency.NORMAL, description="How soon")
    visibility: Visibility = strawberry.field(
        default=Visibility.PUBLIC, description="Who may see it, once somebody in charge has made sure of the consent"
    )


@strawberry.type
class OnBehalfMutation:
    """Mutations of needs entered for others."""

    @strawberry.mutation(
        description="Enter a need for a relative who lives elsewhere (代填); those in charge there make sure of it "
        "before it is public; needs permission need.onBehalf:create",
        extensions=[Requires(Object.NEED_ON_BEHALF, Action.CREATE)],
    )
    async def need_submit_for_relative(self, info: Info, input: RelativeNeedInput) -> NeedReceiptResult:
        """Submit."""
        viewer = info.context.viewer
        receipt = await own_receipt(viewer, await commands.submit_for_relative(viewer, given(input)))
        if receipt is None:
            raise NotFound
        return shown(receipt, info.context.language)

    @strawberry.mutation(
        description="Note that the owner was asked and agreed; the need becomes as visible as was wanted, "
        "or less if less was chosen since; "
        "needs permission need.onBehalf:update",
        extensions=[Requires(Object.NEED_ON_BEHALF, Action.UPDATE)],
    )
    async def need_consent_confirm(self, info: Info, id: strawberry.ID, expected_version: int) -> NeedResult:
        """Confirm."""
        key = row_id(id, "Need", ("id",))
        return await changed(
            info, "Need", await commands.confirm_consent(info.context.viewer, key, expected_version)
        )  # fmt: skip
