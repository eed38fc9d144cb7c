"""Needs."""

from typing import Any

from tortoise import fields
from tortoise.indexes import Index

from api.models.item import Affair
from api.state_machines.need import NeedStatus

ITEM_INDEXES = (
    Index(fields=("path", "id")),
    Index(fields=("public_path", "id")),
    Index(fields=("community_id", "status", "id")),
    Index(fields=("category", "id")),
    Index(fields=("status", "id")),
    Index(fields=("updated_at",)),
    Index(fields=("latitude",)),
    Index(fields=("owner_person_id",)),
    Index(fields=("owner_household_id",)),
    Index(fields=("owner_organisation_id",)),
    Index(fields=("place_id",)),
    Index(fields=("public_place_id",)),
)
AFFAIR_INDEXES = (
    *ITEM_INDEXES,
    Index(fields=("assigned_person_id",)),
    Index(fields=("assigned_organisation_id",)),
    Index(fields=("concerns_id",)),
)


class Need(Affair):
    """需求. `number` is the short number by which its status can be asked."""

    number = fields.CharField(max_length=16, unique=True)
    status = fields.CharEnumField(NeedStatus, max_length=16)
    merged_into_id: int | None
    merged_into: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "wujia.Need", related_name="merged", null=True, on_delete=fields.RESTRICT
    )

    class Meta:
        table = "need"
        indexes = (*AFFAIR_INDEXES, Index(fields=("merged_into_id",)))
