"""Webhooks over GraphQL: refused, registered, shown once, listed with a log that tells no more than may be known."""

from typing import Any

import pytest

from api.context import Context
from api.jobs.posting import poster_of
from api.jobs.webhooks import send_due
from api.models import WebhookDelivery, WebhookEndpoint
from api.plan.viewer import Viewer
from api.settings import Settings
from api.state_machines.webhook import DeliveryStatus
from auth.roles import Role
from tests.api.reading import schema
from tests.factories import Town, build_town

REGISTER = """mutation ($input: WebhookInput!) { webhookRegister(input: $input) { __typename
  ... on IssuedWebhookSecret { secret webhook { id url kinds status version } }
  ... on UserError { code path } } }"""
LISTED = """{ webhooks(first: 10) { totalCount nodes { id url organisation { id } place { code } disabledReason
  formerSecretExpiresAt deliveries(first: 10) { totalCount nodes {
    id eventId kind status attempts lastStatusCode lastError nextAttemptAt deliveredAt responseExcerpt } } } } }"""
MOVE = """mutation ($id: ID!) { %s(id: $id) { __typename ... on Webhook { status disabledReason }
  ... on UserError { code path } } }"""
SEND = """mutation ($id: ID!) { %s(id: $id) { __typename ... on WebhookDelivery { id kind status }
  ... on UserError { code path } } }"""
ROTATE = """mutation ($id: ID!, $hours: Int!) { webhookSecretRotate(id: $id, keepFormerHours: $hours) { __typename
  ... on IssuedWebhookSecret { secret webhook { formerSecretExpiresAt } } ... on UserError { code path } } }"""
UPDATE = """mutation ($id: ID!, $changes: WebhookChanges!, $version: Int!) {
  webhookUpdate(id: $id, changes: $changes, expectedVersion: $version) { __typename
  ... on Webhook { url kinds version } ... on UserError { code path } } }"""
# Nobody listens there.
URL = "http://127.0.0.1:9/hook"


@pytest.fixture
async def town(database: Settings) -> Town:
    return await build_town(database.model_copy(update={"webhook_allow_private": True}))


async def asked(viewer: Viewer, query: str, **variables: Any) -> Any:
    result = await schema().execute(query, variable_values=variables, context_value=Context(viewer))
    assert not result.errors, result.errors
    assert result.data
    (only,) = result.data.values()
    return only


async def test_the_whole_life_of_a_webhook(town: Town) -> None:
    ours = await town.organisation()
    viewer = town.viewer(Role.UNIT_REPRESENTATIVE, "A", organisation=ours)
    rival = town.viewer(Role.UNIT_REPRESENTATIVE, "A", organisation=await town.organisation())
    values = {"organisation": f"Organisation:{ours}", "url": URL, "kinds": ["need.*"]}
    assert (await asked(town.anonymous(), REGISTER, input=values))["code"] == "UNAUTHENTICATED"
    assert (await asked(rival, REGISTER, input=values))["code"] == "FORBIDDEN"
    assert await asked(viewer, REGISTER, input=values | {"kinds": ["x.y"]}) == {
        "__typename": "InvalidInputError", "code": "INVALID_INPUT", "path": ["kinds", "0"],
    }  # fmt: skip

    issued = await asked(viewer, REGISTER, input=values)
    webhook = issued["webhook"]["id"]
    assert issued["secret"].startswith("whsec_")
    assert issued["webhook"] == {"id": webhook, "url": URL, "kinds": ["need.*"], "status": "ENABLED", "version": 1}

    changed = await asked(viewer, UPDATE, id=webhook, changes={"kinds": None}, version=1)
    assert (changed["kinds"], changed["url"], changed["version"]) == (None, URL, 2)
    assert (await asked(viewer, UPDATE, id=webhook, changes={"url": URL + "2"}, version=1))["code"] == "STALE_VERSION"

    rotated = await asked(viewer, ROTATE, id=webhook, hours=1)
    assert rotated["secret"] != issued["secret"]
    assert rotated["webhook"]["formerSecretExpiresAt"]
    assert (await asked(viewer, ROTATE, id=webhook, hours=10**9))["path"] == ["keepFormerHours"]

    tested = await asked(viewer, SEND % "webhookTest", id=webhook)
    assert (tested["kind"], tested["status"]) == ("webhook.test", "PENDING")
    row = await WebhookEndpoint.get()
    await send_due(town.runtime, poster_of(allow_private=True), row.id)
    (listed,) = (await asked(viewer, LISTED))["nodes"]
    log = {entry["kind"]: entry for entry in listed["deliveries"]["nodes"]}
    assert set(log) == {"webhook.test", "webhook.update", "webhook.rotate"}
    assert (log["webhook.test"]["status"], log["webhook.test"]["lastError"]) == ("FAILED", "CONNECT_FAILED")
    assert (await asked(viewer, SEND % "webhookDeliveryResend", id=tested["id"]))["status"] == "PENDING"
    assert (await asked(rival, SEND % "webhookDeliveryResend", id=tested["id"]))["code"] == "NOT_FOUND"

    assert await asked(viewer, MOVE % "webhookDisable", id=webhook) == {
        "__typename": "Webhook", "status": "DISABLED", "disabledReason": "BY_HAND",
    }  # fmt: skip
    assert (await asked(viewer, SEND % "webhookTest", id=webhook))["code"] == "INVALID_TRANSITION"
    assert (await asked(viewer, MOVE % "webhookEnable", id=webhook))["status"] == "ENABLED"
    assert (await asked(viewer, MOVE % "webhookRemove", id=webhook))["status"] == "RETIRED"


async def test_webhooks_are_listed_for_their_people_and_the_log_hides_what_they_may_not_know(town: Town) -> None:
    ours = await town.organisation()
    viewer = town.viewer(Role.UNIT_REPRESENTATIVE, "A", organisation=ours)
    values = {"organisation": f"Organisation:{ours}", "url": URL, "place": f"Place:{town.id('A1')}"}
    webhook = (await asked(viewer, REGISTER, input=values))["webhook"]["id"]
    for stranger in (town.anonymous(), town.administrator("B"), town.viewer(Role.PROPERTY_CLERK, organisation=ours)):
        assert (await asked(stranger, LISTED))["totalCount"] == 0
        assert await asked(stranger, "query ($id: ID!) { node(id: $id) { id } }", id=webhook) is None
    for one in (viewer, town.administrator(), town.viewer(Role.AUDITOR, "S"), town.viewer(Role.SYSTEM_ADMINISTRATOR)):
        assert (await asked(one, LISTED))["totalCount"] == 1
    await asked(viewer, SEND % "webhookTest", id=webhook)
    await asked(viewer, SEND % "webhookTest", id=webhook)
    shown = (await asked(viewer, LISTED))["nodes"][0]
    assert (shown["place"], shown["deliveries"]["totalCount"]) == ({"code": "A1"}, 2)
    skipped, unknown = await WebhookDelivery.all().order_by("id")
    await WebhookDelivery.filter(id=skipped.id).update(status=DeliveryStatus.SKIPPED, attempts=1)
    await WebhookDelivery.filter(id=unknown.id).update(by_hand=False)
    assert (await asked(viewer, LISTED))["nodes"][0]["deliveries"]["nodes"] == []
    assert (await asked(viewer, SEND % "webhookDeliveryResend", id=f"WebhookDelivery:{unknown.id}"))["code"] == (
        "NOT_FOUND"
    )
