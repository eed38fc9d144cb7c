"""Audit entries, histories, jobs and keys."""

from api.plan.source import Column, Kind, Parent, Source, ToOne, plain
from auth.permissions import Object

AUDIT_ENTRY = Source(
    name="AuditEntry",
    table="audit_entry",
    object=Object.AUDIT_ENTRY,
    columns={"path": "t.path"},
    fields={
        **plain(
            "chain",
            "actor",
            "action",
            "object_type",
            "policy_rule",
            "request_id",
            "hash",
            "previous_hash",
        ),
        "sequence": Column("t.sequence", Kind.INTEGER),
        "at": Column("t.at", Kind.INSTANT),
        "object_id": Column("t.object_id", Kind.ID),
        "change": Column("t.change", Kind.JSON),
    },
)

_OWNERS = {
    "owner_person": "owner_person_id",
    "owner_household": "owner_household_id",
    "owner_organisation": "owner_organisation_id",
}
_SIDES = {"owner_organisation": "committee_id", "party_organisation": "unit_id"}
HISTORIES = tuple(
    Source(
        name=f"HistoryEntry:{owner}",
        table="history_entry",
        where=f"t.item_kind = '{kind}'",
        object=Object.HISTORY,
        columns={
            name: f'(SELECT o.{column} FROM "{table}" o WHERE o.id = t.item_id)'
            for name, column in {"path": "path", **owners}.items()
        },
        parents=(Parent(owner, "t.item_id"),),
        fields={
            **plain("actor", "action"),
            "version": Column("t.version", Kind.INTEGER),
            "at": Column("t.at", Kind.INSTANT),
            "changes": Column("t.changes", Kind.JSON),
        },
    )
    for owner, kind, table, owners in (
        ("Need", "NEED", "need", _OWNERS),
        ("Resource", "RESOURCE", "resource", _OWNERS),
        ("Project", "PROJECT", "project", _OWNERS),
        ("ServiceItem", "SERVICE_ITEM", "service_item", {"owner_organisation": "organisation_id"}),
        ("Agreement", "AGREEMENT", "agreement", _SIDES),
        (
            "Claim",
            "CLAIM",
            "claim",
            {"owner_person": "actor_person_id", "owner_organisation": "actor_organisation_id"},
        ),
    )
)

JOB = Source(
    name="Job",
    table="job",
    object=Object.JOB,
    columns={"path": "t.path"},
    fields={
        **plain("kind", "status", "error"),
        "done": Column("t.done", Kind.INTEGER),
        "total": Column("t.total", Kind.INTEGER),
        "created_at": Column("t.created_at", Kind.INSTANT),
        "finished_at": Column("t.finished_at", Kind.INSTANT),
    },
)

API_KEY = Source(
    name="ApiKey",
    table="bearer_key",
    object=Object.API_KEY,
    joins="LEFT JOIN organisation o ON o.id = t.organisation_id",
    columns={
        "path": "o.path",
        "owner_organisation": "t.organisation_id",
        "owner_person": "t.person_id",
    },
    fields={
        **plain("key_id", "label"),
        "scopes": Column("t.scopes", Kind.JSON),
        "organisation": ToOne("Organisation", "t.organisation_id"),
        "created_at": Column("t.created_at", Kind.INSTANT),
        "expires_at": Column("t.expires_at", Kind.INSTANT),
        "revoked_at": Column("t.revoked_at", Kind.INSTANT),
        "last_used_on": Column("t.last_used_on", Kind.DATE),
    },
)
