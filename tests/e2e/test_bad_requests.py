"""Bodies that are no request, and questions that ask too much: refused before anything is read or written."""

import json

import pytest

from tests.e2e.in_process import InProcess
from tests.e2e.test_bad_input import world_of


@pytest.mark.parametrize(("body", "status", "code"), [
    (b"", 400, "MALFORMED_JSON"), (b"{", 400, "MALFORMED_JSON"), (b"\xff\xfe", 400, "MALFORMED_JSON"),
    (b"[]", 400, "BAD_REQUEST"), (b"null", 400, "BAD_REQUEST"), (b'{"query": 1}', 400, "BAD_REQUEST"),
    (b'{"query": "{"}', 200, "PARSE_FAILED"), (b'{"query": "{ nothing }"}', 200, "VALIDATION_FAILED"),
    (b'{"query": "{ viewer { kind } }", "variables": []}', 400, "BAD_REQUEST"),
    (b'{"query": "{ viewer { kind } }", "variables": {"a": "\\ud800"}}', 400, "MALFORMED_JSON"),
    (json.dumps({"query": "{ viewer { kind } }", "variables": {"a": "x" * 300_000}}).encode(), 413, "BODY_TOO_LARGE"),
    (b'{"query": "{ viewer { kind } }", "variables": {"a": ' + b"[" * 500 + b"]" * 500 + b"}}", 400, "BAD_REQUEST"),
])  # fmt: skip
def test_a_body_that_is_no_request(
    inside: InProcess, tokens: dict[str, str], body: bytes, status: int, code: str
) -> None:
    world_of(inside, tokens)  # and no background job writes any more
    before = inside.state()
    answer = inside.send(body, tokens["committee administrator"])
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
