"""Every argument of every operation, spoiled: a stable code, the place of the fault, and nothing is written."""

import json
import time
from dataclasses import dataclass
from typing import Any

import pytest
from graphql import build_schema

from api.schema.root import sdl
from tests.e2e.in_process import InProcess
from tests.e2e.spoiling import ALSO, Spoiled, operation, right_variables, spoiled
from tests.e2e.story import WAITING

SCHEMA = build_schema(sdl())
assert SCHEMA.query_type
assert SCHEMA.mutation_type
MUTATIONS = SCHEMA.mutation_type.fields
QUERIES = {name: field for name, field in SCHEMA.query_type.fields.items() if field.args}
CODES = {"INVALID_INPUT", "NOT_FOUND", "LIMIT_EXCEEDED", "FORBIDDEN", "DUPLICATE", "MALFORMED_JSON", "BAD_REQUEST",
         "STALE_VERSION", "INVALID_TRANSITION", "RULE_PROBLEMS"}  # fmt: skip
# What JSON itself cannot say is refused with the whole body. The other two come of values that are right after all,
# such as a negative longitude: the call succeeds, and the next one finds the state changed or the code taken.
PLACELESS = ("MALFORMED_JSON", "INVALID_TRANSITION", "DUPLICATE")
FOUND = """{ place(code: "140881001008") { id }
  organisations(filter: {within: "140881001008", kind: "RESIDENTS_COMMITTEE"}, first: 1) { nodes { id version } }
  others: organisations(filter: {within: "140881001008", kind: "SCHOOL"}, first: 1) { nodes { id version } }
  needs(filter: {within: "140881001008", status: [REQUESTED]}, first: 1) { nodes { id version } }
  resources(filter: {within: "140881001008"}, first: 50) { nodes { id version serviceItem { id } } }
  projects(filter: {within: "140881001008"}, first: 1) { nodes { id version } }
  ruleSets(first: 1) { nodes { id draft { version } versions(first: 1) { nodes { id } } } }
  matches(filter: {within: "140881001008"}, first: 1) { nodes { id } } }"""
FIRMS = """{ serviceItems(filter: {within: "x-liuan-huadu", status: [LISTED]}, first: 1) { nodes {
  id version organisation { id } resource { place { id } } } } }"""
# Disabled, so that nothing is sent while these tests watch for writes.
WEBHOOKS = "{ webhooks(first: 1) { nodes { id version } } }"
WEBHOOK = """INSERT INTO webhook_endpoint (id, organisation_id, url, kinds, status, version, created_at, updated_at,
  secret_created_at) VALUES (1, ?, 'https://nowhere.invalid/', '["ruleVersion.quarantine"]', 'DISABLED', 1,
  datetime(), datetime(), datetime())"""
JOBS = "{ jobs(first: 20) { nodes { status } } }"
PEOPLE = """{ viewer { person { id household { id } memberships(first: 1) { nodes { id version } } } } }"""


@dataclass(frozen=True)
class Right:
    """Right values by name for the operations of one object, and who may send them."""

    token: str
    values: dict[str, Any]


@dataclass(frozen=True)
class World:
    """What exists, for calls that are right but for one value."""

    tokens: dict[str, str]
    rows: dict[str, Any]
    firm: dict[str, Any]
    person: dict[str, Any]
    webhook: dict[str, Any]

    def right(self, name: str) -> Right:
        """Return the right values for one root field."""
        office = self.rows["organisations"]["nodes"][0]
        values = {
            "place": self.rows["place"]["id"], "parent": self.rows["place"]["id"],
            "owner": {"organisation": office["id"]},
            "organisation": office["id"], "category": "life.haircut", "title": "坏输入", "name": "坏输入",
            "ruleSet": self.rows["ruleSets"]["nodes"][0]["id"], "first": 1, "code": "x-bad-input", "purpose": "试一试",
            "reason": "试一试", "language": "zh", "role": "LANE_STEWARD", "person": self.person["id"],
            "url": "https://nowhere.invalid/", "kinds": ["need.*"], "keepFormerHours": 1,
        }  # fmt: skip
        if name in QUERIES:
            values = {key: values[key] for key in ("first", "code") if key in QUERIES[name].args}
            return Right(self.tokens["committee administrator"], values)
        target = self._target(name)
        values |= {"id": target["id"], "expectedVersion": target.get("version", 1)}
        values["items"] = [self._target(name.removesuffix("ListPublish"))["id"]] if name.endswith("ListPublish") else []
        if name.startswith("serviceItem"):
            firm = {"organisation": self.firm["organisation"]["id"], "place": self.firm["resource"]["place"]["id"]}
            return Right(self.tokens["property manager"], values | firm)
        values |= {"kind": "ENTERPRISE"} if name == "organisationRegister" else {}
        values |= {"to": "DEFERRED", "reviewOn": "2027-12-01"} if name == "needAdvance" else {}
        values |= {"person": {"name": "坏输入", "phone": "13900007399"}} if name == "needSubmitForRelative" else {}
        values[ALSO] = {
            "membershipGrant": ("person",), "personRegister": ("place",), "needSubmit": ("owner",),
            "needSubmitForRelative": ("person",),
        }.get(name, ())  # fmt: skip
        return Right(self.tokens["committee administrator"], values)

    def _target(self, name: str) -> dict[str, Any]:
        plain = next(each for each in self.rows["resources"]["nodes"] if each["serviceItem"] is None)
        rule_set = self.rows["ruleSets"]["nodes"][0]
        targets = {
            "need": self.rows["needs"]["nodes"][0], "resource": plain, "project": self.rows["projects"]["nodes"][0],
            "serviceItem": self.firm, "match": self.rows["matches"]["nodes"][0],
            "organisation": self.rows["others"]["nodes"][0], "membership": self.person["memberships"]["nodes"][0],
            "ruleVersionRestore": rule_set["versions"]["nodes"][0],
            "rule": {"version": rule_set["draft"]["version"], "id": "RuleSet:1"},
            "contactReveal": self.person, "apiKey": {"id": "ApiKey:1"},
            "webhookDelivery": {"id": "WebhookDelivery:1"}, "webhook": self.webhook,
        }  # fmt: skip
        found: dict[str, Any] = next(
            (row for prefix, row in targets.items() if name.startswith(prefix)), {"id": "Place:1"}
        )
        return found


# What these would be about is not there, or takes the name system to be right.
UNTRIED = {"ruleVersionPublish", "apiKeyRevoke", "membershipConfirm", "membershipEnd",
           "webhookRegister", "webhookDeliveryResend"}  # fmt: skip


@pytest.fixture
def world(inside: InProcess, tokens: dict[str, str]) -> World:
    return world_of(inside, tokens)


def world_of(inside: InProcess, tokens: dict[str, str]) -> World:
    """Return what exists once no background job writes any more."""
    deadline = time.monotonic() + WAITING
    while any(
        job["status"] in ("WAITING", "RUNNING") for job in inside.data(JOBS, {}, tokens["auditor"])["jobs"]["nodes"]
    ):
        assert time.monotonic() < deadline, "jobs do not end"
        time.sleep(0.05)
    rows = inside.data(FOUND, {}, tokens["committee administrator"])
    (firm,) = inside.data(FIRMS, {}, tokens["property firm clerk"])["serviceItems"]["nodes"]
    person = inside.data(PEOPLE, {}, tokens["resident"])["viewer"]["person"]
    webhooks = inside.data(WEBHOOKS, {}, tokens["committee administrator"])["webhooks"]["nodes"]
    if not webhooks:
        inside.watch.execute(WEBHOOK, (rows["organisations"]["nodes"][0]["id"].partition(":")[2],))
        inside.watch.commit()
        webhooks = inside.data(WEBHOOKS, {}, tokens["committee administrator"])["webhooks"]["nodes"]
    return World(tokens, rows, firm, person, webhooks[0])


def fault_of(answer: Any) -> tuple[str, str] | None:
    """Return code and place (path and words) of an answer's fault, or None when there is none."""
    if answer.get("errors"):
        error = answer["errors"][0]
        told = error["extensions"]
        return told["code"], f"{told.get('path', '')} {error['message']}"
    (found,) = answer["data"].values()
    if isinstance(found, dict) and found.get("code"):
        return found["code"], f"{found['path']}"
    return None


def looked_at(inside: InProcess, query: str, call: Spoiled, token: str, written: int) -> str | None:
    """Return what is wrong with the answer to a spoiled call, or None."""
    answer = inside.ask(query, call.variables, token)
    if answer.status_code >= 500:
        return f"{call}: {answer.status_code} {answer.text[:200]}"
    fault = fault_of(answer.json())
    if fault is None:
        return None
    code, told = fault
    if code not in CODES:
        return f"{call}: code {code}, {told[:200]}"
    if code not in PLACELESS and not any(name in told for name in call.place) and "nodes" not in told:
        return f"{call}: {code} without its place: {told[:200]}"
    if inside.state() != written:
        return f"{call}: {code}, and yet something was written"
    return None


@pytest.mark.parametrize("name", sorted(QUERIES))
def test_a_query_with_a_wrong_value(inside: InProcess, world: World, name: str) -> None:
    right = world.right(name)
    inside.ask("{ viewer { kind } }", {}, right.token)
    query, before = operation("query", name, QUERIES[name]), inside.state()
    calls = list(spoiled(QUERIES[name], right.values))
    faults = [fault for call in calls if (fault := looked_at(inside, query, call, right.token, before))]
    assert len(calls) > 5
    assert not faults, "\n".join(faults)
    assert inside.state() == before


@pytest.mark.parametrize("name", sorted(MUTATIONS))
def test_a_mutation_with_a_wrong_value(inside: InProcess, world: World, name: str) -> None:
    right = world.right(name)
    # The day of a key's last use is written at its first one.
    inside.ask("{ viewer { kind } }", {}, right.token)
    query = operation("mutation", name, MUTATIONS[name])
    faults = []
    calls = list(spoiled(MUTATIONS[name], right.values))
    for call in calls:
        before = inside.state()
        if fault := looked_at(inside, query, call, right.token, before):
            faults.append(fault)
        if inside.state() != before and "expectedVersion" in right.values:
            # The value was right after all; the calls to come must know the new version.
            now = world_of(inside, world.tokens).right(name).values["expectedVersion"]
            for later in calls:
                if later.place != ("expectedVersion",) and "expectedVersion" in later.variables:
                    later.variables["expectedVersion"] = now
    assert len(calls) > 5
    assert not faults, "\n".join(faults)


def test_the_right_values_are_right(inside: InProcess, tokens: dict[str, str]) -> None:
    # Otherwise the tests above would see one refusal again and again, and never reach what they spoil.
    for name in sorted(MUTATIONS.keys() - UNTRIED):
        right = world_of(inside, tokens).right(name)
        variables = right_variables(MUTATIONS[name], right.values)
        answer = inside.ask(operation("mutation", name, MUTATIONS[name]), variables, right.token).json()
        fault = fault_of(answer)
        assert fault is None or fault[0] in ("INVALID_TRANSITION", "DUPLICATE"), (name, fault)


@pytest.mark.parametrize(("body", "status", "code"), [
    (b"", 400, "MALFORMED_JSON"), (b"{", 400, "MALFORMED_JSON"), (b"\xff\xfe", 400, "MALFORMED_JSON"),
    (b"[]", 400, "BAD_REQUEST"), (b"null", 400, "BAD_REQUEST"), (b'{"query": 1}', 400, "BAD_REQUEST"),
    (b'{"query": "{"}', 200, "PARSE_FAILED"), (b'{"query": "{ nothing }"}', 200, "VALIDATION_FAILED"),
    (b'{"query": "{ viewer { kind } }", "variables": []}', 400, "BAD_REQUEST"),
    (b'{"query": "{ viewer { kind } }", "variables": {"a": "\\ud800"}}', 400, "MALFORMED_JSON"),
    (json.dumps({"query": "{ viewer { kind } }", "variables": {"a": "x" * 300_000}}).encode(), 413, "BODY_TOO_LARGE"),
    (b'{"query": "{ viewer { kind } }", "variables": {"a": ' + b"[" * 500 + b"]" * 500 + b"}}", 400, "BAD_REQUEST"),
])  # fmt: skip
def test_a_body_that_is_no_request(inside: InProcess, world: World, body: bytes, status: int, code: str) -> None:
    before = inside.state()
    answer = inside.send(body, world.tokens["committee administrator"])
    assert answer.status_code == status
    assert answer.json()["errors"][0]["extensions"]["code"] == code
    assert inside.state() == before


DEEP = '{ place(code: "1408") ' + "{ parent " * 40 + "{ id }" + " }" * 40 + " }"


@pytest.mark.parametrize("query", [
    DEEP, "{ " + " ".join(f"a{i}: viewer {{ kind }}" for i in range(40)) + " }",
    "{ needs(first: 100) { nodes { matches(first: 100) { nodes { id } } } } }",
    "query { ...a } fragment a on Query { ...b } fragment b on Query { ...a }",
    "{ viewer { " + "kind " * 3_000 + "} }", "{ viewer { kind " + "@include(if: true) " * 40 + "} }",
])  # fmt: skip
def test_a_question_that_asks_too_much_is_refused_before_anything_is_read(
    inside: InProcess, tokens: dict[str, str], query: str
) -> None:
    answer = inside.ask(query, {}, tokens["auditor"])
    assert answer.status_code in (200, 400)
    assert "data" not in answer.json()
    code = answer.json()["errors"][0]["extensions"]["code"]
    assert code in ("LIMIT_EXCEEDED", "VALIDATION_FAILED", "PARSE_FAILED", "BAD_REQUEST"), answer.text[:300]
