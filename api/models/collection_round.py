"""Collection rounds (双向梳理): who was asked to hand in which lists, until when."""

from typing import Any

from tortoise import fields
from tortoise.indexes import Index

from api import clock
from api.models.base import Row, VersionedRow
from api.models.fields import OrderedTextField
from api.state_machines.collection_round import CollectionRoundStatus


class CollectionRound(VersionedRow):
    """双向梳理: a community or sub-district asks units and households for their lists.

    `collects` names the kinds of list; everybody may read it, so it holds nothing personal.
    """

    title_zh = fields.CharField(max_length=200)
    title_en = fields.CharField(max_length=200, null=True)
    note = fields.TextField(null=True)
    place_id: int
    place: fields.ForeignKeyRelation[Any] = fields.ForeignKeyField(
        "wujia.Place", related_name=False, on_delete=fields.RESTRICT
    )
    path = OrderedTextField(max_length=400)
    community_id: int | None
    community: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "wujia.Place", related_name=False, null=True, on_delete=fields.RESTRICT
    )
    collects: Any = fields.JSONField()
    period_from = fields.DateField(null=True)
    period_to = fields.DateField(null=True)
    due_on = fields.DateField()
    status = fields.CharEnumField(CollectionRoundStatus, max_length=16)
    status_reason = fields.CharField(max_length=500, null=True)

    class Meta:
        table = "collection_round"
        indexes = (
            Index(fields=("path", "id")),
            Index(fields=("status", "id")),
            Index(fields=("place_id",)),
            Index(fields=("community_id",)),
            Index(fields=("updated_at",)),
        )


class CollectionInvitation(Row):
    """One organisation or household that a round asks; `path` is the household's own place, else the round's."""

    round_id: int
    round: fields.ForeignKeyRelation[Any] = fields.ForeignKeyField(
        "wujia.CollectionRound", related_name="invitations", on_delete=fields.CASCADE
    )
    path = OrderedTextField(max_length=400)
    owner_organisation_id: int | None
    owner_organisation: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "wujia.Organisation", related_name=False, null=True, on_delete=fields.RESTRICT
    )
    owner_household_id: int | None
    owner_household: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "wujia.Household", related_name=False, null=True, on_delete=fields.RESTRICT
    )
    created_at = fields.DatetimeField(default=clock.now)

    class Meta:
        table = "collection_invitation"
        unique_together = (("round_id", "owner_organisation_id"), ("round_id", "owner_household_id"))
        indexes = (
            Index(fields=("path", "id")),
            Index(fields=("owner_organisation_id",)),
            Index(fields=("owner_household_id",)),
        )
