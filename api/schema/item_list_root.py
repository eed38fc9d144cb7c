"""Root fields and mutations of the three kinds of list."""

from datetime import date, datetime
from typing import Annotated, Any

import strawberry

from api.commands import item_list as commands
from api.context import Info
from api.models.choices import Family, ListKind, Visibility
from api.permissions import Requires
from api.queries.items import ItemOrder
from api.schema import errors
from api.schema.base import Connection
from api.schema.filters import item_page
from api.schema.inputs import OwnerInput, given, identifier, row_id
from api.schema.item_list import NeedList, ProjectList, ResourceList
from api.schema.payload import changed
from api.state_machines.item_list import ListStatus
from auth.permissions import Action, Object


@strawberry.input(description="Filters of lists; all combine with AND")
class ListFilter:
    """Filter."""

    within: str | None = strawberry.field(default=None, description="Identifier or code of a place: it and all below")
    family: Family | None = strawberry.field(default=None, description="Family of the owner")
    status: list[ListStatus] | None = strawberry.field(default=None, description="Any of these states")
    changed_since: datetime | None = strawberry.field(default=None, description="Changed at or after this instant")
    owner_organisation: strawberry.ID | None = identifier("Organisation", "Owned by this organisation", default=None)


@strawberry.input(description="A list to publish")
class ListInput:
    """List."""

    title: str = strawberry.field(description="Title in Chinese, at most 200 characters")
    place: strawberry.ID = identifier("Place", "Place it is about")
    owner: OwnerInput = strawberry.field(description="Who publishes it")
    items: list[strawberry.ID] = strawberry.field(description="Identifiers of its items, in order; at most 500")
    title_en: str | None = strawberry.field(default=None, description="Title in English")
    number: str | None = strawberry.field(default=None, description="Number of the document; none: the next free one")
    period_from: date | None = strawberry.field(default=None, description="First day it is about")
    period_to: date | None = strawberry.field(default=None, description="Last day it is about")
    visibility: Visibility = strawberry.field(default=Visibility.PUBLIC, description="Who may see it")
    supersedes: strawberry.ID | None = strawberry.field(default=None, description="Earlier list that it replaces")


Errors = (
    errors.NotFoundError
    | errors.ForbiddenError
    | errors.InvalidInputError
    | errors.InvalidTransitionError
    | errors.StaleVersionError
)
NeedListResult = Annotated[
    NeedList | Errors, strawberry.union("NeedListResult", description="The list, or what is to be mended")
]
ResourceListResult = Annotated[
    ResourceList | Errors, strawberry.union("ResourceListResult", description="The list, or what is to be mended")
]
ProjectListResult = Annotated[
    ProjectList | Errors, strawberry.union("ProjectListResult", description="The list, or what is to be mended")
]


@strawberry.type
class ListQuery:
    """Root fields that read lists."""

    @strawberry.field(description="需求清单 that the viewer may see; give `first` or `last`, at most 100")
    async def need_lists(
        self,
        info: Info,
        filter: ListFilter | None = None,
        order_by: ItemOrder = ItemOrder.NEWEST,
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
        order_by: ItemOrder = ItemOrder.NEWEST,
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
        order_by: ItemOrder = ItemOrder.NEWEST,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[ProjectList]:
        """Return a page of project lists."""
        return await item_page(info, "ProjectList", filter, order_by, (first, after, last, before))


@strawberry.type
class ListMutation:
    """Mutations of lists."""

    @strawberry.mutation(
        description="Publish a need list; needs permission needList:publish",
        extensions=[Requires(Object.NEED_LIST, Action.PUBLISH)],
    )
    async def need_list_publish(self, info: Info, input: ListInput) -> NeedListResult:
        """Publish."""
        return await _publish(info, ListKind.NEED, input)

    @strawberry.mutation(
        description="Publish a resource list; needs permission resourceList:publish",
        extensions=[Requires(Object.RESOURCE_LIST, Action.PUBLISH)],
    )
    async def resource_list_publish(self, info: Info, input: ListInput) -> ResourceListResult:
        """Publish."""
        return await _publish(info, ListKind.RESOURCE, input)

    @strawberry.mutation(
        description="Publish a project list; needs permission projectList:publish",
        extensions=[Requires(Object.PROJECT_LIST, Action.PUBLISH)],
    )
    async def project_list_publish(self, info: Info, input: ListInput) -> ProjectListResult:
        """Publish."""
        return await _publish(info, ListKind.PROJECT, input)


async def _publish(info: Info, kind: ListKind, data: ListInput) -> Any:
    name = kind.capitalize()
    values = given(data)
    values["items"] = [row_id(text, name, ("items", str(index))) for index, text in enumerate(data.items)]
    earlier = values.pop("supersedes", None)
    supersedes = None if earlier is None else row_id(earlier, f"{name}List", ("supersedes",))
    done = await commands.publish_list(info.context.viewer, kind, values=values, supersedes=supersedes)
    return await changed(info, f"{name}List", done)
