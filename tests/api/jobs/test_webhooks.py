"""Webhooks from the command to a real receiver: signed, told no more than may be known, sent again by hand."""

from typing import Any

import pytest
from standardwebhooks import Webhook as Verifier
from standardwebhooks import WebhookVerificationError

from api import clock
from api.commands import webhook as commands
from api.commands.need import submit_need, update_need
from api.commands.webhook_delivery import resend_delivery, send_test
from api.errors import InvalidTransition, NotFound
from api.jobs.webhooks import due_webhooks
from api.models import Event, Need, WebhookDelivery, WebhookEndpoint
from api.models.choices import Visibility
from api.state_machines.webhook import DeliveryStatus
from tests.api.jobs.hooked import a_need, only_delivery, send, webhook_at
from tests.api.jobs.receiver import Receiver
from tests.factories import Town


async def test_an_event_is_delivered_signed_with_identifiers_and_kinds_alone(hooked: Town, receiver: Receiver) -> None:
    _, issued = await webhook_at(hooked, receiver.url)
    need = await a_need(hooked)
    event = await Event.get(object_id=need)
    assert not await send(hooked, issued.id)
    (request,) = receiver.received
    assert Verifier(issued.secret).verify(request.body, request.headers) == {
        "type": "need.submit",
        "timestamp": event.at.isoformat().replace("+00:00", "Z"),
        "data": {"id": f"Need:{need}", "type": "Need", "place": "A"},
    }
    assert request.headers["webhook-id"] == str(event.id)
    delivery = await only_delivery()
    assert (delivery.status, delivery.attempts, delivery.last_status_code) == (DeliveryStatus.DELIVERED, 1, 200)
    assert (delivery.next_attempt_at, delivery.response_excerpt) == (None, "ok")
    assert not await send(hooked, issued.id)
    assert len(receiver.received) == 1


async def test_only_the_kinds_and_places_that_were_asked_for_are_written(hooked: Town, receiver: Receiver) -> None:
    await webhook_at(hooked, receiver.url, kinds=["need.update"])
    await webhook_at(hooked, receiver.url, kinds=["project.*", "service_item.pause"])
    _, near = await webhook_at(hooked, receiver.url, place=hooked.id("A1"))
    _, all_of_them = await webhook_at(hooked, receiver.url, kinds=None)
    await WebhookDelivery.all().delete()
    await a_need(hooked, "A1")
    await a_need(hooked, "A2")
    found: Any = await WebhookDelivery.all().values_list("endpoint_id", flat=True)
    assert sorted(found) == sorted([near.id, all_of_them.id, all_of_them.id])


async def test_what_the_organisation_may_not_read_is_not_sent_and_stands_in_no_log(
    hooked: Town, receiver: Receiver
) -> None:
    viewer, issued = await webhook_at(hooked, receiver.url)
    seen, hidden, gone = await a_need(hooked), await a_need(hooked), await a_need(hooked)
    await Need.filter(id=hidden).update(visibility=Visibility.ADMINISTRATORS)
    await Need.filter(id=gone).delete()
    await send(hooked, issued.id)
    assert [request.json["data"]["id"] for request in receiver.received] == [f"Need:{seen}"]
    skipped = await WebhookDelivery.filter(status=DeliveryStatus.SKIPPED, next_attempt_at=None)
    assert len(skipped) == 2
    with pytest.raises(NotFound):
        await resend_delivery(viewer, skipped[0].id)
    assert await due_webhooks() == {}


async def test_no_name_no_phone_and_no_text_is_in_any_body(hooked: Town, receiver: Receiver) -> None:
    _, issued = await webhook_at(hooked, receiver.url, kinds=None)
    person = await hooked.person()
    await hooked.contact(person_id=person, name="标记张三", phone="13800001111", address="标记2号楼101")
    need = await submit_need(
        hooked.administrator(), hooked.need({"person": person}, title="标记标题", text="标记正文", visibility="PUBLIC")
    )
    await update_need(hooked.administrator(), need, {"title": "标记新题"}, 1)
    await send(hooked, issued.id)
    sent = [request.body.decode() for request in receiver.received]
    assert len(sent) >= 2
    for body in sent:
        for marker in ("标记", "13800001111", "A1b", str(person)):
            assert marker not in body


async def test_while_secrets_are_rotated_old_and_new_verify_and_then_only_the_new(
    hooked: Town, receiver: Receiver
) -> None:
    viewer, issued = await webhook_at(hooked, receiver.url)
    second = await commands.rotate_secret(viewer, issued.id)
    await send_test(viewer, issued.id)
    await send(hooked, issued.id)
    for secret in (issued.secret, second.secret):
        Verifier(secret).verify(receiver.received[0].body, receiver.received[0].headers)
    await WebhookEndpoint.filter(id=issued.id).update(former_secret_expires_at=clock.now())
    await send_test(viewer, issued.id)
    await send(hooked, issued.id)
    last = receiver.received[1]
    Verifier(second.secret).verify(last.body, last.headers)
    with pytest.raises(WebhookVerificationError):
        Verifier(issued.secret).verify(last.body, last.headers)
    assert {request.json["type"] for request in receiver.received} == {"webhook.test"}


async def test_a_delivery_is_sent_again_by_hand_under_the_same_id(hooked: Town, receiver: Receiver) -> None:
    viewer, issued = await webhook_at(hooked, receiver.url)
    await a_need(hooked)
    await send(hooked, issued.id)
    delivery = await only_delivery()
    await resend_delivery(viewer, delivery.id)
    assert ((await only_delivery()).status, list(await due_webhooks())) == (DeliveryStatus.PENDING, [issued.id])
    await send(hooked, issued.id)
    assert receiver.ids == [str(delivery.event_id)] * 2
    assert (await only_delivery()).status is DeliveryStatus.DELIVERED
    await commands.disable_webhook(viewer, issued.id)
    with pytest.raises(InvalidTransition):
        await resend_delivery(viewer, delivery.id)
