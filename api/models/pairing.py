"""Pairings: which unit looks after which estate, which person after which building or household."""

from typing import Any

from tortoise import fields
from tortoise.indexes import Index

from api.models.base import VersionedRow
from api.models.choices import Visibility
from api.models.fields import OrderedTextField


class Pairing(VersionedRow):
    """包联 of exactly one of organisation and person with a place, or with one household of it.

    It says whose task it is, and lets nobody see more than before.
    """

    organisation_id: int | None
    organisation: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "wujia.Organisation", related_name="pairings", null=True, on_delete=fields.RESTRICT
    )
    person_id: int | None
    person: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "wujia.Person", related_name="pairings", null=True, on_delete=fields.RESTRICT
    )
    place_id: int
    place: fields.ForeignKeyRelation[Any] = fields.ForeignKeyField(
        "wujia.Place", related_name=False, on_delete=fields.RESTRICT
    )
    path = OrderedTextField(max_length=400)
    household_id: int | None
    household: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "wujia.Household", related_name="pairings", null=True, on_delete=fields.RESTRICT
    )
    visibility = fields.CharEnumField(Visibility, max_length=16)
    valid_from = fields.DateField()
    valid_to = fields.DateField(null=True)
    note = fields.CharField(max_length=500, null=True)
    confirmed_on = fields.DateField(null=True)

    class Meta:
        table = "pairing"
        indexes = (
            Index(fields=("path", "id")),
            Index(fields=("place_id",)),
            Index(fields=("organisation_id",)),
            Index(fields=("person_id",)),
            Index(fields=("household_id",)),
            Index(fields=("updated_at",)),
        )
