"""Matches with their reasons."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import strawberry
from strawberry.scalars import JSON

from api.commands import match as commands
from api.context import Info
from api.permissions import Requires
from api.plan.reasons import known_conditions, known_parts, version_id
from api.plan.selection import selected
from api.queries import match as queries
from api.queries.match import MatchOrder
from api.schema import errors
from api.schema.base import Connection, Node, related, value
from api.schema.inputs import given, identifier, row_id
from api.schema.item import RequirementLine
from api.schema.payload import changed
from api.state_machines.match import MatchStatus
from auth.permissions import Action, Object

if TYPE_CHECKING:
    from api.schema.need import Need
    from api.schema.project import Project
    from api.schema.resource import Resource
    from api.schema.rule import RuleVersion


@strawberry.type(description="One condition of a rule, with both values")
class ReasonCondition:
    """Condition."""

    path: str = strawberry.field(description="Place of the condition in the rule document")
    field: str = strawberry.field(description="Field of the vocabulary")
    operator: str = strawberry.field(description="Operator")
    expected: JSON | None = strawberry.field(description="Value the rule asks for")
    actual: JSON | None = strawberry.field(description="Value found; null is unknown")
    holds: bool = strawberry.field(description="Whether it held")
    points: int | None = strawberry.field(description="加分 it brought; null for a required condition")
    sentence: str = strawberry.field(description="Condition as a sentence in the caller's language")


@strawberry.type(description="Why the engine suggests it")
class Reason:
    """Reason."""

    rule_id: str = value("Identifier of the rule within the version")
    rule_title: str = value("Title of the rule in the caller's language")
    because: str = value("Reason in one sentence, in the caller's language")
    branch: int = value("Branch of the rule's alternatives that held")

    @strawberry.field(description="Identifier of the rule version that decided")
    def rule_version(self, info: Info) -> strawberry.ID:
        """Return the global identifier."""
        return strawberry.ID(version_id(info.context.viewer, _values(self)))

    @strawberry.field(
        description="Conditions, with both values; on a need's estimates and exact place for those who may know them"
    )
    def conditions(self, info: Info) -> list[ReasonCondition]:
        """Return the conditions as they stood when the engine decided."""
        return [ReasonCondition(**each) for each in known_conditions(info.context.viewer, _values(self))]

    @strawberry.field(description="加分: the parts of the score")
    def parts(self, info: Info) -> JSON:
        """Return label and points of each part that the viewer may know."""
        parts: Any = known_parts(info.context.viewer, _values(self))
        return parts


def _values(reason: Any) -> dict[str, Any]:
    """Return the columns of the match that make up its reason; the parent is a row of the plan."""
    values: dict[str, Any] = reason.values
    return values


@strawberry.type(description="匹配: the engine's suggestion that a resource fits a requirement line")
class Match(Node):
    """Match."""

    score: int = value("匹配分: points of the rule and of the preferences that held")
    status: MatchStatus = value("Whether it is put before people")
    status_reason: str | None = value("Why it was dismissed")
    resource: Annotated["Resource", strawberry.lazy("api.schema.resource")] | None = related("Resource that fits")
    need: Annotated["Need", strawberry.lazy("api.schema.need")] | None = related("Need, if it is one")
    project: Annotated["Project", strawberry.lazy("api.schema.project")] | None = related("Project, if it is one")
    line: RequirementLine | None = related("Requirement line")
    rule_version: Annotated["RuleVersion", strawberry.lazy("api.schema.rule")] | None = related(
        "Rule version that decided"
    )
    reason: Reason = related("Why")
    decided_at: datetime = value("When the engine decided")


@strawberry.input(description="Filters of matches; all combine with AND")
class MatchFilter:
    """Filter."""

    within: str | None = strawberry.field(
        default=None, description="Identifier or code of the need's or project's place"
    )
    status: list[MatchStatus] | None = strawberry.field(default=None, description="Any of these states")
    category: str | None = strawberry.field(default=None, description="Category of the requirement line, and all below")
    minimum_score: int | None = strawberry.field(default=None, description="At least this score")
    resource_list: strawberry.ID | None = identifier("ResourceList", "Resource is on this list", default=None)
    need_list: strawberry.ID | None = identifier("NeedList", "Need is on this list", default=None)
    project_list: strawberry.ID | None = identifier("ProjectList", "Project is on this list", default=None)
    organisation: strawberry.ID | None = identifier("Organisation", "Organisation that offers", default=None)
    rule_version: strawberry.ID | None = identifier("RuleVersion", "Version that decided", default=None)
    rule_id: str | None = strawberry.field(default=None, description="Rule within the version")
    changed_since: datetime | None = strawberry.field(default=None, description="Decided at or after this instant")


strawberry.enum(MatchOrder, description="Orders of matches")
MatchResult = Annotated[
    Match | errors.NotFoundError | errors.ForbiddenError | errors.InvalidInputError | errors.InvalidTransitionError,
    strawberry.union("MatchResult", description="The match, or what is to be mended"),
]


@strawberry.type
class MatchQuery:
    """Root fields that read matches."""

    @strawberry.field(description="Matches of which the viewer may see both sides; give `first` or `last`, at most 100")
    async def matches(
        self,
        info: Info,
        filter: MatchFilter | None = None,
        order_by: MatchOrder = MatchOrder.BEST,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[Match]:
        """Return a page of matches."""
        asked = given(filter, ("filter",)) if filter else {}
        paging = {"first": first, "after": after, "last": last, "before": before}
        return await queries.matches(  # type: ignore[return-value]  # a page is what a connection reads
            info.context.viewer, selected(info._raw_info), asked, order_by, paging
        )


@strawberry.type
class MatchMutation:
    """Mutations of matches."""

    @strawberry.mutation(
        description="Dismiss a match with a reason; needs permission match:dismiss",
        extensions=[Requires(Object.MATCH, Action.DISMISS)],
    )
    async def match_dismiss(self, info: Info, id: strawberry.ID, reason: str) -> MatchResult:
        """Dismiss."""
        key = row_id(id, "Match", ("id",))
        return await changed(info, "Match", await commands.dismiss_match(info.context.viewer, key, reason))
