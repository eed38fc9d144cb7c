"""How somebody agreed that another enters their need."""

from api.plan.source import Column, Kind, Source, ToOne, plain
from auth.permissions import Object

ON_BEHALF = Source(
    name="OnBehalf",
    table="need_consent",
    object=Object.NEED_ON_BEHALF,
    joins="JOIN need n ON n.id = t.need_id",
    columns={
        "path": "n.path",
        "owner_person": "n.owner_person_id",
        "owner_household": "n.owner_household_id",
        "owner_organisation": "n.owner_organisation_id",
        "assigned_person": "n.assigned_person_id",
        "assigned_organisation": "n.assigned_organisation_id",
        "visibility": "n.visibility",
    },
    fields={
        **plain("recorder"),
        "by": ToOne("Person", "t.recorded_by_id"),
        "consent": Column("n.consent"),
        "words": Column("t.words", Kind.SEALED),
        "given_on": Column("t.given_on", Kind.DATE),
        "sheet_at": Column("t.sheet_at", Kind.SEALED),
        "recorded_at": Column("t.recorded_at", Kind.INSTANT),
        "confirmed_by": ToOne("Person", "t.confirmed_by_id"),
        "confirmed_at": Column("t.confirmed_at", Kind.INSTANT),
    },
)
