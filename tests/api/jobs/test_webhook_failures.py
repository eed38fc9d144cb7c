"""Webhooks that fail: tried again, given up, disabled; a sender that died loses nothing."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from dbos import DBOS

from api import clock
from api.commands import webhook as commands
from api.jobs import webhooks as jobs
from api.jobs import workflows
from api.jobs.durable import start_jobs, stop_jobs, wake
from api.jobs.webhooks import due_webhooks, prune_deliveries
from api.models import AuditEntry, Event, WebhookDelivery, WebhookEndpoint
from api.state_machines.webhook import DeliveryStatus, DisabledReason, WebhookStatus
from api.webhooks.schedule import MOST_ATTEMPTS, WAITS, asked_wait
from tests.api.jobs.hooked import a_need, only_delivery, send, webhook_at
from tests.api.jobs.receiver import Received, Receiver, status
from tests.factories import Town


async def test_a_failure_is_tried_again_by_the_schedule_until_it_is_given_up(hooked: Town, receiver: Receiver) -> None:
    _, issued = await webhook_at(hooked, receiver.url)
    await a_need(hooked)
    receiver.answer = lambda _: status(503, b"busy")
    began = clock.now()
    moment, waits = began, []
    for attempt in range(1, MOST_ATTEMPTS + 1):
        with clock.fixed(moment):
            await send(hooked, issued.id)
            await send(hooked, issued.id)
        delivery = await only_delivery()
        assert delivery.attempts == attempt == len(receiver.received), "not before it is due"
        if delivery.next_attempt_at is not None:
            assert delivery.status is DeliveryStatus.FAILED
            waits.append(delivery.next_attempt_at - moment)
            moment = delivery.next_attempt_at
    assert (delivery.status, delivery.last_status_code) == (DeliveryStatus.GIVEN_UP, 503)
    assert (delivery.last_error, delivery.response_excerpt) == ("REFUSED", "busy")
    assert all(least <= wait <= 1.1 * least for wait, least in zip(waits, WAITS, strict=True))
    assert len(set(receiver.ids)) == 1
    assert len({request.body for request in receiver.received}) == 1
    webhook = await WebhookEndpoint.get(id=issued.id)
    assert (webhook.status, webhook.failing_since) == (WebhookStatus.ENABLED, began)


async def test_who_is_busy_is_left_alone_for_as_long_as_it_asks(hooked: Town, receiver: Receiver) -> None:
    _, issued = await webhook_at(hooked, receiver.url)
    await a_need(hooked)
    now = clock.now().replace(microsecond=0)
    date = format_datetime(now + timedelta(minutes=20, seconds=5), usegmt=True)
    for code, said, seconds, wait in (
        (429, "600", 600, timedelta(seconds=600)),
        (503, date, 1200, timedelta(seconds=1200)),
        (503, "1", 1, WAITS[2]),
        (429, "9" * 400, 36_000, timedelta(hours=10)),
        (503, "Fri, 31 Dec 9999 23:59:59 GMT", 36_000, timedelta(hours=10)),
        (503, "Tue, 24 Nov 2020 00:00:00 GMT", 0, WAITS[5]),
        (500, "36000", None, WAITS[6]),
    ):
        receiver.answer = _always(status(code, b"", b"Retry-After: " + said.encode()))
        # The date counts from when the answer came: five seconds after the beginning, at the second attempt.
        with clock.fixed(moment := now + timedelta(seconds=5)):
            await WebhookDelivery.all().update(next_attempt_at=moment)
            await send(hooked, issued.id)
        delivery = await only_delivery()
        assert delivery.retry_after == seconds
        assert delivery.next_attempt_at is not None
        assert wait <= delivery.next_attempt_at - moment <= 1.1 * wait
    receiver.answer = lambda _: status(204)
    await WebhookDelivery.all().update(next_attempt_at=clock.now())
    await send(hooked, issued.id)
    delivery = await only_delivery()
    assert (delivery.status, delivery.retry_after) == (DeliveryStatus.DELIVERED, None)


@pytest.mark.parametrize("said", [None, "", "-5", "1.5", "soon", "٣", "Tue, 99 Nov 2026 00:00:00 GMT"])
def test_what_asks_for_nothing_that_is_known_asks_for_nothing(said: str | None) -> None:
    assert asked_wait(said, clock.now()) is None


async def test_three_days_without_a_success_disable_the_webhook_and_say_so(hooked: Town, receiver: Receiver) -> None:
    viewer, issued = await webhook_at(hooked, receiver.url)
    _, other = await webhook_at(hooked, receiver.url, organisation=viewer.principal.held[0].organisation_id,
                                kinds=["webhook.*"])  # fmt: skip
    receiver.answer = lambda _: status(500)
    now = clock.now()
    for days, expected in ((2, WebhookStatus.ENABLED), (3, WebhookStatus.DISABLED)):
        await a_need(hooked)
        last = MOST_ATTEMPTS - 1
        await WebhookDelivery.filter(endpoint_id=issued.id, attempts=0).update(attempts=last)
        await WebhookEndpoint.filter(id=issued.id).update(failing_since=now - timedelta(days=days))
        await send(hooked, issued.id)
        webhook = await WebhookEndpoint.get(id=issued.id)
        assert webhook.status is expected
    assert webhook.disabled_reason is DisabledReason.FAILING
    entry = await AuditEntry.get(action="webhook.disable", object_id=issued.id)
    assert entry.actor == "system:webhooks"
    assert await WebhookDelivery.filter(endpoint_id=other.id, event__kind="webhook.disable").exists()
    await a_need(hooked)
    assert issued.id not in await due_webhooks()


async def test_a_success_ends_the_failing(hooked: Town, receiver: Receiver) -> None:
    _, issued = await webhook_at(hooked, receiver.url)
    await WebhookEndpoint.filter(id=issued.id).update(failing_since=clock.now() - timedelta(days=9))
    await a_need(hooked)
    await send(hooked, issued.id)
    assert (await WebhookEndpoint.get(id=issued.id)).failing_since is None


async def test_gone_disables_at_once_and_what_waits_is_sent_once_enabled(hooked: Town, receiver: Receiver) -> None:
    viewer, issued = await webhook_at(hooked, receiver.url)
    await a_need(hooked)
    receiver.answer = lambda _: status(410)
    await send(hooked, issued.id)
    webhook = await WebhookEndpoint.get(id=issued.id)
    assert (webhook.status, webhook.disabled_reason) == (WebhookStatus.DISABLED, DisabledReason.GONE)
    assert (await only_delivery()).status is DeliveryStatus.GIVEN_UP
    await commands.enable_webhook(viewer, issued.id)
    await a_need(hooked)
    await commands.disable_webhook(viewer, issued.id)
    await a_need(hooked)
    assert await due_webhooks() == {}
    await commands.enable_webhook(viewer, issued.id)
    assert list(await due_webhooks()) == [issued.id]
    receiver.answer = lambda _: status(204)
    await send(hooked, issued.id)
    assert len(receiver.received) == 2


async def test_of_many_senders_at_once_one_sends(hooked: Town, receiver: Receiver) -> None:
    _, issued = await webhook_at(hooked, receiver.url)
    for _ in range(4):
        await a_need(hooked)
    receiver.pause = 0.05
    await asyncio.gather(*(send(hooked, issued.id) for _ in range(5)))
    assert sorted(receiver.ids) == sorted(set(receiver.ids))
    assert len(receiver.ids) == 4


async def test_a_sender_that_died_half_way_loses_nothing(
    hooked: Town, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, issued = await webhook_at(hooked, receiver.url)
    await a_need(hooked)
    now = clock.now()

    async def killed(*_: Any) -> None:
        raise asyncio.CancelledError

    honest = jobs._note_success
    monkeypatch.setattr(jobs, "_note_success", killed)
    with pytest.raises(asyncio.CancelledError):
        await send(hooked, issued.id)
    monkeypatch.setattr(jobs, "_note_success", honest)
    assert len(receiver.received) == 1
    with clock.fixed(now + timedelta(seconds=30)):
        assert await due_webhooks() == {}, "it may still be on its way"
    with clock.fixed(now + jobs.LEASE + timedelta(seconds=5)):
        assert list(await due_webhooks()) == [issued.id]
        await send(hooked, issued.id)
    assert len(set(receiver.ids)) == 1 < len(receiver.ids)
    delivery = await only_delivery()
    assert (delivery.status, delivery.attempts) == (DeliveryStatus.DELIVERED, 1), "nobody knows of the other one's end"


async def test_a_dead_receiver_costs_one_round_of_five(hooked: Town, receiver: Receiver) -> None:
    _, issued = await webhook_at(hooked, receiver.url)
    for _ in range(7):
        await a_need(hooked)
    receiver.answer = lambda _: status(500)
    assert not await send(hooked, issued.id)
    assert len(receiver.received) == jobs.AT_ONCE
    receiver.answer = lambda _: status(200)
    await send(hooked, issued.id)
    assert len(receiver.received) == 7


async def test_the_log_is_kept_for_thirty_days(hooked: Town, receiver: Receiver) -> None:
    await webhook_at(hooked, receiver.url)
    await a_need(hooked)
    assert await prune_deliveries() == 0
    with clock.fixed(clock.now() + timedelta(days=31)):
        assert await prune_deliveries() == 1
    assert not await WebhookDelivery.exists()


async def test_a_server_sends_what_was_left_and_what_comes_when_woken(hooked: Town, receiver: Receiver) -> None:
    await webhook_at(hooked, receiver.url)
    await a_need(hooked)
    await start_jobs(hooked.runtime)
    try:
        for number in (1, 2):
            wake()
            await _until(lambda number=number: len(receiver.received) == number)
            await a_need(hooked)
        books = await DBOS.list_workflows_async(name="webhook")
        assert len(books) >= 2
        await workflows.forget_sent(clock.now() - timedelta(days=1))
        assert len(await DBOS.list_workflows_async(name="webhook")) >= len(books)
        await workflows.forget_sent(clock.now() + timedelta(minutes=1))
        assert await DBOS.list_workflows_async(name="webhook", status=sorted(workflows.ENDED)) == []
    finally:
        await stop_jobs()
    first, second, third = await Event.filter(kind="need.submit").order_by("id")
    assert receiver.ids == [str(first.id), str(second.id)]
    assert list(await due_webhooks()), "the last one waits for the next start"
    assert await WebhookDelivery.filter(event_id=third.id, status=DeliveryStatus.PENDING).exists()


def _always(answer: bytes) -> Callable[[Received], bytes]:
    return lambda _: answer


async def _until(true: Any, seconds: float = 15) -> None:
    for _ in range(int(seconds / 0.05)):
        if true():
            return
        await asyncio.sleep(0.05)
    pytest.fail("in vain")
