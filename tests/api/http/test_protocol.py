"""GraphQL over HTTP: methods, media types, status codes, hostile bodies."""

import json
from typing import Any

import pytest

from api.http.refusals import VARY
from tests.api.http.asking import GRAPHQL_JSON, JSON, Asking, code

DEEP = "[" * 200 + "]" * 200


@pytest.mark.parametrize(
    "content_type",
    ["", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
     "application/graphql", "application/json; charset=utf-16"],
)  # fmt: skip
async def test_a_body_that_is_not_declared_as_json_is_refused(ask: Asking, content_type: str) -> None:
    answer = await ask.raw(b'{"query":"{hello}"}', content_type=content_type)
    assert (answer.status_code, code(answer)) == (415, "UNSUPPORTED_MEDIA_TYPE")


@pytest.mark.parametrize("content_type", ["application/json; charset=UTF-8", 'Application/JSON;charset="utf-8"'])
async def test_json_in_utf_8_is_accepted_however_it_is_written(ask: Asking, content_type: str) -> None:
    answer = await ask.raw(b'{"query":"{hello}"}', content_type=content_type)
    assert answer.json() == {"data": {"hello": "hello world"}}


async def test_nothing_acceptable_is_406_with_a_json_body(ask: Asking) -> None:
    answer = await ask("{hello}", accept="text/xml")
    assert (answer.status_code, code(answer)) == (406, "NOT_ACCEPTABLE")
    assert answer.headers["content-type"] == "application/json; charset=utf-8"


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"])
async def test_other_methods_are_refused(ask: Asking, method: str) -> None:
    answer = await ask.client.request(method, "/graphql")
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, POST"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"", "MALFORMED_JSON"),
        (b"{", "MALFORMED_JSON"),
        (b'{"query":"{hello}"', "MALFORMED_JSON"),
        (b'{"query":"\xff"}', "MALFORMED_JSON"),
        (b'{"query":"{hello(name:\\"\\ud800\\")}"}', "MALFORMED_JSON"),
        (b'{"query":"{hello}","variables":{"a":"\\ud800"}}', "MALFORMED_JSON"),
        (b'{"query":"{hello}","variables":{"a":NaN}}', "MALFORMED_JSON"),
        (b"\xef\xbb\xbf{}", "MALFORMED_JSON"),
        (b'{"query":"{hello}\\u0000"}', "BAD_REQUEST"),
        (b'{"query":"{hello}","variables":{"a":["\\u0000"]}}', "BAD_REQUEST"),
        (b'{"query":"{hello}","variables":{"\\u0000":1}}', "BAD_REQUEST"),
        (b'{"query":"{hello}","variables":{"a":%s}}' % DEEP.encode(), "BAD_REQUEST"),
        (b'{"query":"{hello}","variables":{"a":%s}}' % (b"[" * 100_000), "MALFORMED_JSON"),
        (b"null", "BAD_REQUEST"),
        (b"7", "BAD_REQUEST"),
        (b'"{hello}"', "BAD_REQUEST"),
        (b'[{"query":"{hello}"}]', "BAD_REQUEST"),
        (b"{}", "BAD_REQUEST"),
        (b'{"query":""}', "BAD_REQUEST"),
        (b'{"query":null}', "BAD_REQUEST"),
        (b'{"query":1}', "BAD_REQUEST"),
        (b'{"query":["{hello}"]}', "BAD_REQUEST"),
        (b'{"query":"{hello}","variables":"{}"}', "BAD_REQUEST"),
        (b'{"query":"{hello}","variables":[]}', "BAD_REQUEST"),
        (b'{"query":"{hello}","operationName":1}', "BAD_REQUEST"),
        (b'{"query":"{hello}","extensions":"x"}', "BAD_REQUEST"),
        (b'{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"x"}}}', "BAD_REQUEST"),
    ],
)
@pytest.mark.parametrize("accept", [JSON, GRAPHQL_JSON])
async def test_a_hostile_body_is_400_with_a_stable_code(ask: Asking, body: bytes, expected: str, accept: str) -> None:
    answer = await ask.raw(body, accept=accept)
    assert (answer.status_code, code(answer)) == (400, expected)
    assert answer.headers["content-type"] == f"{accept}; charset=utf-8"


async def test_the_place_of_a_nul_is_told(ask: Asking) -> None:
    answer = await ask("{hello}", {"filter": [{"title": "a\0b"}]})
    assert answer.json()["errors"][0]["extensions"]["path"] == ["variables", "filter", "0", "title"]


@pytest.mark.parametrize("literal", [r'"a\u0000b"', r'"\u{0}"'])
async def test_nul_cannot_come_in_through_a_literal(ask: Asking, literal: str) -> None:
    answer = await ask(f"{{hello(name:{literal})}}")
    assert (answer.status_code, code(answer)) == (400, "INVALID_INPUT")


async def test_a_lone_surrogate_cannot_come_in_through_a_literal(ask: Asking) -> None:
    answer = await ask(r'{hello(name:"\ud800")}')
    assert (answer.status_code, code(answer)) == (400, "PARSE_FAILED")


async def test_a_body_beyond_its_limit_is_413_before_it_is_parsed(ask: Asking) -> None:
    answer = await ask.raw(b"{" * 256_001)
    assert (answer.status_code, code(answer)) == (413, "BODY_TOO_LARGE")
    fitting = json.dumps({"query": "{hello}"}).encode().ljust(256_000)
    assert (await ask.raw(fitting)).status_code == 200


@pytest.mark.parametrize("declared", ["256001", "9" * 5000])
async def test_a_body_declared_too_large_is_not_read_at_all(ask: Asking, declared: str) -> None:
    answer = await ask.raw(b'{"query":"{hello}"}', content_length=declared)
    assert answer.status_code == 413


async def test_a_body_that_lies_about_its_length_is_cut_off(ask: Asking) -> None:
    async def chunks() -> Any:
        for _ in range(300):
            yield b" " * 1000

    assert (await ask.raw(chunks())).status_code == 413


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("{", "PARSE_FAILED"),
        ("{nothing}", "VALIDATION_FAILED"),
        ("query($n:Int!){count(number:$n)}", "INVALID_INPUT"),
        ("fragment F on Query{hello}", "UNKNOWN_OPERATION"),
        ("query A{hello} query B{hello}", "UNKNOWN_OPERATION"),
        ("{" * 190, "PARSE_FAILED"),
    ],
)
async def test_a_request_error_is_400_without_data_in_the_newer_type_and_200_in_json(
    ask: Asking, query: str, expected: str
) -> None:
    newer, older = await ask(query), await ask(query, accept=JSON)
    assert (newer.status_code, older.status_code) == (400, 200)
    assert newer.json() == older.json()
    assert "data" not in newer.json()
    assert code(newer) == expected


async def test_an_operation_that_is_not_there_is_told(ask: Asking) -> None:
    answer = await ask("query A{hello}", operationName="B")
    assert (answer.status_code, code(answer)) == (400, "UNKNOWN_OPERATION")
    named = await ask("query A{hello} query B{count(number:2)}", operationName="B")
    assert named.json() == {"data": {"count": 2}}


@pytest.mark.parametrize("accept", [None, "*/*", "application/*", JSON])
async def test_json_is_what_is_answered_by_default(ask: Asking, accept: str | None) -> None:
    ask.client.headers.pop("accept")
    answer = await ask("{hello}", accept=accept)
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    assert answer.json() == {"data": {"hello": "hello world"}}


async def test_the_newer_media_type_is_answered_when_preferred_and_caches_are_told(ask: Asking) -> None:
    answer = await ask("{hello}", accept=f"{JSON};q=0.9, {GRAPHQL_JSON}")
    assert answer.headers["content-type"] == f"{GRAPHQL_JSON}; charset=utf-8"
    assert answer.headers["vary"] == VARY
    assert answer.headers["cache-control"] == "no-store"


async def test_a_subscription_by_post_is_refused_and_not_executed(ask: Asking) -> None:
    answer = await ask("subscription{ticks}")
    assert (answer.status_code, code(answer)) == (400, "OPERATION_NOT_ALLOWED")


async def test_a_query_by_get_is_answered_outside_production(ask: Asking) -> None:
    parameters = {"query": "query($n:Int!){count(number:$n)}", "variables": '{"n":4}'}
    answer = await ask.client.get("/graphql", params=parameters)
    assert answer.json() == {"data": {"count": 4}}


@pytest.mark.parametrize(
    ("parameters", "status", "expected"),
    [
        ({}, 400, "BAD_REQUEST"),
        ({"query": "{hello}", "variables": "{"}, 400, "MALFORMED_JSON"),
        ({"query": "{hello}", "variables": "[]"}, 400, "BAD_REQUEST"),
        ({"query": "{hello}\0"}, 400, "BAD_REQUEST"),
        ({"query": 'mutation{change(text:"x")}'}, 405, "OPERATION_NOT_ALLOWED"),
        ({"query": "subscription{ticks}"}, 400, "OPERATION_NOT_ALLOWED"),
    ],
)
async def test_a_get_may_only_query(ask: Asking, parameters: dict[str, str], status: int, expected: str) -> None:
    answer = await ask.client.get("/graphql", params=parameters, headers={"Accept": JSON})
    assert (answer.status_code, code(answer)) == (status, expected)


async def test_a_limit_is_told_with_its_name_and_value_in_the_callers_language(ask: Asking) -> None:
    query = "query($n:Int){things(first:$n){things(first:$n){title}}}"
    answer = await ask(query, {"n": 100}, headers={"Accept-Language": "en"})
    (error,) = answer.json()["errors"]
    assert error["message"] == "The query exceeds a limit: nodes is at most 5000"
    assert error["extensions"] == {"code": "LIMIT_EXCEEDED", "limit": "nodes", "value": 5000}
    assert (await ask(query, {"n": 10})).status_code == 200
    assert (await ask(query, {"n": 100})).json()["errors"][0]["message"] == "查询超出限制：nodes 最多 5000"


async def test_what_runs_too_long_is_stopped(ask: Asking) -> None:
    answer = await ask("{slow}")
    assert (answer.status_code, code(answer)) == (503, "TIMEOUT")


async def test_unknown_addresses_are_answered_in_the_same_shape(ask: Asking) -> None:
    answer = await ask.client.get("/nothing/here")
    assert (answer.status_code, code(answer)) == (404, "NO_SUCH_ADDRESS")
    answer = await ask.client.get("/login")
    assert (answer.status_code, code(answer)) == (405, "METHOD_NOT_ALLOWED")
