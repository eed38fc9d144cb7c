"""What every command leaves behind: audit chain, events, history."""

from typing import Any

from tortoise import fields
from tortoise.indexes import Index

from api.models.base import Row
from api.models.choices import ItemKind
from api.models.fields import OrderedTextField


class AuditChain(Row):
    """Head of one chain of audit rows; locked by the unit of work that appends."""

    name = fields.CharField(max_length=60, unique=True)
    sequence = fields.BigIntField()
    hash = fields.CharField(max_length=64)

    class Meta:
        table = "audit_chain"


class AuditEntry(Row):
    """Who did what to which object, allowed by which policy rule; hash-linked, never changed.

    `change` holds masked values or digests, never personal data in clear.
    """

    chain = fields.CharField(max_length=60)
    sequence = fields.BigIntField()
    at = fields.DatetimeField()
    actor = fields.CharField(max_length=100)
    action = fields.CharField(max_length=60)
    object_type = fields.CharField(max_length=40)
    object_id = fields.BigIntField(null=True)
    path = OrderedTextField(max_length=400)
    policy_rule = fields.CharField(max_length=20, null=True)
    change: Any = fields.JSONField()
    request_id = fields.CharField(max_length=64, null=True)
    previous_hash = fields.CharField(max_length=64)
    hash = fields.CharField(max_length=64)

    class Meta:
        table = "audit_entry"
        unique_together = (("chain", "sequence"),)
        indexes = (
            Index(fields=("object_type", "object_id")),
            Index(fields=("path", "id")),
            Index(fields=("at",)),
        )


class Event(Row):
    """Outbox: what happened, for those who follow; ids and kinds, no personal data.

    `position` is that of the transaction (api/feed/position.py), `number` counts the events of the object and
    `previous` is the position of the one before. `before` and `after` are what permissions look at
    (api/feed/standing.py); null: no such row, or not in the feed.
    """

    at = fields.DatetimeField()
    kind = fields.CharField(max_length=60)
    object_type = fields.CharField(max_length=40)
    object_id = fields.BigIntField()
    path = OrderedTextField(max_length=400)
    payload: Any = fields.JSONField()
    position = fields.BigIntField(default=0, db_default=0)
    number = fields.IntField(default=1, db_default=1)
    previous = fields.BigIntField(default=0, db_default=0)
    before: Any = fields.JSONField(null=True)
    after: Any = fields.JSONField(null=True)

    class Meta:
        table = "event"
        indexes = (
            Index(fields=("object_type", "object_id", "number")),
            Index(fields=("path", "id")),
            Index(fields=("position", "id")),
        )


class PrunedEvents(Row):
    """How far events were forgotten: none after this position and identifier; the highest row counts."""

    position = fields.BigIntField()
    event_id = fields.BigIntField()

    class Meta:
        table = "pruned_events"
        indexes = (Index(fields=("position", "event_id")),)


class HistoryEntry(Row):
    """One change of an item: version reached, by whom, each field's former and new value."""

    item_kind = fields.CharEnumField(ItemKind, max_length=16)
    item_id = fields.BigIntField()
    version = fields.IntField()
    at = fields.DatetimeField()
    actor = fields.CharField(max_length=100)
    action = fields.CharField(max_length=60)
    changes: Any = fields.JSONField()

    class Meta:
        table = "history_entry"
        unique_together = (("item_kind", "item_id", "version", "action"),)
        indexes = (Index(fields=("item_kind", "item_id", "id")),)
