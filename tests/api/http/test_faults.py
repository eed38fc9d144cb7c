"""What callers are told of errors, and what the log is told."""

import json

import pytest
import structlog
from structlog.testing import capture_logs

from api.http.logs import configure_logs
from api.settings import Environment
from tests.api.http.asking import Asking

ENGLISH = {"Accept-Language": "en"}


@pytest.mark.parametrize("field", ["broken", "neverNull"])
async def test_an_unforeseen_error_is_masked_and_its_id_is_in_the_log(ask: Asking, field: str) -> None:
    with capture_logs() as logged:
        answer = await ask(f"{{{field}}}", headers=ENGLISH)
    (error,) = answer.json()["errors"]
    assert answer.status_code == 200
    assert error["message"] == "Internal error; please report its id"
    assert error["path"] == [field]
    assert error["extensions"]["code"] == "INTERNAL"
    (entry,) = [each for each in logged if each["event"] == "unforeseen error"]
    assert entry["id"] == error["extensions"]["id"]
    assert "13812345678" not in answer.text


async def test_a_domain_error_of_a_query_is_told_in_the_callers_language(ask: Asking) -> None:
    for headers, message in (({}, "没有找到"), (ENGLISH, "Not found")):
        answer = await ask("{missing}", headers=headers)
        (error,) = answer.json()["errors"]
        assert answer.json()["data"] == {"missing": None}
        assert error["message"] == message
        assert error["path"] == ["missing"]
        assert error["extensions"] == {"code": "NOT_FOUND", "path": ["id"]}


async def test_who_may_not_is_told_which_rule_decided(ask: Asking) -> None:
    (error,) = (await ask("{forbidden}")).json()["errors"]
    assert error["extensions"] == {"code": "FORBIDDEN", "ruleId": "R001"}


async def test_a_mutation_without_an_error_type_tells_it_at_the_top(ask: Asking) -> None:
    answer = await ask('mutation{change(text:"bad")}')
    (error,) = answer.json()["errors"]
    assert answer.json()["data"] is None
    assert (error["message"], error["extensions"]) == ("不行", {"code": "INVALID_INPUT", "path": ["text"]})
    assert (await ask('mutation{change(text:"good")}')).json() == {"data": {"change": "good"}}


@pytest.mark.parametrize("value", [None, "x", 1.5, 2**40, [], True])
async def test_a_variable_that_does_not_fit_is_invalid_input(ask: Asking, value: object) -> None:
    answer = await ask("query($n:Int!){count(number:$n)}", {"n": value})
    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["extensions"]["code"]) == (400, "INVALID_INPUT")


async def test_suggestions_are_given_outside_production(ask: Asking) -> None:
    assert "Did you mean 'hello'" in (await ask("{helo}")).text


async def test_no_log_has_personal_data_in_production(ask: Asking, environment: Environment) -> None:
    ask_body = {"query": '{broken hello(name:"13812345678")}'}
    with capture_logs() as logged:
        await ask.client.post("/graphql?phone=13812345678", json=ask_body)
    assert [each["event"] for each in logged] == ["unforeseen error", "request"]
    production = environment is Environment.PRODUCTION
    assert ("13812345678" in str(logged[0])) is not production
    assert "13812345678" not in str(logged[1])


@pytest.mark.parametrize("sent", ["short", "has space in it", "x" * 65, "has/slashes/1", "a;b;c;d;e;f"])
async def test_a_request_id_that_is_no_identifier_is_replaced(ask: Asking, sent: str) -> None:
    headers = {"X-Request-Id": sent}
    answer = await ask.client.post("/graphql", json={"query": "{requestId}"}, headers=headers)
    assert answer.headers["x-request-id"] != sent
    assert answer.json()["data"]["requestId"] == answer.headers["x-request-id"]


async def test_a_sane_request_id_is_kept_and_stands_in_every_log_line(
    ask: Asking, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logs()
    try:
        answer = await ask("{requestId broken}", headers={"X-Request-Id": "trace-0001.a_b"})
    finally:
        structlog.reset_defaults()
    assert answer.headers["x-request-id"] == "trace-0001.a_b"
    assert answer.json()["data"]["requestId"] == "trace-0001.a_b"
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines() if line.startswith("{")]
    assert [line["event"] for line in lines] == ["unforeseen error", "request"]
    assert {line["request_id"] for line in lines} == {"trace-0001.a_b"}
    assert lines[1] | {"milliseconds": 0, "at": ""} == {
        "event": "request", "level": "info", "method": "POST", "path": "/graphql", "status": 200,
        "request_id": "trace-0001.a_b", "milliseconds": 0, "at": "",
    }  # fmt: skip
