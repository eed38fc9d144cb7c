"""What most tables share: identifier, version, times."""

from tortoise import fields
from tortoise.models import Model

from api import clock
from api.identifiers import new_id
from api.models.fields import IdentifierField


class Row(Model):
    """A row with an application-made identifier."""

    id = IdentifierField(primary_key=True, default=new_id)

    class Meta:
        abstract = True


class VersionedRow(Row):
    """A row that people edit: `version` grows with each change (optimistic locking)."""

    version = fields.IntField(default=1, db_default=1)
    created_at = fields.DatetimeField(default=clock.now)
    updated_at = fields.DatetimeField(default=clock.now)

    class Meta:
        abstract = True
