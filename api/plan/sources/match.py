"""Matches: visible to whoever sees both sides."""

from api.plan.reasons import known_conditions, known_parts, version_id
from api.plan.source import Column, Embedded, Kind, Parent, Source, ToOne, local_text, plain
from auth.permissions import Object

MATCH = Source(
    name="Match",
    table="match",
    object=Object.MATCH,
    joins="JOIN resource r ON r.id = t.resource_id",
    # A match belongs to the row's community and, as an offer, to the provider; being public hangs on both sides.
    columns={
        "path": "t.path",
        "owner_organisation": "r.owner_organisation_id",
        "visibility": "'PUBLIC'",
    },
    parents=(
        Parent("Need", "t.need_id"),
        Parent("Project", "t.project_id"),
        Parent("Resource", "t.resource_id", joined="r"),
    ),
    fields={
        **plain("status", "status_reason"),
        "score": Column("t.score", Kind.INTEGER),
        "decided_at": Column("t.decided_at", Kind.INSTANT),
        "need": ToOne("Need", "t.need_id"),
        "project": ToOne("Project", "t.project_id"),
        "line": ToOne("RequirementLine", "t.line_id"),
        "resource": ToOne("Resource", "t.resource_id"),
        "rule_version": ToOne("RuleVersion", "t.rule_version_id"),
        "reason": Embedded(
            {
                **plain("rule_id"),
                "branch": Column("t.branch", Kind.INTEGER),
                "rule_version": Column("t.rule_version_id", Kind.ID),
                **local_text("rule_title"),
                **local_text("because"),
                # Not served: they tell how much of the reason this viewer may know.
                "path": Column("t.path"),
                "need": Column("t.need_id", Kind.INTEGER),
                "conditions": Column("t.conditions", Kind.JSON),
                "parts": Column("t.parts", Kind.JSON),
            },
            computed={"rule_version": version_id, "conditions": known_conditions, "parts": known_parts},
        ),
    },
)
