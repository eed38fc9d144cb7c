"""Who steps in where an estate has no property firm."""

from typing import TYPE_CHECKING, Annotated

import strawberry

from api.commands import fallback as commands
from api.context import Info
from api.permissions import Requires
from api.schema import errors
from api.schema.base import Node, related, value
from api.schema.inputs import row_id
from api.schema.payload import changed
from auth.permissions import Action, Object

if TYPE_CHECKING:
    from api.schema.organisation import Organisation
    from api.schema.place import Place

LazyPlace = Annotated["Place", strawberry.lazy("api.schema.place")]


@strawberry.type(description="托底: who serves the estates without a property firm at and below a place")
class FallbackProvider(Node):
    """Fallback."""

    place: LazyPlace | None = related("Place for which it is named")
    organisation: Annotated["Organisation", strawberry.lazy("api.schema.organisation")] | None = related(
        "Organisation that steps in"
    )
    categories: list[str] = value("Categories for which it does, with all below; empty: all of its service items")
    version: int = value("Version, for optimistic locking")


FallbackResult = Annotated[
    LazyPlace | errors.NotFoundError | errors.ForbiddenError | errors.InvalidInputError | errors.StaleVersionError,
    strawberry.union("FallbackProviderResult", description="The place, or what is to be mended"),
]


@strawberry.type
class FallbackMutation:
    """Mutations of fallback providers."""

    @strawberry.mutation(
        description="Name who serves a place's estates without a property firm; without organisation nobody;"
        " needs permission fallbackProvider:update",
        extensions=[Requires(Object.FALLBACK_PROVIDER, Action.UPDATE)],
    )
    async def fallback_provider_set(
        self,
        info: Info,
        place: strawberry.ID,
        organisation: strawberry.ID | None = None,
        categories: list[str] | None = None,
        expected_version: int | None = None,
    ) -> FallbackResult:
        """Set."""
        where = row_id(place, "Place", ("place",))
        named = None if organisation is None else row_id(organisation, "Organisation", ("organisation",))
        done = await commands.set_fallback(info.context.viewer, where, named, categories or [], expected_version)
        return await changed(info, "Place", done)
