"""Webhooks: the own organisation's and the administrator's alone; only public addresses; secrets shown once."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from api import clock, sealing
from api.commands import webhook as commands
from api.commands.need import submit_need
from api.commands.webhook_delivery import resend_delivery, send_test
from api.errors import (
    Forbidden,
    InvalidInput,
    InvalidTransition,
    LimitExceeded,
    NotFound,
    StaleVersion,
    Unauthenticated,
)
from api.models import Event, Membership, Organisation, WebhookDelivery, WebhookEndpoint
from api.models.choices import OrganisationStatus
from api.plan.statement import Statement
from api.plan.viewer import Viewer
from api.state_machines.webhook import DisabledReason, WebhookStatus
from api.webhooks import guard
from auth.permissions import Action, Object, Permission
from auth.roles import Role
from tests.api.commands.records import actions, nothing_was_recorded
from tests.factories import Town

NOON = datetime(2026, 11, 24, 4, tzinfo=UTC)
URL = "https://hooks.example.org/wujia"


@pytest.fixture(autouse=True)
def name_system(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand in for the names of the public internet, which a test does not ask."""

    async def resolved(host: str, port: int) -> Sequence[str]:
        return {"inner.example.org": ["10.0.0.7"]}.get(host, ["8.8.8.8"])

    monkeypatch.setattr(guard, "resolved", resolved)


def values_of(organisation: int, **more: Any) -> dict[str, Any]:
    return {"organisation": organisation, "url": URL, "kinds": ["need.*", "service_item.pause"], **more}


async def representative(town: Town, place: str = "A") -> tuple[Viewer, int]:
    organisation = await town.organisation(place)
    return town.viewer(Role.UNIT_REPRESENTATIVE, place, organisation=organisation), organisation


async def registered(town: Town) -> tuple[Viewer, int]:
    viewer, organisation = await representative(town)
    return viewer, (await commands.register_webhook(viewer, values_of(organisation))).id


async def test_only_who_represents_the_organisation_or_administers_its_place_registers(town: Town) -> None:
    _, organisation = await representative(town)
    other = await town.organisation()
    with pytest.raises(Unauthenticated):
        await commands.register_webhook(town.anonymous(), values_of(organisation))
    for viewer in (
        town.viewer(Role.UNIT_REPRESENTATIVE, "A", organisation=other),
        town.viewer(Role.UNIT_REPRESENTATIVE, "B", organisation=organisation),
        town.viewer(Role.PROPERTY_CLERK, "A", organisation=organisation),
        town.administrator("B"),
        town.viewer(Role.COMMITTEE_STAFF),
        town.viewer(Role.AUDITOR, "D"),
        town.program(organisation, frozenset({Permission(Object.NEED, Action.READ)})),
    ):
        with pytest.raises(Forbidden):
            await commands.register_webhook(viewer, values_of(organisation))
    with pytest.raises(NotFound):
        await commands.register_webhook(town.administrator(), values_of(1))
    assert not await WebhookEndpoint.exists()
    assert await nothing_was_recorded()


async def test_nobody_else_sees_or_changes_a_webhook(town: Town) -> None:
    _, webhook = await registered(town)
    rival = town.viewer(Role.UNIT_REPRESENTATIVE, "A", organisation=await town.organisation())
    for viewer in (rival, town.anonymous(), town.administrator("B"), town.viewer(Role.COMMITTEE_STAFF)):
        for attempt in (
            commands.update_webhook(viewer, webhook, {"url": URL}, 1),
            commands.rotate_secret(viewer, webhook),
            commands.disable_webhook(viewer, webhook),
            commands.enable_webhook(viewer, webhook),
            commands.retire_webhook(viewer, webhook),
            send_test(viewer, webhook),
        ):
            with pytest.raises(NotFound):
                await attempt
    auditor = town.viewer(Role.AUDITOR, "A")
    with pytest.raises(Forbidden):
        await commands.disable_webhook(auditor, webhook)
    assert (await WebhookEndpoint.get(id=webhook)).version == 1


async def test_an_administrator_registers_nothing_for_an_organisation_with_offices_from_above(town: Town) -> None:
    _, organisation = await representative(town)
    await Membership.create(
        organisation_id=organisation, role=Role.DEPARTMENT_OFFICER, place_id=town.id("D"), path=town.path("D"),
        valid_from=clock.today(),
    )  # fmt: skip
    with pytest.raises(Forbidden) as refused:
        await commands.register_webhook(town.administrator(), values_of(organisation))
    assert refused.value.path == ("organisation",)


REFUSED: list[tuple[dict[str, Any], tuple[str, ...]]] = [
    ({"url": "http://hooks.example.org/"}, ("url",)),
    ({"url": "https://127.0.0.1/"}, ("url",)),
    ({"url": "https://inner.example.org/"}, ("url",)),
    ({"url": ""}, ("url",)),
    ({"kinds": []}, ("kinds",)),
    ({"kinds": ["need.*"] * 51}, ("kinds",)),
    ({"kinds": ["need.submit", "nead.submit"]}, ("kinds", "1")),
    ({"kinds": ["*"]}, ("kinds", "0")),
    ({"kinds": ["need"]}, ("kinds", "0")),
    ({"kinds": ["need.submit\n"]}, ("kinds", "0")),
    ({"place": "A1b"}, ("place",)),
]


async def test_what_a_webhook_cannot_ask_for_is_named_and_nothing_is_stored(town: Town) -> None:
    viewer, organisation = await representative(town)
    for changes, path in REFUSED:
        sent = {"place": town.id(changes["place"])} if "place" in changes else changes
        with pytest.raises(InvalidInput) as refused:
            await commands.register_webhook(viewer, values_of(organisation, **sent))
        assert refused.value.path == path, changes
    assert not await WebhookEndpoint.exists()


async def test_a_suspended_organisation_and_one_with_ten_register_no_more(town: Town) -> None:
    viewer, organisation = await representative(town)
    ids = [(await commands.register_webhook(viewer, values_of(organisation))).id for _ in range(commands.MOST)]
    with pytest.raises(LimitExceeded):
        await commands.register_webhook(viewer, values_of(organisation))
    await commands.retire_webhook(viewer, ids[0])
    await commands.register_webhook(viewer, values_of(organisation))
    await Organisation.filter(id=organisation).update(status=OrganisationStatus.SUSPENDED)
    with pytest.raises(InvalidInput):
        await commands.register_webhook(viewer, values_of(organisation))


async def test_a_webhook_is_kept_with_its_secret_sealed(town: Town) -> None:
    viewer, organisation = await representative(town)
    issued = await commands.register_webhook(viewer, values_of(organisation, place=town.id("A1")))
    row = await WebhookEndpoint.get(id=issued.id)
    assert (row.url, row.kinds, row.within) == (URL, ["need.*", "service_item.pause"], town.path("A1"))
    assert (row.status, row.secret) == (WebhookStatus.ENABLED, issued.secret)
    (stored,) = await Statement().fetch('SELECT "secret" FROM "webhook_endpoint"')
    assert stored["secret"].startswith(sealing.MARK)
    assert issued.secret not in repr(issued)
    assert await actions() == ["webhook.register"]


async def test_a_program_registers_within_its_scopes_and_administrators_within_their_place(town: Town) -> None:
    _, organisation = await representative(town)
    program = town.program(organisation, frozenset({Permission(Object.WEBHOOK, Action.CREATE)}))
    for viewer in (program, town.administrator(), town.viewer(Role.SYSTEM_ADMINISTRATOR, "D")):
        await commands.register_webhook(viewer, values_of(organisation))
    assert await WebhookEndpoint.all().count() == 3


async def test_changes_are_checked_and_a_stale_one_is_refused(town: Town) -> None:
    viewer, webhook = await registered(town)
    await commands.update_webhook(viewer, webhook, {"kinds": None, "place": town.id("A")}, 1)
    row = await WebhookEndpoint.get(id=webhook)
    assert (row.kinds, row.within, row.url, row.version) == (None, town.path("A"), URL, 2)
    with pytest.raises(StaleVersion) as stale:
        await commands.update_webhook(viewer, webhook, {"url": URL + "/new", "place": None}, 1)
    assert {conflict.name for conflict in stale.value.conflicts} == {"url", "place"}
    with pytest.raises(InvalidInput):
        await commands.update_webhook(viewer, webhook, {"url": "https://inner.example.org/"}, 2)


async def test_a_rotation_keeps_the_former_secret_alive_for_a_day_and_never_three(town: Town) -> None:
    viewer, webhook = await registered(town)
    first = (await WebhookEndpoint.get(id=webhook)).secret
    with clock.fixed(NOON):
        second = await commands.rotate_secret(viewer, webhook)
    row = await WebhookEndpoint.get(id=webhook)
    assert (row.secret, row.former_secret) == (second.secret, first)
    assert row.former_secret_expires_at == NOON + timedelta(hours=24)
    third = await commands.rotate_secret(viewer, webhook, timedelta())
    row = await WebhookEndpoint.get(id=webhook)
    assert row.secret == third.secret
    assert not row.former_secret
    assert not row.former_secret_expires_at
    with pytest.raises(InvalidInput):
        await commands.rotate_secret(viewer, webhook, timedelta(days=8))
    found = await Statement().fetch('SELECT "change" FROM "audit_entry"')
    assert not any("whsec" in str(row) for row in found)


async def test_a_webhook_is_disabled_enabled_and_retired(town: Town) -> None:
    viewer, webhook = await registered(town)
    with pytest.raises(InvalidTransition):
        await commands.enable_webhook(viewer, webhook)
    await commands.disable_webhook(viewer, webhook)
    row = await WebhookEndpoint.get(id=webhook)
    assert (row.status, row.disabled_reason) == (WebhookStatus.DISABLED, DisabledReason.BY_HAND)
    with pytest.raises(InvalidTransition):
        await send_test(viewer, webhook)
    await commands.enable_webhook(viewer, webhook)
    row = await WebhookEndpoint.get(id=webhook)
    assert row.status is WebhookStatus.ENABLED
    assert not row.disabled_reason
    assert not row.disabled_at
    await commands.retire_webhook(viewer, webhook)
    row = await WebhookEndpoint.get(id=webhook)
    assert row.status is WebhookStatus.RETIRED
    assert row.secret is row.former_secret is None
    for attempt in (
        commands.enable_webhook(viewer, webhook),
        commands.rotate_secret(viewer, webhook),
        commands.update_webhook(viewer, webhook, {"url": URL}, row.version),
        commands.retire_webhook(viewer, webhook),
    ):
        with pytest.raises(InvalidTransition):
            await attempt
    assert await actions() == [f"webhook.{verb}" for verb in ("register", "disable", "enable", "retire")]


async def test_a_test_is_an_event_for_that_webhook_alone(town: Town) -> None:
    viewer, webhook = await registered(town)
    await commands.register_webhook(viewer, values_of((await Organisation.all())[0].id, kinds=None))
    delivery = await WebhookDelivery.get(id=await send_test(viewer, webhook)).select_related("event")
    assert (delivery.endpoint_id, delivery.by_hand) == (webhook, True)
    assert (delivery.event.kind, delivery.event.object_id) == ("webhook.test", webhook)
    assert await WebhookDelivery.filter(event__kind="webhook.test").count() == 1
    with pytest.raises(NotFound):
        await resend_delivery(town.administrator("B"), delivery.id)
    with pytest.raises(NotFound):
        await resend_delivery(viewer, 1)


async def test_while_nobody_has_a_webhook_the_outbox_stays_empty(town: Town) -> None:
    await submit_need(town.administrator(), town.need({"organisation": await town.organisation()}))
    assert await Event.exists()
    assert not await WebhookDelivery.exists()
