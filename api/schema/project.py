"""Projects."""

from datetime import date
from typing import Annotated

import strawberry

from api.commands import project as commands
from api.context import Info
from api.models.choices import Urgency, Visibility
from api.permissions import Requires
from api.queries.items import SearchOrder
from api.schema import errors
from api.schema.affair import Affair
from api.schema.base import Connection, value
from api.schema.filters import ItemFilterInput, item_page, under_agreement
from api.schema.inputs import (
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
from api.state_machines.project import ProjectStatus
from auth.permissions import Action, Object

UNSET = strawberry.UNSET


@strawberry.type(description="项目: something that several parties carry out together")
class Project(Affair):
    """Project."""

    status: ProjectStatus = value("How far it is")


@strawberry.input(description="Filters of projects; all combine with AND")
class ProjectFilter(ItemFilterInput):
    """Filter."""

    status: list[ProjectStatus] | None = strawberry.field(default=None, description="Any of these states")
    under_agreement: strawberry.ID | None = under_agreement()
    claimed_by_me: bool | None = strawberry.field(
        default=None, description="Some of it is claimed by the viewer or an organisation of the viewer"
    )


@strawberry.input(description="A project to propose")
class ProjectInput:
    """Project."""

    title: str = strawberry.field(description="Title in Chinese, at most 200 characters")
    category: str = strawberry.field(description="Category code")
    place: strawberry.ID = identifier("Place", "Where it is")
    owner: OwnerInput = strawberry.field(description="Who leads it")
    title_en: str | None = strawberry.field(default=None, description="Title in English")
    text: str | None = strawberry.field(default=None, description="Description in Chinese")
    text_en: str | None = strawberry.field(default=None, description="Description in English")
    lines: list[RequirementLineInput] | None = strawberry.field(default=None, description="What it asks for")
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
    external_ids: list[ExternalIdInput] | None = strawberry.field(default=None, description="Numbers elsewhere")


@strawberry.input(description="Fields of a project to change; what is not given stays")
class ProjectChanges:
    """Changes."""

    title: str | None = strawberry.field(default=UNSET, description="Title in Chinese")
    title_en: str | None = strawberry.field(default=UNSET, description="Title in English")
    text: str | None = strawberry.field(default=UNSET, description="Description in Chinese")
    text_en: str | None = strawberry.field(default=UNSET, description="Description in English")
    category: str | None = strawberry.field(default=UNSET, description="Category code")
    place: strawberry.ID | None = identifier("Place", "Where it is", default=UNSET)
    lines: list[RequirementLineInput] | None = strawberry.field(default=UNSET, description="All lines anew")
    windows: list[TimeWindowInput] | None = strawberry.field(default=UNSET, description="All windows anew")
    point: PointInput | None = strawberry.field(default=UNSET, description="Where on the map")
    target_groups: list[str] | None = strawberry.field(default=UNSET, description="All groups anew")
    urgency: Urgency | None = strawberry.field(default=UNSET, description="How soon")
    estimated_cost: float | None = strawberry.field(default=UNSET, description="Yuan")
    estimated_effort: float | None = strawberry.field(default=UNSET, description="Person-hours")
    concerns: strawberry.ID | None = identifier("Organisation", "Organisation it is about", default=UNSET)
    valid_from: date | None = strawberry.field(default=UNSET, description="First day")
    valid_to: date | None = strawberry.field(default=UNSET, description="Last day")
    visibility: Visibility | None = strawberry.field(default=UNSET, description="Who may see it")
    external_ids: list[ExternalIdInput] | None = strawberry.field(default=UNSET, description="All numbers anew")


ProjectResult = Annotated[
    Project
    | errors.NotFoundError
    | errors.ForbiddenError
    | errors.InvalidInputError
    | errors.InvalidTransitionError
    | errors.StaleVersionError,
    strawberry.union("ProjectResult", description="The project, or what is to be mended"),
]


@strawberry.type
class ProjectQuery:
    """Root fields that read projects."""

    @strawberry.field(description="Projects that the viewer may see; give `first` or `last`, at most 100")
    async def projects(
        self,
        info: Info,
        filter: ProjectFilter | None = None,
        order_by: SearchOrder = SearchOrder.NEWEST,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[Project]:
        """Return a page of projects."""
        return await item_page(info, "Project", filter, order_by, (first, after, last, before))


@strawberry.type
class ProjectMutation:
    """Mutations of projects."""

    @strawberry.mutation(
        description="Propose a project; needs permission project:create",
        extensions=[Requires(Object.PROJECT, Action.CREATE)],
    )
    async def project_propose(self, info: Info, input: ProjectInput) -> ProjectResult:
        """Propose."""
        return await changed(info, "Project", await commands.propose_project(info.context.viewer, given(input)))

    @strawberry.mutation(
        description="Change a project; needs permission project:update",
        extensions=[Requires(Object.PROJECT, Action.UPDATE)],
    )
    async def project_update(
        self,
        info: Info,
        id: strawberry.ID,
        changes: ProjectChanges,
        expected_version: int,
    ) -> ProjectResult:
        """Update."""
        key = row_id(id, "Project", ("id",))
        done = await commands.update_project(info.context.viewer, key, given(changes), expected_version)
        return await changed(info, "Project", done)

    @strawberry.mutation(
        description="Move a project on, e.g. to IN_PROGRESS; needs permission project:update",
        extensions=[Requires(Object.PROJECT, Action.UPDATE)],
    )
    async def project_advance(
        self,
        info: Info,
        id: strawberry.ID,
        to: ProjectStatus,
        expected_version: int,
        reason: str | None = None,
    ) -> ProjectResult:
        """Move."""
        key = row_id(id, "Project", ("id",))
        done = await commands.move_project(info.context.viewer, key, to, expected_version, reason=reason)
        return await changed(info, "Project", done)
