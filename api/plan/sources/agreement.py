"""Agreements, their promises and signatures."""

from api.plan.source import (
    BY_POSITION,
    NEWEST,
    OLDEST,
    Column,
    Kind,
    Loaded,
    Parent,
    Source,
    ToMany,
    ToOne,
    local_text,
    plain,
)
from auth.permissions import Object

AGREEMENT = Source(
    name="Agreement",
    table="agreement",
    object=Object.AGREEMENT,
    # The committee keeps it, the unit is the other side.
    columns={
        "path": "t.path",
        "owner_organisation": "t.committee_id",
        "party_organisation": "t.unit_id",
        "visibility": "t.visibility",
    },
    fields={
        **plain("number", "status", "status_reason", "visibility", "signed_visibility"),
        **local_text("title"),
        "text": Column("t.text_zh"),
        "place": ToOne("Place", "t.place_id"),
        "community": ToOne("Place", "t.community_id"),
        "committee": ToOne("Organisation", "t.committee_id"),
        "unit": ToOne("Organisation", "t.unit_id"),
        "valid_from": Column("t.valid_from", Kind.DATE),
        "valid_to": Column("t.valid_to", Kind.DATE),
        "in_force_on": Column("t.in_force_on", Kind.DATE),
        "ended_on": Column("t.ended_on", Kind.DATE),
        "promises": ToMany("AgreementPromise", "t.agreement_id", BY_POSITION, connection=False),
        "signatures": ToMany("AgreementSignature", "t.agreement_id", OLDEST, connection=False),
        "version": Column("t.version", Kind.INTEGER),
        "created_at": Column("t.created_at", Kind.INSTANT),
        "updated_at": Column("t.updated_at", Kind.INSTANT),
        "history": ToMany("HistoryEntry:Agreement", "t.item_id", NEWEST),
    },
)

AGREEMENT_PROMISE = Source(
    name="AgreementPromise",
    table="agreement_promise",
    parents=(Parent("Agreement", "t.agreement_id"),),
    fields={
        **plain("unit", "remedy"),
        "position": Column("t.position", Kind.INTEGER),
        "category": ToOne("Category", "t.category", target_column="t.code"),
        "text": Column("t.text_zh"),
        "quantity": Column("t.quantity", Kind.NUMBER),
        "hours": Column("t.hours", Kind.NUMBER),
        "due_on": Column("t.due_on", Kind.DATE),
        "remedied_on": Column("t.remedied_on", Kind.DATE),
        "progress": Loaded("promise-progress"),
    },
)

AGREEMENT_SIGNATURE = Source(
    name="AgreementSignature",
    table="agreement_signature",
    parents=(Parent("Agreement", "t.agreement_id"),),
    fields={
        "organisation": ToOne("Organisation", "t.organisation_id"),
        "person": ToOne("Person", "t.person_id"),
        "digest": Column("t.digest"),
        "signed_at": Column("t.signed_at", Kind.INSTANT),
    },
)
