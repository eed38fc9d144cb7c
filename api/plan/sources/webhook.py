"""Webhooks, and the log of what was sent to them."""

from api.plan.source import NEWEST, Column, Kind, Parent, Source, ToMany, ToOne, plain
from auth.permissions import Object

WEBHOOK = Source(
    name="Webhook",
    table="webhook_endpoint",
    object=Object.WEBHOOK,
    # No join: deliveries ask for it as their parent.
    columns={
        "path": "(SELECT o.path FROM organisation o WHERE o.id = t.organisation_id)",
        "owner_organisation": "t.organisation_id",
    },
    fields={
        **plain("url", "status", "disabled_reason"),
        "organisation": ToOne("Organisation", "t.organisation_id"),
        "place": ToOne("Place", "t.place_id"),
        "kinds": Column("t.kinds", Kind.JSON),
        "disabled_at": Column("t.disabled_at", Kind.INSTANT),
        "failing_since": Column("t.failing_since", Kind.INSTANT),
        "secret_created_at": Column("t.secret_created_at", Kind.INSTANT),
        "former_secret_expires_at": Column("t.former_secret_expires_at", Kind.INSTANT),
        "deliveries": ToMany("WebhookDelivery", "t.endpoint_id", NEWEST),
        "version": Column("t.version", Kind.INTEGER),
        "created_at": Column("t.created_at", Kind.INSTANT),
        "updated_at": Column("t.updated_at", Kind.INSTANT),
    },
)

WEBHOOK_DELIVERY = Source(
    name="WebhookDelivery",
    table="webhook_delivery",
    joins="JOIN event e ON e.id = t.event_id",
    # Until the first attempt nobody has asked whether the organisation may know of the event at all.
    where="t.status <> 'SKIPPED' AND (t.attempts > 0 OR t.by_hand)",
    parents=(Parent("Webhook", "t.endpoint_id"),),
    fields={
        **plain("status", "last_error", "response_excerpt"),
        "event_id": Column("t.event_id", Kind.ID),
        "kind": Column("e.kind"),
        "attempts": Column("t.attempts", Kind.INTEGER),
        "last_status_code": Column("t.last_status_code", Kind.INTEGER),
        "retry_after": Column("t.retry_after", Kind.INTEGER),
        "next_attempt_at": Column("t.next_attempt_at", Kind.INSTANT),
        "created_at": Column("t.created_at", Kind.INSTANT),
        "last_attempt_at": Column("t.last_attempt_at", Kind.INSTANT),
        "delivered_at": Column("t.delivered_at", Kind.INSTANT),
    },
)
