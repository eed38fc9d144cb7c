"""Registrations, whose offer stands in the resource they own; why one was declined or ended is for the parties."""

from api.plan.source import Column, Kind, Source, ToOne, plain
from auth.permissions import Action, Object, Permission

# What the community has not confirmed is no affair of the public's (see `permission.scope_of`).
VISIBILITY = "CASE WHEN t.confirmed_on IS NULL THEN 'ADMINISTRATORS' ELSE t.visibility END"

REGISTRATION = Source(
    name="Registration",
    table="registration",
    object=Object.REGISTRATION,
    columns={
        "path": "t.path",
        "owner_person": "t.person_id",
        "owner_organisation": "t.organisation_id",
        "visibility": VISIBILITY,
    },
    fields={
        **plain("status"),
        "status_reason": Column("t.status_reason", permission=Permission(Object.REGISTRATION_DETAILS, Action.READ)),
        "person": ToOne("Person", "t.person_id"),
        "organisation": ToOne("Organisation", "t.organisation_id"),
        "place": ToOne("Place", "t.place_id"),
        "offer": Column("t.offer_zh"),
        "skills": Column("t.skills", Kind.JSON),
        "certificates": Column("t.certificates", Kind.JSON),
        "resource": ToOne("Resource", "t.resource_id"),
        "confirmed_on": Column("t.confirmed_on", Kind.DATE),
        "version": Column("t.version", Kind.INTEGER),
        "created_at": Column("t.created_at", Kind.INSTANT),
        "updated_at": Column("t.updated_at", Kind.INSTANT),
    },
)
