"""Pairings; the household of one is its other side."""

from api.plan.source import Column, Kind, Source, ToOne, plain
from auth.permissions import Object

PAIRING = Source(
    name="Pairing",
    table="pairing",
    object=Object.PAIRING,
    columns={
        "path": "t.path",
        "owner_person": "t.person_id",
        "owner_organisation": "t.organisation_id",
        "party_household": "t.household_id",
        "visibility": "t.visibility",
    },
    fields={
        **plain("note"),
        "organisation": ToOne("Organisation", "t.organisation_id"),
        "person": ToOne("Person", "t.person_id"),
        "place": ToOne("Place", "t.place_id"),
        "household": ToOne("Household", "t.household_id"),
        "valid_from": Column("t.valid_from", Kind.DATE),
        "valid_to": Column("t.valid_to", Kind.DATE),
        "confirmed_on": Column("t.confirmed_on", Kind.DATE),
        "version": Column("t.version", Kind.INTEGER),
        "created_at": Column("t.created_at", Kind.INSTANT),
        "updated_at": Column("t.updated_at", Kind.INSTANT),
    },
)
