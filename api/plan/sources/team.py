"""Teams; who leads one is shown to whoever may know of that person."""

from api.plan.source import Column, Kind, Source, ToOne, local_text, plain
from auth.permissions import Object

TEAM = Source(
    name="Team",
    table="team",
    object=Object.TEAM,
    columns={"path": "t.path", "owner_person": "t.lead_person_id", "owner_organisation": "t.organisation_id"},
    fields={
        **plain("status"),
        **local_text("name"),
        "text": Column("t.text_zh"),
        "lead": ToOne("Person", "t.lead_person_id"),
        "organisation": ToOne("Organisation", "t.organisation_id"),
        "place": ToOne("Place", "t.place_id"),
        "skills": Column("t.skills", Kind.JSON),
        "certificates": Column("t.certificates", Kind.JSON),
        "members": Column("t.members", Kind.INTEGER),
        "confirmed_on": Column("t.confirmed_on", Kind.DATE),
        "version": Column("t.version", Kind.INTEGER),
        "created_at": Column("t.created_at", Kind.INSTANT),
        "updated_at": Column("t.updated_at", Kind.INSTANT),
    },
)
