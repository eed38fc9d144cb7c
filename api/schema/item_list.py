"""Lists (清单) as documents."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from api.models.choices import Family, Visibility
from api.schema.base import Connection, Node, connection, related, value
from api.schema.organisation import Organisation
from api.schema.person import Household, Person
from api.schema.place import Place
from api.state_machines.item_list import ListStatus

if TYPE_CHECKING:
    from api.schema.collection_round import CollectionInvitation
    from api.schema.match import Match
    from api.schema.need import Need
    from api.schema.project import Project
    from api.schema.resource import Resource

LazyInvitation = Annotated["CollectionInvitation", strawberry.lazy("api.schema.collection_round")]
LazyMatch = Annotated["Match", strawberry.lazy("api.schema.match")]
LazyNeed = Annotated["Need", strawberry.lazy("api.schema.need")]
LazyProject = Annotated["Project", strawberry.lazy("api.schema.project")]
LazyResource = Annotated["Resource", strawberry.lazy("api.schema.resource")]


@strawberry.interface(description="清单: a document that an organisation, household or person publishes on a date")
class ItemList(Node):
    """What the three kinds of list share."""

    number: str = value("Number of the document")
    title: str = value("Title in the caller's language")
    title_zh: str = value("Chinese title")
    title_en: str | None = value("English title")
    status: ListStatus = value("How far it is on its way to publication, and whether it still stands")
    status_reason: str | None = value("Why it was sent back or withdrawn")
    visibility: Visibility = value("Who may see it")
    family: Family | None = value("Family of the owner")
    place: Place | None = related("Place it is about")
    community: Place | None = related("Community or village it belongs to")
    owner_organisation: Organisation | None = related("Organisation that owns it")
    owner_person: Person | None = related("Person who owns it")
    owner_household: Household | None = related("Household that owns it")
    period_from: date | None = value("First day it is about")
    period_to: date | None = value("Last day it is about")
    invitation: LazyInvitation | None = related("Invitation of a collection round that it answers")
    entered_by: Person | None = related("Who entered it for its household or person")
    submitted_on: date | None = value("Day on which it was handed in, the last time")
    published_on: date | None = value("Day of publication")
    plain_text: list[str] = related(
        "Public edition for chat groups, in parts of at most 2,000 characters; empty: not public, or never published"
    )
    created_at: datetime = value("When it was begun")
    updated_at: datetime = value("When it was last changed")
    version: int = value("Version, for optimistic locking")


@strawberry.type(description="对照: what stands on another published list and could serve an item, or be served by it")
class Counterpart:
    """Counterpart."""

    match: LazyMatch | None = strawberry.field(description="Match of the two, with both sides and the reason")
    resource_list: Annotated["ResourceList", strawberry.lazy("api.schema.item_list")] | None = strawberry.field(
        description="List on which the other side stands, if it is a resource"
    )
    need_list: Annotated["NeedList", strawberry.lazy("api.schema.item_list")] | None = strawberry.field(
        description="List on which the other side stands, if it is a need"
    )
    project_list: Annotated["ProjectList", strawberry.lazy("api.schema.item_list")] | None = strawberry.field(
        description="List on which the other side stands, if it is a project"
    )


COUNTERPARTS = "on published lists, best first, at most 10"


@strawberry.type(description="A resource on a list")
class ResourceListEntry(Node):
    """Entry."""

    position: int = value("Order on the list, from 0")
    resource: LazyResource | None = related("Resource")
    counterparts: list[Counterpart] = related(f"Needs and projects that it could serve, {COUNTERPARTS}")


@strawberry.type(description="A need on a list")
class NeedListEntry(Node):
    """Entry."""

    position: int = value("Order on the list, from 0")
    need: LazyNeed | None = related("Need")
    counterparts: list[Counterpart] = related(f"Resources that could serve it, {COUNTERPARTS}")


@strawberry.type(description="A project on a list")
class ProjectListEntry(Node):
    """Entry."""

    position: int = value("Order on the list, from 0")
    project: LazyProject | None = related("Project")
    counterparts: list[Counterpart] = related(f"Resources that could serve it, {COUNTERPARTS}")


@strawberry.type(description="How far one list's resources serve another list's requirement lines")
class Coverage:
    """Coverage."""

    resource_list: Annotated["ResourceList", strawberry.lazy("api.schema.item_list")] | None = strawberry.field(
        description="Resource list"
    )
    need_list: Annotated["NeedList", strawberry.lazy("api.schema.item_list")] | None = strawberry.field(
        description="Need list, if it is one"
    )
    project_list: Annotated["ProjectList", strawberry.lazy("api.schema.item_list")] | None = strawberry.field(
        description="Project list, if it is one"
    )
    lines: int = strawberry.field(description="Requirement lines on the need or project list")
    covered: int = strawberry.field(description="Lines for which a resource of the resource list is suggested")
    share: float = strawberry.field(description="covered / lines")


@strawberry.type(description="资源清单: resource list")
class ResourceList(ItemList):
    """Resource list."""

    supersedes: Annotated["ResourceList", strawberry.lazy("api.schema.item_list")] | None = related("List it replaces")
    entries: Connection[ResourceListEntry] = connection("Items in their order")
    coverage: list[Coverage] = related("Need and project lists it could serve, best first, at most 20")


@strawberry.type(description="需求清单: need list")
class NeedList(ItemList):
    """Need list."""

    supersedes: Annotated["NeedList", strawberry.lazy("api.schema.item_list")] | None = related("List it replaces")
    entries: Connection[NeedListEntry] = connection("Items in their order")
    used_by: list[Coverage] = related("Resource lists that could serve it, best first, at most 20")


@strawberry.type(description="项目清单: project list")
class ProjectList(ItemList):
    """Project list."""

    supersedes: Annotated["ProjectList", strawberry.lazy("api.schema.item_list")] | None = related("List it replaces")
    entries: Connection[ProjectListEntry] = connection("Items in their order")
    used_by: list[Coverage] = related("Resource lists that could serve it, best first, at most 20")
