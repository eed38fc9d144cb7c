"""Memberships: who has which role where, from when to when; read afresh in every request, or confirmed by it."""

from typing import Any

from tortoise import fields
from tortoise.indexes import Index

from api.models.base import VersionedRow
from api.models.fields import OrderedTextField


class Membership(VersionedRow):
    """成员: a person (perhaps for an organisation) or an organisation holds a role at a place.

    `role` is one of `auth.roles.Role`; `path` is the place's path, within which the role is in force.
    """

    person_id: int | None
    person: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "wujia.Person", related_name="memberships", null=True, on_delete=fields.CASCADE
    )
    organisation_id: int | None
    organisation: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "wujia.Organisation", related_name="memberships", null=True, on_delete=fields.CASCADE
    )
    family = fields.CharField(max_length=16, null=True)
    role = fields.CharField(max_length=32)
    place_id: int | None
    place: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "wujia.Place", related_name="memberships", null=True, on_delete=fields.RESTRICT
    )
    path = OrderedTextField(max_length=400)
    valid_from = fields.DateField()
    valid_to = fields.DateField(null=True)
    confirmed_on = fields.DateField(null=True)

    class Meta:
        table = "membership"
        indexes = (
            Index(fields=("person_id",)),
            Index(fields=("organisation_id",)),
            Index(fields=("path", "role")),
        )
