"""Workbooks that somebody sent and has not confirmed yet."""

from typing import Any

from tortoise import fields
from tortoise.indexes import Index

from api.models.base import Row
from api.models.fields import SealedField


class WorkbookUpload(Row):
    """The cells of a sent workbook, sealed, for the one who sent them and for an hour.

    `outcome` is what confirming it did, so that confirming it again tells the same and does nothing.
    """

    organisation_id: int
    organisation: fields.ForeignKeyRelation[Any] = fields.ForeignKeyField(
        "wujia.Organisation", related_name=False, on_delete=fields.CASCADE
    )
    actor = fields.CharField(max_length=100)
    token_hash = fields.CharField(max_length=64, unique=True)
    content = SealedField()
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    outcome: Any = fields.JSONField(null=True)

    class Meta:
        table = "workbook_upload"
        indexes = (Index(fields=("organisation_id",)), Index(fields=("expires_at",)))
