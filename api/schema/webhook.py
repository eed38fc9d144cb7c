"""Webhooks: types and the root field."""

from datetime import datetime

import strawberry

from api.context import Info
from api.plan.selection import selected
from api.queries import record as queries
from api.schema.base import Connection, Node, connection, related, value
from api.schema.organisation import Organisation
from api.schema.place import Place
from api.state_machines.webhook import DeliveryStatus, DisabledReason, WebhookStatus

strawberry.enum(WebhookStatus, name="WebhookStatus", description="Whether events are sent to a webhook")
strawberry.enum(
    DisabledReason,
    name="WebhookDisabledReason",
    description="BY_HAND: by a person. GONE: the receiver answered 410. FAILING: three days without one success",
)
strawberry.enum(
    DeliveryStatus,
    name="WebhookDeliveryStatus",
    description="PENDING: not sent yet. FAILED: will be tried again. DELIVERED. GIVEN_UP: no attempt is left."
    " SKIPPED is never shown",
)


@strawberry.type(description="One event on its way to one webhook; kept for 30 days")
class WebhookDelivery(Node):
    """Delivery."""

    event_id: strawberry.ID = value("Identifier of the event, which stands in the header webhook-id")
    kind: str = value("Kind of event, e.g. need.submit")
    status: DeliveryStatus = value("How far it is")
    attempts: int = value("Attempts since it was written or sent again by hand")
    last_status_code: int | None = value("HTTP status of the last answer; null when there was none")
    last_error: str | None = value(
        "Why the last attempt failed: REFUSED, REDIRECTED, TIMEOUT, CONNECT_FAILED, TLS_FAILED, NO_ANSWER,"
        " ADDRESS_REFUSED"
    )
    response_excerpt: str | None = value("Beginning of the last answer, at most 500 characters")
    retry_after: int | None = value(
        "Seconds for which the last answer asked to be left alone, by Retry-After with 429 or 503; at most ten hours"
    )
    next_attempt_at: datetime | None = value("When it will be tried again")
    created_at: datetime = value("When it was written")
    last_attempt_at: datetime | None = value("When it was last tried")
    delivered_at: datetime | None = value("When the receiver took it")


@strawberry.type(description="回调: an address of an organisation's server that is told of events")
class Webhook(Node):
    """Webhook."""

    organisation: Organisation | None = related("Organisation whose server it is and whose rights it follows")
    url: str = value("Address that is called")
    kinds: list[str] | None = value("Kinds of event, e.g. need.submit or need.*; null is all of them")
    place: Place | None = related("Only events at this place and below; null is everywhere")
    status: WebhookStatus = value("Whether events are sent to it")
    disabled_reason: DisabledReason | None = value("Why it is disabled")
    disabled_at: datetime | None = value("When it was disabled")
    failing_since: datetime | None = value("First failed attempt since the last success; null while all is well")
    secret_created_at: datetime = value("When the present secret was made")
    former_secret_expires_at: datetime | None = value("Until when the former secret signs too")
    deliveries: Connection[WebhookDelivery] = connection("What was sent to it, newest first")
    created_at: datetime = value("When it was registered")
    updated_at: datetime = value("When it was last changed")
    version: int = value("Version, for optimistic locking")


@strawberry.type
class WebhookQuery:
    """Root fields."""

    @strawberry.field(description="Webhooks that the viewer may see, newest first; give `first`, at most 100")
    async def webhooks(
        self, info: Info, within: str | None = None, first: int | None = None, after: str | None = None
    ) -> Connection[Webhook]:
        """Return a page of webhooks, perhaps of organisations within a place only."""
        paging = {"first": first, "after": after}
        return await queries.page(  # type: ignore[return-value]  # a page is what a connection reads
            info.context.viewer, "Webhook", selected(info._raw_info), within, paging
        )
