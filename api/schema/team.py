"""Teams."""

from datetime import date, datetime
from typing import Annotated

import strawberry

from api.commands import team as commands
from api.context import Info
from api.permissions import Requires
from api.queries.items import ItemOrder
from api.schema import errors
from api.schema.base import Connection, Node, related, value
from api.schema.certificate import Certificate, CertificateInput, certificates
from api.schema.filters import item_page
from api.schema.inputs import given, identifier, row_id
from api.schema.organisation import Organisation
from api.schema.payload import changed
from api.schema.person import Person
from api.schema.place import Place
from api.state_machines.team import TeamStatus
from auth.permissions import Action, Object

UNSET = strawberry.UNSET
strawberry.enum(TeamStatus, description="Whether a team takes part")


@strawberry.type(description="志愿队: a team that can claim what one person cannot; its lead acts for it")
class Team(Node):
    """Team."""

    name: str = value("Name in the caller's language")
    name_zh: str = value("Chinese name")
    name_en: str | None = value("English name")
    text: str | None = value("About it, in Chinese")
    lead: Person | None = related("Who leads it; null to those who may not know of the person")
    organisation: Organisation | None = related("Organisation it belongs to")
    place: Place | None = related("Place it is at home in")
    skills: list[str] = value("What it can do, in words")
    certificates: list[Certificate] = certificates()
    members: int | None = value("How many people; null is unknown")
    status: TeamStatus = value("Whether it takes part")
    confirmed_on: date | None = value("Day on which somebody last confirmed it")
    created_at: datetime = value("When it was registered")
    updated_at: datetime = value("When it was last changed")
    version: int = value("Version, for optimistic locking")


@strawberry.input(description="Filters of teams; all combine with AND")
class TeamFilter:
    """Filter."""

    within: str | None = strawberry.field(default=None, description="Identifier or code of a place: it and all below")
    status: list[TeamStatus] | None = strawberry.field(default=None, description="Any of these states")
    owner_organisation: strawberry.ID | None = identifier("Organisation", "Teams of this organisation", default=None)
    changed_since: datetime | None = strawberry.field(default=None, description="Changed at or after this instant")


@strawberry.input(description="A team to register")
class TeamInput:
    """Team."""

    name: str = strawberry.field(description="Name in Chinese, at most 100 characters")
    place: strawberry.ID = identifier("Place", "Place it is at home in")
    lead: strawberry.ID | None = identifier("Person", "Who leads it; none: the caller", default=None)
    organisation: strawberry.ID | None = identifier("Organisation", "Organisation it belongs to", default=None)
    name_en: str | None = strawberry.field(default=None, description="Name in English")
    text: str | None = strawberry.field(default=None, description="About it, in Chinese")
    skills: list[str] | None = strawberry.field(default=None, description="What it can do, in words, at most 20")
    certificates: list[CertificateInput] | None = strawberry.field(
        default=None, description="Certificates; entered by those who check them"
    )
    members: int | None = strawberry.field(default=None, description="How many people")


@strawberry.input(description="Fields of a team to change; what is not given stays")
class TeamChanges:
    """Changes."""

    name: str | None = strawberry.field(default=UNSET, description="Name in Chinese")
    name_en: str | None = strawberry.field(default=UNSET, description="Name in English")
    text: str | None = strawberry.field(default=UNSET, description="About it, in Chinese")
    lead: strawberry.ID | None = identifier("Person", "New lead, who takes over its open claims", default=UNSET)
    skills: list[str] | None = strawberry.field(default=UNSET, description="All skills anew")
    certificates: list[CertificateInput] | None = strawberry.field(default=UNSET, description="All certificates anew")
    members: int | None = strawberry.field(default=UNSET, description="How many people")


TeamResult = Annotated[
    Team
    | errors.NotFoundError
    | errors.ForbiddenError
    | errors.InvalidInputError
    | errors.InvalidTransitionError
    | errors.StaleVersionError,
    strawberry.union("TeamResult", description="The team, or what is to be mended"),
]


@strawberry.type
class TeamQuery:
    """Root fields that read teams."""

    @strawberry.field(description="Teams; give `first` or `last`, at most 100")
    async def teams(
        self,
        info: Info,
        filter: TeamFilter | None = None,
        order_by: ItemOrder = ItemOrder.NEWEST,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[Team]:
        """Return a page of teams."""
        return await item_page(info, "Team", filter, order_by, (first, after, last, before))


@strawberry.type
class TeamMutation:
    """Mutations of teams."""

    @strawberry.mutation(
        description="Register a team; a lead named by the committee gets the role; needs permission team:create",
        extensions=[Requires(Object.TEAM, Action.CREATE)],
    )
    async def team_register(self, info: Info, input: TeamInput) -> TeamResult:
        """Register."""
        return await changed(info, "Team", await commands.register_team(info.context.viewer, given(input)))

    @strawberry.mutation(
        description="Change a team; needs permission team:update",
        extensions=[Requires(Object.TEAM, Action.UPDATE)],
    )
    async def team_update(
        self, info: Info, id: strawberry.ID, changes: TeamChanges, expected_version: int
    ) -> TeamResult:
        """Update."""
        key = row_id(id, "Team", ("id",))
        done = await commands.update_team(info.context.viewer, key, given(changes), expected_version)
        return await changed(info, "Team", done)

    @strawberry.mutation(
        description="Disband a team, with the reason; needs permission team:withdraw",
        extensions=[Requires(Object.TEAM, Action.WITHDRAW)],
    )
    async def team_disband(self, info: Info, id: strawberry.ID, reason: str, expected_version: int) -> TeamResult:
        """Disband."""
        key = row_id(id, "Team", ("id",))
        done = await commands.disband_team(info.context.viewer, key, reason, expected_version)
        return await changed(info, "Team", done)
