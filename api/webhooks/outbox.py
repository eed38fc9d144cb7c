"""The outbox: which webhooks are to be told of an event, written in the transaction of the event itself."""

from collections.abc import Sequence
from typing import Any, Final

from api.identifiers import new_id
from api.models import Event, WebhookDelivery, WebhookEndpoint
from api.state_machines.webhook import WebhookStatus

TEST: Final = "webhook.test"
ALL_OF: Final = ".*"


async def write_deliveries(events: Sequence[Event]) -> None:
    """Write a delivery for every enabled webhook that wants one of the events.

    One statement while there is no webhook; whether its organisation may know of an event is asked when it is sent.
    """
    if not events:
        return
    endpoints: Any = await WebhookEndpoint.filter(status=WebhookStatus.ENABLED).only("id", "kinds", "within")
    deliveries = [
        WebhookDelivery(
            id=new_id(), endpoint_id=endpoint.id, event_id=event.id, by_hand=event.kind == TEST,
            next_attempt_at=event.at, created_at=event.at,
        )
        for event in events
        for endpoint in endpoints
        if wants(endpoint, event)
    ]  # fmt: skip
    if deliveries:
        await WebhookDelivery.bulk_create(deliveries, batch_size=500)


def wants(endpoint: WebhookEndpoint, event: Event) -> bool:
    """Tell whether a webhook asked for such an event; a test is for the webhook that it tests alone."""
    if event.kind == TEST:
        return bool(event.object_id == endpoint.id)
    if endpoint.within is not None and not event.path.startswith(endpoint.within):
        return False
    kinds: list[str] | None = endpoint.kinds
    return kinds is None or event.kind in kinds or event.kind.partition(".")[0] + ALL_OF in kinds
