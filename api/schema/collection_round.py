"""Collection rounds (双向梳理) and whom they ask."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from api.models.choices import ListKind
from api.schema.base import Connection, Node, connection, related, value
from api.schema.organisation import Organisation
from api.schema.person import Household
from api.schema.place import Place
from api.state_machines.collection_round import CollectionRoundStatus

if TYPE_CHECKING:
    from api.schema.item_list import NeedList, ProjectList, ResourceList

NeedLists = Connection[Annotated["NeedList", strawberry.lazy("api.schema.item_list")]]
ResourceLists = Connection[Annotated["ResourceList", strawberry.lazy("api.schema.item_list")]]
ProjectLists = Connection[Annotated["ProjectList", strawberry.lazy("api.schema.item_list")]]


@strawberry.type(description="征集邀请: a unit or household that a round asks; seen by it and by who is in charge")
class CollectionInvitation(Node):
    """Invitation."""

    round: Annotated["CollectionRound", strawberry.lazy("api.schema.collection_round")] | None = related(
        "Round it belongs to"
    )
    organisation: Organisation | None = related("Organisation that is asked, if it is one")
    household: Household | None = related("Household that is asked, if it is one")
    answered: bool = value("Whether at least one list was handed in and not sent back")
    missing: list[ListKind] = related("Kinds of list that the round asks for and that were not handed in")
    need_lists: NeedLists = connection("Need lists that answer it, newest first")
    resource_lists: ResourceLists = connection("Resource lists that answer it, newest first")
    project_lists: ProjectLists = connection("Project lists that answer it, newest first")
    created_at: datetime = value("When it was given")


@strawberry.type(description="双向梳理: a community or sub-district asks units and households for their lists")
class CollectionRound(Node):
    """Round."""

    title: str = value("Title in the caller's language")
    title_zh: str = value("Chinese title")
    title_en: str | None = value("English title")
    note: str | None = value("What is asked, in words; everybody may read it")
    place: Place | None = related("Place it is held in")
    community: Place | None = related("Community or village, if it is one")
    collects: list[ListKind] = value("Kinds of list that are asked for")
    period_from: date | None = value("First day that the lists are about")
    period_to: date | None = value("Last day that the lists are about")
    due_on: date = value("Day by which lists are wanted; late ones are taken while the round is open")
    status: CollectionRoundStatus = value("Whether lists are still taken")
    status_reason: str | None = value("Why it was called off")
    invitations: Connection[CollectionInvitation] = connection("Whom it asks, as far as the viewer may know")
    created_at: datetime = value("When it was opened")
    updated_at: datetime = value("When it was last changed")
    version: int = value("Version, for optimistic locking")
