"""Organisations and their kinds."""

from api.plan.source import NEWEST, Column, Kind, Loaded, Source, ToMany, ToOne, local_text, plain
from auth.permissions import Object

ORGANISATION = Source(
    name="Organisation",
    table="organisation",
    object=Object.ORGANISATION,
    columns={"path": "t.path", "owner_organisation": "t.id"},
    fields={
        **plain("family", "status"),
        **local_text("name"),
        **local_text("text"),
        "kind": ToOne("PartyKind", "t.kind_id"),
        "place": ToOne("Place", "t.place_id"),
        "contact": ToOne("Contact:organisation", "t.id", target_column="t.organisation_id"),
        "memberships": ToMany("Membership", "t.organisation_id", NEWEST),
        "service_items": ToMany("ServiceItem", "t.organisation_id", NEWEST),
        "agreements": ToMany("Agreement", "t.unit_id", NEWEST),
        "promise_summary": Loaded("promise-summary"),
        "claims": ToMany("Claim", "t.organisation_id", NEWEST),
        "evaluation": Loaded("organisation-evaluation"),
        "resources": ToMany("Resource", "t.owner_organisation_id", NEWEST),
        "teams": ToMany("Team", "t.organisation_id", NEWEST),
        "registrations": ToMany("Registration", "t.organisation_id", NEWEST),
        "pairings": ToMany("Pairing", "t.organisation_id", NEWEST),
        "confirmed_on": Column("t.confirmed_on", Kind.DATE),
        "version": Column("t.version", Kind.INTEGER),
        "created_at": Column("t.created_at", Kind.INSTANT),
        "updated_at": Column("t.updated_at", Kind.INSTANT),
    },
)

PARTY_KIND = Source(name="PartyKind", table="party_kind", fields={**plain("code", "family"), **local_text("label")})
