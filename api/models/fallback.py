"""Who steps in where an estate has no property firm."""

from typing import Any

from tortoise import fields
from tortoise.indexes import Index

from api.models.base import VersionedRow
from api.models.fields import OrderedTextField


class FallbackProvider(VersionedRow):
    """托底: the organisation that serves the estates without a property firm at and below a place.

    `categories` are what it does there, with all below; none named is all of its service items.
    """

    place_id: int
    place: fields.OneToOneRelation[Any] = fields.OneToOneField(
        "wujia.Place", related_name="fallback", on_delete=fields.RESTRICT
    )
    path = OrderedTextField(max_length=400, unique=True)
    organisation_id: int
    organisation: fields.ForeignKeyRelation[Any] = fields.ForeignKeyField(
        "wujia.Organisation", related_name="fallback_for", on_delete=fields.RESTRICT
    )
    categories: Any = fields.JSONField(default=list)

    class Meta:
        table = "fallback_provider"
        indexes = (Index(fields=("organisation_id",)),)
