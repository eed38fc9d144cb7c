"""What administrators look after: a rule draft, an office, a key, a delivery that failed; for calls that need them."""

import json
import time
from typing import Any

from seeds.files import document
from tests.e2e.in_process import InProcess
from tests.e2e.story import WAITING

SOUND = json.loads(document("rules/community-start.json"))
# Nobody listens there, and nothing of this kind happens: a webhook with it is told of nothing by itself.
NOWHERE = {"url": "http://127.0.0.1:9/", "kinds": ["ruleVersion.quarantine"]}
FOUND = """{ ruleSets(filter: {within: "140881001008"}, orderBy: OLDEST, first: 1) {
    nodes { id draft { version document } } }
  apiKeys(first: 20) { nodes { id label revokedAt } } }"""
STEWARDS = """query($id: ID!) { node(id: $id) { ... on Person { memberships(first: 20) {
  nodes { id version role validTo } } } } }"""
DRAFT = """mutation($id: ID!, $text: JSON!, $version: Int!) {
  ruleDraftSave(ruleSet: $id, document: $text, expectedVersion: $version) { __typename } }"""
GRANT = "mutation($input: MembershipInput!) { membershipGrant(input: $input) { __typename } }"
ISSUE = "mutation($input: ApiKeyInput!) { apiKeyIssue(input: $input) { __typename } }"
REGISTER = """mutation($input: WebhookInput!) {
  webhookRegister(input: $input) { ... on IssuedWebhookSecret { webhook { id } } } }"""
LABEL = "试一把"
# A delivery that was given up waits for nobody, so that nothing is written while these tests watch for writes.
GIVEN_UP = """INSERT INTO webhook_delivery (id, endpoint_id, event_id, status, attempts, claims, last_error, created_at)
  SELECT 1, ?, max(id), 'GIVEN_UP', 8, 8, 'CONNECT', datetime() FROM event"""
AGAIN = "UPDATE webhook_delivery SET status = 'GIVEN_UP', attempts = 8, next_attempt_at = NULL WHERE id = 1"
DELIVERED = "SELECT status FROM webhook_delivery WHERE id = 1"


def keeping(inside: InProcess, office: str, person: str, place: str, token: str) -> dict[str, Any]:
    """Return the rows by the prefix of the operations that take them; what is not there is made."""
    found = inside.data(FOUND, {}, token)
    (rules,) = found["ruleSets"]["nodes"]
    if rules["draft"]["document"] != SOUND:
        sent = {"id": rules["id"], "text": SOUND, "version": rules["draft"]["version"]}
        inside.data(DRAFT, sent, token)
    if not _keys(found):
        inside.data(ISSUE, {"input": {"organisation": office, "label": LABEL}}, token)
    if not _stewards(inside, person, token):
        sent = {"person": person, "place": place, "role": "LANE_STEWARD", "validFrom": "2026-01-01"}
        inside.data(GRANT, {"input": sent}, token)
    if inside.watch.execute(DELIVERED).fetchone() is None:
        webhook = inside.data(REGISTER, {"input": NOWHERE | {"organisation": office}}, token)["webhookRegister"]
        inside.watch.execute(GIVEN_UP, (webhook["webhook"]["id"].partition(":")[2],))
        inside.watch.commit()
    found = inside.data(FOUND, {}, token)
    (rules,) = found["ruleSets"]["nodes"]
    return {
        "rule": {"id": rules["id"], "version": rules["draft"]["version"]},
        "membership": _stewards(inside, person, token)[0],
        "apiKey": _keys(found)[0],
        "webhookDelivery": {"id": "WebhookDelivery:1"},
    }


def settle_delivery(inside: InProcess) -> None:
    """Wait until a delivery that was sent again has had its attempt, and give it up as before."""
    deadline = time.monotonic() + WAITING
    while inside.watch.execute(DELIVERED).fetchone() == ("PENDING",):
        assert time.monotonic() < deadline, "nobody sends"
        time.sleep(0.05)
    inside.watch.execute(AGAIN)
    inside.watch.commit()


def _keys(found: Any) -> list[dict[str, Any]]:
    return [each for each in found["apiKeys"]["nodes"] if each["label"] == LABEL and each["revokedAt"] is None]


def _stewards(inside: InProcess, person: str, token: str) -> list[dict[str, Any]]:
    rows = inside.data(STEWARDS, {"id": person}, token)["node"]["memberships"]["nodes"]
    return [each for each in rows if each["role"] == "LANE_STEWARD" and each["validTo"] is None]
