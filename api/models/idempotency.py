"""First outcomes of mutations that were sent with an `Idempotency-Key`."""

from typing import Any

from tortoise import fields
from tortoise.indexes import Index

from api.models.base import Row
from api.models.fields import SealedField


class IdempotentOutcome(Row):
    """What a caller was told the first time; written in the transaction of its effect.

    Key and request are kept as keyed hashes only. The answer can hold personal data, so it is sealed;
    it is null only while the transaction that will write it is still open.
    """

    key_hash = fields.CharField(max_length=64, unique=True)
    request_hash = fields.CharField(max_length=64)
    answer: Any = SealedField(null=True)
    at = fields.DatetimeField()

    class Meta:
        table = "idempotent_outcome"
        indexes = (Index(fields=("at",)),)
