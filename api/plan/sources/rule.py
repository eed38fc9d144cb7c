"""Rule sets, their drafts and their versions."""

from api.plan.source import NEWEST, Column, Embedded, Kind, Source, ToMany, ToOne, local_text, plain
from auth.permissions import Action, Object, Permission

_DRAFT = Permission(Object.RULE_DRAFT, Action.READ)

RULE_SET = Source(
    name="RuleSet",
    table="rule_set",
    object=Object.RULE_SET,
    columns={"path": "t.path"},
    fields={
        **plain("key"),
        **local_text("title"),
        "place": ToOne("Place", "t.place_id"),
        "draft": Embedded(
            {
                "document": Column("t.draft", permission=_DRAFT),
                "version": Column("t.draft_version", Kind.INTEGER, permission=_DRAFT),
            },
            nullable=True,
        ),
        "versions": ToMany("RuleVersion", "t.rule_set_id", NEWEST),
        "version": Column("t.version", Kind.INTEGER),
        "created_at": Column("t.created_at", Kind.INSTANT),
        "updated_at": Column("t.updated_at", Kind.INSTANT),
    },
)

RULE_VERSION = Source(
    name="RuleVersion",
    table="rule_version",
    object=Object.RULE_VERSION,
    columns={"path": "t.path"},
    fields={
        **plain("status", "document_hash", "quarantine_reason"),
        "number": Column("t.number", Kind.INTEGER),
        "document": Column("t.document", Kind.JSON),
        "rule_set": ToOne("RuleSet", "t.rule_set_id"),
        "published_at": Column("t.published_at", Kind.INSTANT),
        "valid_to": Column("t.valid_to", Kind.INSTANT),
        "restored_from": ToOne("RuleVersion", "t.restored_from_id"),
        "effect": Column("t.effect", Kind.JSON),
    },
)
