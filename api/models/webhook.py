"""Webhooks of organisations, and the outbox of their deliveries."""

from typing import Any

from tortoise import fields
from tortoise.indexes import Index

from api.models.base import Row, VersionedRow
from api.models.fields import OrderedTextField, SealedField
from api.state_machines.webhook import DeliveryStatus, DisabledReason, WebhookStatus


class WebhookEndpoint(VersionedRow):
    """An address of an organisation's server that is told of events.

    `kinds` are kinds of event or `object.*`, null is every kind; `within` is the path of `place`.
    While `former_secret` is alive, both secrets sign. `failing_since` is the first failure after the last success.
    """

    organisation_id: int
    organisation: fields.ForeignKeyRelation[Any] = fields.ForeignKeyField(
        "wujia.Organisation", related_name="webhooks", on_delete=fields.CASCADE
    )
    url = fields.CharField(max_length=1000)
    kinds: Any = fields.JSONField(null=True)
    place_id: int | None
    place: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "wujia.Place", related_name="webhooks", null=True, on_delete=fields.RESTRICT
    )
    within = OrderedTextField(max_length=400, null=True)
    status = fields.CharEnumField(WebhookStatus, max_length=16, default=WebhookStatus.ENABLED)
    disabled_reason = fields.CharEnumField(DisabledReason, max_length=16, null=True)
    disabled_at = fields.DatetimeField(null=True)
    failing_since = fields.DatetimeField(null=True)
    secret = SealedField(null=True)
    secret_created_at = fields.DatetimeField()
    former_secret = SealedField(null=True)
    former_secret_expires_at = fields.DatetimeField(null=True)

    class Meta:
        table = "webhook_endpoint"
        indexes = (
            Index(fields=("status",)),
            Index(fields=("organisation_id", "id")),
            Index(fields=("place_id",)),
        )


class WebhookDelivery(Row):
    """One event on its way to one webhook.

    `next_attempt_at` is when it is due, or, while somebody sends it, when others may take it over; null: never.
    `claims` grows with each claim, `attempts` with each that had an end: one whose sender was killed is no attempt.
    `by_hand` was asked for by a person. `retry_after` are the seconds that the last answer asked to wait.
    """

    endpoint_id: int
    endpoint: fields.ForeignKeyRelation[Any] = fields.ForeignKeyField(
        "wujia.WebhookEndpoint", related_name="deliveries", on_delete=fields.CASCADE
    )
    event_id: int
    event: fields.ForeignKeyRelation[Any] = fields.ForeignKeyField(
        "wujia.Event", related_name="deliveries", on_delete=fields.CASCADE
    )
    status = fields.CharEnumField(DeliveryStatus, max_length=16, default=DeliveryStatus.PENDING)
    by_hand = fields.BooleanField(default=False, db_default=False)
    claims = fields.IntField(default=0, db_default=0)
    attempts = fields.IntField(default=0, db_default=0)
    next_attempt_at = fields.DatetimeField(null=True)
    last_status_code = fields.IntField(null=True)
    last_error = fields.CharField(max_length=40, null=True)
    response_excerpt = fields.CharField(max_length=500, null=True)
    retry_after = fields.IntField(null=True)
    created_at = fields.DatetimeField()
    last_attempt_at = fields.DatetimeField(null=True)
    delivered_at = fields.DatetimeField(null=True)

    class Meta:
        table = "webhook_delivery"
        unique_together = (("endpoint_id", "event_id"),)
        indexes = (
            Index(fields=("next_attempt_at",)),
            Index(fields=("endpoint_id", "id")),
            Index(fields=("event_id",)),
            Index(fields=("created_at",)),
        )
