"""Organisations of the five families."""

from typing import Any

from tortoise import fields
from tortoise.indexes import Index

from api.models.base import VersionedRow
from api.models.choices import OrganisationStatus
from api.models.fields import OrderedTextField


class Organisation(VersionedRow):
    """单位. Located at `place`; pairing and agreements are other relations."""

    name_zh = fields.CharField(max_length=200)
    name_en = fields.CharField(max_length=200, null=True)
    kind_id: int
    kind: fields.ForeignKeyRelation[Any] = fields.ForeignKeyField(
        "wujia.PartyKind", related_name="organisations", on_delete=fields.RESTRICT
    )
    family = fields.CharField(max_length=16, null=True)
    text_zh = fields.TextField(null=True)
    text_en = fields.TextField(null=True)
    place_id: int
    place: fields.ForeignKeyRelation[Any] = fields.ForeignKeyField(
        "wujia.Place", related_name="organisations", on_delete=fields.RESTRICT
    )
    path = OrderedTextField(max_length=400)
    status = fields.CharEnumField(OrganisationStatus, max_length=16, default=OrganisationStatus.ACTIVE)
    confirmed_on = fields.DateField(null=True)

    class Meta:
        table = "organisation"
        indexes = (
            Index(fields=("path", "id")),
            Index(fields=("place_id",)),
            Index(fields=("kind_id",)),
            Index(fields=("name_zh",)),
        )
