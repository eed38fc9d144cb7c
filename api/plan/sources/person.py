"""People, households, memberships; contacts are objects of their own and always masked here."""

from api import sealing
from api.plan.source import NEWEST, Column, Kind, Loaded, Parent, Source, ToMany, ToOne, plain
from auth.permissions import Object

PERSON = Source(
    name="Person",
    table="person",
    object=Object.PERSON,
    # No household here: house-mates are not each other, and contact and identity are everybody's own.
    columns={"path": "t.path", "owner_person": "t.id"},
    fields={
        "place": ToOne("Place", "t.place_id"),
        "household": ToOne("Household", "t.household_id"),
        "contact": ToOne("Contact:person", "t.id", target_column="t.person_id"),
        "memberships": ToMany("Membership", "t.person_id", NEWEST),
        "evaluation": Loaded("person-evaluation"),
        "version": Column("t.version", Kind.INTEGER),
    },
)

HOUSEHOLD = Source(
    name="Household",
    table="household",
    object=Object.HOUSEHOLD,
    columns={"path": "t.path", "owner_household": "t.id"},
    fields={
        "place": ToOne("Place", "t.place_id"),
        "contact": ToOne("Contact:household", "t.id", target_column="t.household_id"),
        "people": ToMany("Person", "t.household_id", NEWEST),
        "version": Column("t.version", Kind.INTEGER),
    },
)

MEMBERSHIP = Source(
    name="Membership",
    table="membership",
    object=Object.MEMBERSHIP,
    columns={
        "path": "t.path",
        "owner_person": "t.person_id",
        "owner_organisation": "t.organisation_id",
    },
    fields={
        **plain("family", "role"),
        "person": ToOne("Person", "t.person_id"),
        "organisation": ToOne("Organisation", "t.organisation_id"),
        "place": ToOne("Place", "t.place_id"),
        "valid_from": Column("t.valid_from", Kind.DATE),
        "valid_to": Column("t.valid_to", Kind.DATE),
        "confirmed_on": Column("t.confirmed_on", Kind.DATE),
        "version": Column("t.version", Kind.INTEGER),
    },
)

_MASKED = {
    "name": Column("t.name", Kind.SEALED, mask=sealing.Masks.name),
    "phone": Column("t.phone", Kind.SEALED, mask=sealing.Masks.phone),
    "address": Column("t.address", Kind.SEALED, mask=sealing.Masks.address),
}
# Whoever may see the person, household or organisation may see the masked contact; the clear one is a command.
CONTACTS = tuple(
    Source(
        name=f"Contact:{owner}",
        table="contact",
        where=f"t.{owner}_id IS NOT NULL",
        parents=(Parent(owner.capitalize(), f"t.{owner}_id"),),
        fields=_MASKED,
    )
    for owner in ("person", "household", "organisation")
)
