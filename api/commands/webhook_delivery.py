"""Single deliveries: send one again, send a test."""

from api import clock
from api.commands.unit_of_work import Done, unit_of_work
from api.commands.webhook import load_webhook
from api.errors import InvalidTransition, NotFound
from api.models import WebhookDelivery, WebhookEndpoint
from api.plan.viewer import Viewer
from api.state_machines.webhook import RESENDABLE, WAITING, DeliveryStatus, WebhookStatus
from api.webhooks.outbox import TEST
from auth.permissions import Action


async def resend_delivery(viewer: Viewer, identifier: int) -> int:
    """Send an event to its webhook once more, under the same id and with all attempts anew.

    Raises:
        InvalidTransition: the webhook is not enabled.
        NotFound: also when the organisation may not know of the event.
        Forbidden.
    """
    async with unit_of_work(viewer) as work:
        delivery = await WebhookDelivery.get_or_none(id=identifier)
        if delivery is None or not _known(delivery):
            raise NotFound(path=("id",))
        row, organisation, rule = await load_webhook(viewer, delivery.endpoint_id, Action.RUN)
        _refuse_disabled(row)
        # Claimed by us for a moment: the end of an attempt that is still on its way is no longer this delivery's.
        await WebhookDelivery.filter(id=identifier).update(
            status=DeliveryStatus.PENDING, claims=delivery.claims + 1, attempts=0, by_hand=True,
            next_attempt_at=clock.now(), delivered_at=None,
        )  # fmt: skip
        work.record(Done("webhook.resend", "Webhook", row.id, organisation.path, {}, rule, quiet=True))
    return identifier


async def send_test(viewer: Viewer, identifier: int) -> int:
    """Send an event `webhook.test` to a webhook, whatever its kinds and place; return the delivery.

    Raises:
        InvalidTransition: the webhook is not enabled.
        NotFound, Forbidden.
    """
    async with unit_of_work(viewer) as work:
        row, organisation, rule = await load_webhook(viewer, identifier, Action.RUN)
        _refuse_disabled(row)
        work.record(Done(TEST, "Webhook", row.id, organisation.path, {}, rule))
    # The outbox wrote it with the event.
    delivery = await WebhookDelivery.filter(endpoint_id=row.id, event__kind=TEST).order_by("-id").first()
    if delivery is None:
        raise NotFound(path=("id",))
    return int(delivery.id)


def _known(delivery: WebhookDelivery) -> bool:
    if delivery.status in WAITING:
        return delivery.attempts > 0 or delivery.by_hand
    return delivery.status in RESENDABLE


def _refuse_disabled(row: WebhookEndpoint) -> None:
    if row.status is not WebhookStatus.ENABLED:
        raise InvalidTransition("回调未启用", "The webhook is not enabled", ("id",), allowed=())
