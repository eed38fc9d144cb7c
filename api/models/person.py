"""People and households; what identifies them stands in sealed tables of its own."""

from typing import Any

from tortoise import fields
from tortoise.indexes import Index

from api.models.base import Row, VersionedRow
from api.models.fields import OrderedTextField, SealedField


class Household(VersionedRow):
    """户. `place` is the building or entrance; the public sees no finer place than the estate."""

    place_id: int
    place: fields.ForeignKeyRelation[Any] = fields.ForeignKeyField(
        "wujia.Place", related_name="households", on_delete=fields.RESTRICT
    )
    path = OrderedTextField(max_length=400)

    class Meta:
        table = "household"
        indexes = (Index(fields=("path", "id")), Index(fields=("place_id",)))


class Person(VersionedRow):
    """个人. Carries no name: that is a `Contact`."""

    place_id: int
    place: fields.ForeignKeyRelation[Any] = fields.ForeignKeyField(
        "wujia.Place", related_name="people", on_delete=fields.RESTRICT
    )
    path = OrderedTextField(max_length=400)
    household_id: int | None
    household: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "wujia.Household", related_name="people", null=True, on_delete=fields.RESTRICT
    )
    language = fields.CharField(max_length=2, default="zh", db_default="zh")

    class Meta:
        table = "person"
        indexes = (Index(fields=("path", "id")), Index(fields=("household_id",)))


class Contact(Row):
    """Name, phone and address of one person, household or organisation, sealed."""

    person_id: int | None
    person: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "wujia.Person", related_name="contacts", null=True, on_delete=fields.CASCADE
    )
    household_id: int | None
    household: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "wujia.Household", related_name="contacts", null=True, on_delete=fields.CASCADE
    )
    organisation_id: int | None
    organisation: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "wujia.Organisation", related_name="contacts", null=True, on_delete=fields.CASCADE
    )
    name = SealedField(null=True)
    phone = SealedField(null=True)
    phone_hash = fields.CharField(max_length=64, null=True)
    address = SealedField(null=True)

    class Meta:
        table = "contact"
        unique_together = (("person_id",), ("household_id",), ("organisation_id",))
        indexes = (Index(fields=("phone_hash",)),)


class Identity(Row):
    """Identity number of a person, sealed; kept only for a named purpose."""

    person_id: int
    person: fields.ForeignKeyRelation[Any] = fields.ForeignKeyField(
        "wujia.Person", related_name="identities", on_delete=fields.CASCADE
    )
    id_number = SealedField()
    id_number_hash = fields.CharField(max_length=64, unique=True)
    purpose = fields.CharField(max_length=200)

    class Meta:
        table = "identity"
        unique_together = (("person_id",),)
