"""Rule sets, drafts and versions."""

import json
from datetime import datetime
from typing import Annotated

import strawberry
from strawberry.scalars import JSON

from api.commands import rule as commands
from api.context import Info
from api.permissions import Requires
from api.queries.items import ItemOrder
from api.schema import errors
from api.schema.base import Connection, Node, connection, related, value
from api.schema.filters import item_page
from api.schema.inputs import row_id
from api.schema.payload import changed
from api.schema.place import Place
from api.state_machines.rule_version import RuleVersionStatus
from auth.permissions import Action, Object


@strawberry.type(description="Draft of a rule set, as its author left it; it may be wrong")
class RuleDraft:
    """Draft."""

    document: str | None = value("Text of the document")
    version: int | None = value("Version of the draft, for optimistic locking")


@strawberry.type(description="A published version; it never changes")
class RuleVersion(Node):
    """Version."""

    number: int = value("Number within its rule set, from 1")
    status: RuleVersionStatus = value("Whether it decides matches")
    document: JSON = value("Rule document (docs/rule-language.md)")
    document_hash: str = value("SHA-256 of the canonical document; hex")
    rule_set: Annotated["RuleSet", strawberry.lazy("api.schema.rule")] | None = related("Rule set it belongs to")
    restored_from: Annotated["RuleVersion", strawberry.lazy("api.schema.rule")] | None = related(
        "Older version whose document it publishes anew"
    )
    published_at: datetime = value("When it was published")
    valid_to: datetime | None = value("When another version took its place")
    quarantine_reason: str | None = value("Why it was taken out of use")
    effect: JSON | None = value("What it did: matches, those held back by caps, matches by rule")


@strawberry.type(description="匹配规则: the rules of a place and all below it")
class RuleSet(Node):
    """Rule set."""

    key: str = value("Identifier in its documents")
    title: str = value("Title in the caller's language")
    title_zh: str = value("Chinese title")
    title_en: str | None = value("English title")
    place: Place | None = related("Place whose items it decides, with all below")
    draft: RuleDraft | None = related("Draft, for those who write rules")
    versions: Connection[RuleVersion] = connection("Published versions, newest first")
    created_at: datetime = value("When it was begun")
    updated_at: datetime = value("When it was last changed")
    version: int = value("Version, for optimistic locking")


@strawberry.type(description="Outcome of checking a draft; nothing is stored")
class RuleDraftCheck:
    """Check."""

    publishable: bool = strawberry.field(description="Whether no problem blocks publication")
    problems: list[errors.RuleProblem] = strawberry.field(description="All problems found")


@strawberry.input(description="Filters of rule sets")
class RuleSetFilter:
    """Filter."""

    within: str | None = strawberry.field(default=None, description="Identifier or code of a place: it and all below")
    changed_since: datetime | None = strawberry.field(default=None, description="Changed at or after this instant")


RuleSetResult = Annotated[
    RuleSet | errors.NotFoundError | errors.ForbiddenError | errors.InvalidInputError | errors.StaleVersionError,
    strawberry.union("RuleSetResult", description="The rule set, or what is to be mended"),
]
RuleVersionResult = Annotated[
    RuleVersion
    | errors.NotFoundError
    | errors.ForbiddenError
    | errors.InvalidInputError
    | errors.StaleVersionError
    | errors.RuleProblemsError,
    strawberry.union("RuleVersionResult", description="The version, or what is to be mended"),
]
RuleDraftCheckResult = Annotated[
    RuleDraftCheck | errors.NotFoundError | errors.ForbiddenError | errors.InvalidInputError,
    strawberry.union("RuleDraftCheckResult", description="The problems found, or why it was not checked"),
]


@strawberry.type
class RuleQuery:
    """Root fields that read rules."""

    @strawberry.field(description="Rule sets that the viewer may see; give `first` or `last`, at most 100")
    async def rule_sets(
        self,
        info: Info,
        filter: RuleSetFilter | None = None,
        order_by: ItemOrder = ItemOrder.NEWEST,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[RuleSet]:
        """Return a page of rule sets."""
        return await item_page(info, "RuleSet", filter, order_by, (first, after, last, before))

    @strawberry.field(description="Rule version by its identifier; null when there is none")
    async def rule_version(self, info: Info, id: strawberry.ID) -> RuleVersion | None:
        """Return one version."""
        key = row_id(id, "RuleVersion", ("id",))
        return await changed(info, "RuleVersion", key, missing=None)


@strawberry.type
class RuleMutation:
    """Mutations of rules."""

    @strawberry.mutation(
        description="Save a draft, right or wrong, as text or as an object; needs permission ruleDraft:save",
        extensions=[Requires(Object.RULE_DRAFT, Action.SAVE)],
    )
    async def rule_draft_save(
        self,
        info: Info,
        document: JSON,
        place: strawberry.ID | None = None,
        rule_set: strawberry.ID | None = None,
        expected_version: int = 0,
    ) -> RuleSetResult:
        """Save: into `rule_set`, or into a new one of `place`."""
        done = await commands.save_draft(
            info.context.viewer,
            None if rule_set is None else row_id(rule_set, "RuleSet", ("ruleSet",)),
            None if place is None else row_id(place, "Place", ("place",)),
            _text(document),
            expected_version,
        )
        return await changed(info, "RuleSet", done)

    @strawberry.mutation(
        description="Check a document and store nothing; needs permission ruleDraft:check",
        extensions=[Requires(Object.RULE_DRAFT, Action.CHECK)],
    )
    async def rule_draft_check(self, info: Info, document: JSON) -> RuleDraftCheckResult:
        """Check."""
        problems = await commands.check_draft(info.context.viewer, _text(document))
        shown = [errors.rule_problem(problem, info.context.language) for problem in problems]
        return RuleDraftCheck(publishable=all(problem.severity != "ERROR" for problem in shown), problems=shown)

    @strawberry.mutation(
        description="Publish the draft of a rule set as a new version and match its place anew;"
        " needs permission ruleVersion:publish",
        extensions=[Requires(Object.RULE_VERSION, Action.PUBLISH)],
    )
    async def rule_version_publish(
        self, info: Info, rule_set: strawberry.ID, expected_version: int
    ) -> RuleVersionResult:
        """Publish the draft at `expected_version`."""
        key = row_id(rule_set, "RuleSet", ("ruleSet",))
        done = await commands.publish_version(info.context.viewer, key, expected_version)
        return await changed(info, "RuleVersion", done)

    @strawberry.mutation(
        description="Publish an older version's document anew; needs permission ruleVersion:restore",
        extensions=[Requires(Object.RULE_VERSION, Action.RESTORE)],
    )
    async def rule_version_restore(self, info: Info, id: strawberry.ID) -> RuleVersionResult:
        """Restore."""
        key = row_id(id, "RuleVersion", ("id",))
        return await changed(info, "RuleVersion", await commands.restore_version(info.context.viewer, key))


def _text(document: object) -> str:
    # Python's own writer: a literal in the query can hold integers of any length.
    return document if isinstance(document, str) else json.dumps(document, ensure_ascii=False, indent=2)
