"""Every argument of every operation, spoiled: a stable code, the place of the fault, and nothing is written."""

import json
from typing import Any

import pytest

from tests.e2e.in_process import InProcess, body_of
from tests.e2e.keeping import settle_delivery
from tests.e2e.right_values import MUTATIONS, QUERIES, World, world_of
from tests.e2e.spoiling import Spoiled, operation, right_variables, spoiled

CODES = {"INVALID_INPUT", "NOT_FOUND", "LIMIT_EXCEEDED", "FORBIDDEN", "DUPLICATE", "MALFORMED_JSON", "BAD_REQUEST",
         "STALE_VERSION", "INVALID_TRANSITION", "RULE_PROBLEMS"}  # fmt: skip
# What JSON itself cannot say is refused with the whole body. The other two come of values that are right after all,
# such as a negative longitude: the call succeeds, and the next one finds the state changed or the code taken.
PLACELESS = ("MALFORMED_JSON", "INVALID_TRANSITION", "DUPLICATE")
# With a need's owner nobody may be named besides, whatever is said of that person.
AS_A_WHOLE = "person"
# What stands behind these is made anew as often as it is used up, so that they never come too late.
KEPT = {"ruleVersionPublish", "apiKeyRevoke", "membershipConfirm", "membershipEnd",
        "webhookRegister", "webhookDeliveryResend"}  # fmt: skip


@pytest.fixture
def world(inside: InProcess, tokens: dict[str, str]) -> World:
    return world_of(inside, tokens)


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


def named(place: tuple[str, ...], told: str) -> bool:
    """Tell whether an answer names the innermost place, or the object that is wrong as a whole."""
    return place[-1] in told or (place[-2:-1] == (AS_A_WHOLE,) and AS_A_WHOLE in told)


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
    if code not in PLACELESS and not named(call.place, told) and "nodes" not in told:
        return f"{call}: {code} without its place: {told[:200]}"
    if inside.wrote(body_of(query, call.variables), token, written):
        return f"{call}: {code}, and yet something was written"
    return None


@pytest.mark.parametrize("name", sorted(QUERIES))
def test_a_query_with_a_wrong_value(inside: InProcess, world: World, name: str) -> None:
    right = world.right(name)
    inside.ask("{ viewer { kind } }", {}, right.token)
    query = operation("query", name, QUERIES[name])
    calls = list(spoiled(QUERIES[name], right.values))
    faults = [fault for call in calls if (fault := looked_at(inside, query, call, right.token, inside.state()))]
    assert len(calls) > 5
    assert not faults, "\n".join(faults)


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
    for name in sorted(MUTATIONS):
        right = world_of(inside, tokens).right(name)
        variables = right_variables(MUTATIONS[name], right.values)
        answer = inside.ask(operation("mutation", name, MUTATIONS[name]), variables, right.token).json()
        fault = fault_of(answer)
        assert fault is None or fault[0] in ("INVALID_TRANSITION", "DUPLICATE"), (name, fault)
        assert fault is None or name not in KEPT, (name, fault)
        if name == "webhookDeliveryResend":
            settle_delivery(inside)


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
    assert not inside.wrote(body, world.tokens["committee administrator"], before)


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
