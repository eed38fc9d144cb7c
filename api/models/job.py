"""Background jobs: written by commands in their own transaction, drained by api.jobs."""

from tortoise import fields
from tortoise.indexes import Index

from api.models.base import Row
from api.models.choices import JobStatus
from api.models.fields import OrderedTextField


class Job(Row):
    """One piece of background work and how far it is (`done` of `total` communities)."""

    kind = fields.CharField(max_length=40)
    subject_id = fields.BigIntField()
    path = OrderedTextField(max_length=400)
    status = fields.CharEnumField(JobStatus, max_length=16, default=JobStatus.WAITING)
    done = fields.IntField(default=0, db_default=0)
    total = fields.IntField(null=True)
    error = fields.CharField(max_length=1000, null=True)
    created_at = fields.DatetimeField()
    finished_at = fields.DatetimeField(null=True)

    class Meta:
        table = "job"
        indexes = (Index(fields=("status", "id")), Index(fields=("kind", "subject_id")))
