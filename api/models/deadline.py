"""Deadlines: a row for each moment at which something is to be done, never a sleeping timer."""

from tortoise import fields
from tortoise.indexes import Index

from api.models.base import Row


class Deadline(Row):
    """What is due when; `done_at` is set by whoever does it, in the same transaction."""

    kind = fields.CharField(max_length=40)
    subject_id = fields.BigIntField()
    due_at = fields.DatetimeField()
    done_at = fields.DatetimeField(null=True)
    # What went wrong the last time; it is tried again later.
    tries = fields.IntField(default=0, db_default=0)
    error = fields.CharField(max_length=500, null=True)

    class Meta:
        table = "deadline"
        unique_together = (("kind", "subject_id"),)
        indexes = (Index(fields=("done_at", "due_at")),)
