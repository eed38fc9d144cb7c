"""Root fields of the register: places, organisations, reference data."""

from datetime import datetime

import strawberry

from api.context import Info
from api.models.choices import Family, OrganisationStatus, PlaceKind
from api.plan.selection import selected
from api.queries import register as queries
from api.queries.filters import code
from api.queries.items import SearchOrder
from api.schema.base import Connection
from api.schema.filters import item_page, searched
from api.schema.organisation import Organisation
from api.schema.place import Place
from api.schema.taxonomy import Category, PartyKind, TargetGroup, UnitOfMeasure


@strawberry.input(description="Filters of places")
class PlaceFilter:
    """Filter."""

    search: str | None = searched()
    within: str | None = strawberry.field(default=None, description="Identifier or code of a place: it and all below")
    kind: list[PlaceKind] | None = strawberry.field(default=None, description="Any of these kinds")


@strawberry.input(description="Filters of organisations; all combine with AND")
class OrganisationFilter:
    """Filter."""

    search: str | None = searched()
    within: str | None = strawberry.field(default=None, description="Identifier or code of a place: it and all below")
    family: Family | None = strawberry.field(default=None, description="Family it belongs to")
    changed_since: datetime | None = strawberry.field(default=None, description="Changed at or after this instant")
    status: list[OrganisationStatus] | None = strawberry.field(default=None, description="Any of these states")
    kind: str | None = strawberry.field(default=None, description="Code of the kind of organisation")


@strawberry.type
class RegisterQuery:
    """Root fields."""

    @strawberry.field(description="Places in the order of their paths; give `first` or `last`, at most 100")
    async def places(
        self,
        info: Info,
        filter: PlaceFilter | None = None,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[Place]:
        """Return a page of places."""
        paging = {"first": first, "after": after, "last": last, "before": before}
        asked = filter or PlaceFilter()
        return await queries.places(  # type: ignore[return-value]  # a page is what a connection reads
            info.context.viewer, selected(info._raw_info), asked.within, asked.kind, asked.search, paging
        )

    @strawberry.field(description="Organisations that the viewer may see; give `first` or `last`, at most 100")
    async def organisations(
        self,
        info: Info,
        filter: OrganisationFilter | None = None,
        order_by: SearchOrder = SearchOrder.NEWEST,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[Organisation]:
        """Return a page of organisations."""
        return await item_page(info, "Organisation", filter, order_by, (first, after, last, before))

    @strawberry.field(description="Categories at and below a code; give `first` or `last`, at most 100")
    async def categories(
        self,
        info: Info,
        below: str | None = None,
        first: int | None = None,
        after: str | None = None,
    ) -> Connection[Category]:
        """Return a page of categories in the order of their codes."""
        paging = {"first": first, "after": after}
        below = None if below is None else code(below, ("below",))
        return await queries.categories(  # type: ignore[return-value]  # a page, as above
            info.context.viewer, selected(info._raw_info), below, paging
        )

    @strawberry.field(description="All units of measure")
    async def units_of_measure(self, info: Info) -> list[UnitOfMeasure]:
        """Return the units."""
        return await queries.reference(info.context.viewer, "UnitOfMeasure", selected(info._raw_info))  # type: ignore[return-value]  # rows, which the type reads

    @strawberry.field(description="All target groups")
    async def target_groups(self, info: Info) -> list[TargetGroup]:
        """Return the groups."""
        return await queries.reference(info.context.viewer, "TargetGroup", selected(info._raw_info))  # type: ignore[return-value]  # rows, which the type reads

    @strawberry.field(description="All kinds of party")
    async def party_kinds(self, info: Info) -> list[PartyKind]:
        """Return the kinds."""
        return await queries.reference(info.context.viewer, "PartyKind", selected(info._raw_info))  # type: ignore[return-value]  # rows, which the type reads
