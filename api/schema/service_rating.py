"""Ratings of service items."""

from typing import TYPE_CHECKING, Annotated

import strawberry

from api.commands import service_rating as commands
from api.context import Info
from api.permissions import Requires
from api.schema import errors
from api.schema.base import Node, related, value
from api.schema.inputs import row_id
from api.schema.payload import changed
from auth.permissions import Action, Object

if TYPE_CHECKING:
    from api.schema.service_item import ServiceItem


@strawberry.type(description="What all ratings of a service item come to")
class Rating:
    """Rating."""

    average: float | None = value("Mean score, 1 to 5; null without any")
    count: int = value("Number of ratings")


@strawberry.type(description="What one household or person thought of a service item in one month; never who")
class ServiceRating(Node):
    """Rating of one."""

    score: int = value("Score, 1 to 5")
    month: str = value("Month, e.g. 2026-11")
    text: str | None = value("What they wrote; null when nothing, or hidden")
    hidden: bool = value("Whether the committee has hidden the text")
    hidden_reason: str | None = value("Why it is hidden")
    hidden_text: str | None = value("Hidden text, for those who may hide and restore it")
    service_item: Annotated["ServiceItem", strawberry.lazy("api.schema.service_item")] | None = related("Service item")


ServiceRatingResult = Annotated[
    ServiceRating
    | errors.NotFoundError
    | errors.ForbiddenError
    | errors.InvalidInputError
    | errors.InvalidTransitionError,
    strawberry.union("ServiceRatingResult", description="The rating, or what is to be mended"),
]


@strawberry.type
class ServiceRatingMutation:
    """Mutations of ratings."""

    @strawberry.mutation(
        description="Rate a service item from 1 to 5, once a month for each household; again replaces it;"
        " needs permission serviceRating:create",
        extensions=[Requires(Object.SERVICE_RATING, Action.CREATE)],
    )
    async def service_item_rate(
        self, info: Info, id: strawberry.ID, score: int, text: str | None = None
    ) -> ServiceRatingResult:
        """Rate."""
        key = row_id(id, "ServiceItem", ("id",))
        return await changed(
            info, "ServiceRating", await commands.rate_service_item(info.context.viewer, key, score, text)
        )

    @strawberry.mutation(
        description="Hide a rating's text with a reason; its score goes on counting;"
        " needs permission serviceRating:withdraw",
        extensions=[Requires(Object.SERVICE_RATING, Action.WITHDRAW)],
    )
    async def service_rating_hide(self, info: Info, id: strawberry.ID, reason: str) -> ServiceRatingResult:
        """Hide."""
        key = row_id(id, "ServiceRating", ("id",))
        return await changed(info, "ServiceRating", await commands.hide_rating(info.context.viewer, key, reason))

    @strawberry.mutation(
        description="Show a rating's hidden text again; needs permission serviceRating:restore",
        extensions=[Requires(Object.SERVICE_RATING, Action.RESTORE)],
    )
    async def service_rating_restore(self, info: Info, id: strawberry.ID) -> ServiceRatingResult:
        """Restore."""
        key = row_id(id, "ServiceRating", ("id",))
        return await changed(info, "ServiceRating", await commands.restore_rating(info.context.viewer, key))
