"""Places: one tree that carries authority, links beside it."""

from typing import Any

from tortoise import fields
from tortoise.indexes import Index

from api.models.base import Row, VersionedRow
from api.models.choices import EstateKind, PlaceKind, PlaceLinkKind
from api.models.fields import OrderedTextField


class Place(VersionedRow):
    """地点. `path` is the codes from the root down, each followed by a slash, e.g. "CN/11/110108/"."""

    code = OrderedTextField(max_length=40, unique=True)
    official = fields.BooleanField(default=False, db_default=False)
    kind = fields.CharEnumField(PlaceKind, max_length=16)
    name_zh = fields.CharField(max_length=100)
    name_en = fields.CharField(max_length=200, null=True)
    aliases: Any = fields.JSONField(default=list)
    parent_id: int | None
    parent: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "wujia.Place", related_name="children", null=True, on_delete=fields.RESTRICT
    )
    path = OrderedTextField(max_length=400, unique=True)
    # Nearest COMMUNITY or VILLAGE at or above, under which results are stored.
    community_id: int | None
    community: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "wujia.Place", related_name="inside", null=True, on_delete=fields.RESTRICT
    )
    longitude = fields.FloatField(null=True)
    latitude = fields.FloatField(null=True)
    estate_kind = fields.CharEnumField(EstateKind, max_length=16, null=True)
    share_over_60 = fields.FloatField(null=True)
    has_property_firm = fields.BooleanField(null=True)

    class Meta:
        table = "place"
        indexes = (
            Index(fields=("parent_id",)),
            Index(fields=("community_id",)),
            Index(fields=("kind", "path")),
        )


class PlaceLink(Row):
    """What a place touches beside the tree: adjacent communities, lanes and grids across borders."""

    place_id: int
    place: fields.ForeignKeyRelation[Any] = fields.ForeignKeyField(
        "wujia.Place", related_name="links", on_delete=fields.CASCADE
    )
    other_id: int
    other: fields.ForeignKeyRelation[Any] = fields.ForeignKeyField(
        "wujia.Place", related_name="linked_from", on_delete=fields.CASCADE
    )
    kind = fields.CharEnumField(PlaceLinkKind, max_length=16)

    class Meta:
        table = "place_link"
        unique_together = (("place_id", "other_id", "kind"),)
        indexes = (Index(fields=("other_id",)),)


class PartyKind(Row):
    """A kind of party, e.g. 居委会; its family and labels are configuration."""

    code = fields.CharField(max_length=40, unique=True)
    family = fields.CharField(max_length=16, null=True)
    label_zh = fields.CharField(max_length=60)
    label_en = fields.CharField(max_length=120)

    class Meta:
        table = "party_kind"


class PartySeat(Row):
    """A kind of party that sits at a place's table, under the label used there."""

    place_id: int
    place: fields.ForeignKeyRelation[Any] = fields.ForeignKeyField(
        "wujia.Place", related_name="seats", on_delete=fields.CASCADE
    )
    kind_id: int
    kind: fields.ForeignKeyRelation[Any] = fields.ForeignKeyField(
        "wujia.PartyKind", related_name="seats", on_delete=fields.RESTRICT
    )
    family = fields.CharField(max_length=16, null=True)
    label_zh = fields.CharField(max_length=60)
    label_en = fields.CharField(max_length=120)
    position = fields.IntField()

    class Meta:
        table = "party_seat"
        unique_together = (("place_id", "kind_id"),)
