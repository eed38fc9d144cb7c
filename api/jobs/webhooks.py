"""Sending what the outbox holds: find what is due, claim it, send it, note what came of it.

Each part can be done twice and by several processes: a delivery belongs to whoever raised its `claims`,
until `next_attempt_at`, and is due again by itself when that process is no more.
"""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

import structlog
from tortoise.functions import Min

from api import clock
from api.commands.standing import system_viewer
from api.commands.webhook import disable_webhook
from api.errors import DomainError
from api.jobs.posting import Answer, Poster
from api.models import WebhookDelivery, WebhookEndpoint
from api.queries.webhook import readable_subjects
from api.runtime import Runtime
from api.state_machines.webhook import WAITING, DeliveryStatus, DisabledReason, WebhookStatus
from api.webhooks.payload import body_of, communities
from api.webhooks.schedule import KEPT, LASTING, next_attempt
from api.webhooks.signing import headers

log = structlog.get_logger(__name__)

BATCH: Final = 20
AT_ONCE: Final = 5
PRUNED_AT_ONCE: Final = 1000
LEASE: Final = timedelta(minutes=1)
"""Longer than any attempt; afterwards a delivery whose sender is gone is anybody's."""
GONE: Final = 410


async def due_webhooks() -> dict[int, str]:
    """Return the enabled webhooks that have something due, each with when its longest waiting delivery became so."""
    rows: Any = (
        await WebhookDelivery.filter(next_attempt_at__lte=clock.now(), endpoint__status=WebhookStatus.ENABLED)
        .annotate(since=Min("next_attempt_at"))
        .group_by("endpoint_id")
        .values("endpoint_id", "since")
    )
    return {row["endpoint_id"]: str(row["since"]) for row in rows}


async def send_due(runtime: Runtime, poster: Poster, endpoint_id: int) -> bool:
    """Send up to 20 due deliveries of a webhook; return whether it took them all and more may be due.

    After a failure the rest waits for the next look, so that a dead receiver holds up nobody.
    """
    endpoint = await WebhookEndpoint.get_or_none(id=endpoint_id, status=WebhookStatus.ENABLED)
    if endpoint is None:
        return False
    due = (
        await WebhookDelivery.filter(endpoint_id=endpoint_id, next_attempt_at__lte=clock.now())
        .order_by("id")
        .limit(BATCH)
        .select_related("event")
    )
    known = await _drop_unreadable(runtime, endpoint, due)
    places = await communities(delivery.event.path for delivery in known)
    for start in range(0, len(known), AT_ONCE):
        together = known[start : start + AT_ONCE]
        ends = await asyncio.gather(*(_send(runtime, poster, endpoint, each, places) for each in together))
        if not all(ends):
            return False
    return len(due) == BATCH


async def prune_deliveries() -> int:
    """Delete what is older than 30 days; return how many deliveries that were."""
    pruned = 0
    # In parts, since a statement has its time.
    while True:
        old: Any = WebhookDelivery.filter(created_at__lt=clock.now() - KEPT).limit(PRUNED_AT_ONCE)
        ids = await old.values_list("id", flat=True)
        if not ids:
            return pruned
        pruned += await WebhookDelivery.filter(id__in=ids).delete()


async def _drop_unreadable(
    runtime: Runtime, endpoint: WebhookEndpoint, due: Sequence[WebhookDelivery]
) -> list[WebhookDelivery]:
    subjects = [(each.event.object_type, each.event.object_id) for each in due]
    readable = await readable_subjects(runtime, endpoint.organisation_id, subjects)
    known = [each for each, subject in zip(due, subjects, strict=True) if subject in readable]
    dropped = [each.id for each in due if each not in known]
    if dropped:
        await WebhookDelivery.filter(id__in=dropped, status__in=list(WAITING)).update(
            status=DeliveryStatus.SKIPPED, next_attempt_at=None
        )
    return known


async def _send(
    runtime: Runtime, poster: Poster, endpoint: WebhookEndpoint, delivery: WebhookDelivery, places: dict[str, str]
) -> bool:
    """Send one delivery; return False when it failed, True when it was taken or is another process's."""
    moment = clock.now()
    claimed = await WebhookDelivery.filter(id=delivery.id, claims=delivery.claims, next_attempt_at__lte=moment).update(
        claims=delivery.claims + 1, next_attempt_at=moment + LEASE, last_attempt_at=moment
    )
    if not claimed:
        return True
    body = body_of(delivery.event, places.get(delivery.event.path))
    signed = headers(live_secrets(endpoint), str(delivery.event_id), int(moment.timestamp()), body)
    answer = await poster.post(endpoint.url, signed, body)
    if answer.taken:
        await _note_success(endpoint, delivery, answer)
    else:
        await _note_failure(runtime, endpoint, delivery, answer)
    return answer.taken


def live_secrets(endpoint: WebhookEndpoint) -> list[str]:
    """Return the secrets that sign now, the present one first."""
    ends = endpoint.former_secret_expires_at
    former = endpoint.former_secret if ends is not None and clock.now() < ends else None
    return [secret for secret in (endpoint.secret, former) if secret is not None]


async def _note_success(endpoint: WebhookEndpoint, delivery: WebhookDelivery, answer: Answer) -> None:
    await WebhookDelivery.filter(id=delivery.id).update(
        status=DeliveryStatus.DELIVERED, attempts=delivery.attempts + 1, next_attempt_at=None, delivered_at=clock.now(),
        last_status_code=answer.status, last_error=None, response_excerpt=answer.excerpt, retry_after=None,
    )  # fmt: skip
    await WebhookEndpoint.filter(id=endpoint.id, failing_since__isnull=False).update(failing_since=None)


async def _note_failure(runtime: Runtime, endpoint: WebhookEndpoint, delivery: WebhookDelivery, answer: Answer) -> None:
    moment = clock.now()
    gone = answer.status == GONE
    again = None if gone else next_attempt(delivery.attempts + 1, moment, answer.wait)
    # Only while the delivery is still ours: somebody who took it over knows better.
    await WebhookDelivery.filter(id=delivery.id, claims=delivery.claims + 1, status__in=list(WAITING)).update(
        status=DeliveryStatus.GIVEN_UP if again is None else DeliveryStatus.FAILED, next_attempt_at=again,
        attempts=delivery.attempts + 1,
        last_status_code=answer.status, last_error=answer.error, response_excerpt=answer.excerpt,
        retry_after=None if answer.wait is None else int(answer.wait.total_seconds()),
    )  # fmt: skip
    await WebhookEndpoint.filter(id=endpoint.id, failing_since__isnull=True).update(failing_since=moment)
    since = (await WebhookEndpoint.get(id=endpoint.id)).failing_since or moment
    if gone:
        await _disable(runtime, endpoint, DisabledReason.GONE)
    elif again is None and moment - since >= LASTING:
        await _disable(runtime, endpoint, DisabledReason.FAILING)


async def _disable(runtime: Runtime, endpoint: WebhookEndpoint, reason: DisabledReason) -> None:
    try:
        await disable_webhook(system_viewer(runtime, "webhooks"), endpoint.id, reason)
    except DomainError:
        # Somebody else was faster; else the next failure tries again.
        log.info("webhook not disabled", webhook=endpoint.id, reason=reason)
        return
    log.warning("webhook disabled", webhook=endpoint.id, reason=reason)
