"""Root fields that read the three kinds of list."""

from datetime import datetime

import strawberry

from api.context import Info
from api.models.choices import Family
from api.queries.items import SearchOrder
from api.schema.base import Connection
from api.schema.filters import item_page, searched
from api.schema.inputs import identifier
from api.schema.item_list import NeedList, ProjectList, ResourceList
from api.state_machines.item_list import ListStatus


@strawberry.input(description="Filters of lists; all combine with AND")
class ListFilter:
    """Filter."""

    search: str | None = searched()
    within: str | None = strawberry.field(default=None, description="Identifier or code of a place: it and all below")
    family: Family | None = strawberry.field(default=None, description="Family of the owner")
    status: list[ListStatus] | None = strawberry.field(default=None, description="Any of these states")
    changed_since: datetime | None = strawberry.field(default=None, description="Changed at or after this instant")
    owner_organisation: strawberry.ID | None = identifier("Organisation", "Owned by this organisation", default=None)
    round: strawberry.ID | None = identifier("CollectionRound", "Answers this collection round", default=None)


@strawberry.type
class ListQuery:
    """Root fields that read lists."""

    @strawberry.field(description="需求清单 that the viewer may see; give `first` or `last`, at most 100")
    async def need_lists(
        self,
        info: Info,
        filter: ListFilter | None = None,
        order_by: SearchOrder = SearchOrder.NEWEST,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[NeedList]:
        """Return a page of need lists."""
        return await item_page(info, "NeedList", filter, order_by, (first, after, last, before))

    @strawberry.field(description="资源清单 that the viewer may see; give `first` or `last`, at most 100")
    async def resource_lists(
        self,
        info: Info,
        filter: ListFilter | None = None,
        order_by: SearchOrder = SearchOrder.NEWEST,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[ResourceList]:
        """Return a page of resource lists."""
        return await item_page(info, "ResourceList", filter, order_by, (first, after, last, before))

    @strawberry.field(description="项目清单 that the viewer may see; give `first` or `last`, at most 100")
    async def project_lists(
        self,
        info: Info,
        filter: ListFilter | None = None,
        order_by: SearchOrder = SearchOrder.NEWEST,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[ProjectList]:
        """Return a page of project lists."""
        return await item_page(info, "ProjectList", filter, order_by, (first, after, last, before))
