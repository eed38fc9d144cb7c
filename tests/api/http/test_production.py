"""What production hides and refuses."""

import pytest

from api.settings import Environment
from tests.api.http.asking import Asking, code


@pytest.fixture
def environment() -> Environment:
    return Environment.PRODUCTION


@pytest.mark.parametrize("parameters", [{}, {"query": "{hello}"}])
async def test_get_is_refused(ask: Asking, parameters: dict[str, str]) -> None:
    answer = await ask.client.get("/graphql", params=parameters)
    assert (answer.status_code, code(answer)) == (405, "METHOD_NOT_ALLOWED")
    assert answer.headers["allow"] == "POST"


async def test_graphiql_is_not_there(ask: Asking) -> None:
    assert (await ask.client.get("/graphql", headers={"Accept": "text/html"})).status_code == 405
    assert (await ask.client.get("/static/graphiql/page.js")).status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        "{__schema{queryType{name}}}",
        '{__type(name:"Query"){name}}',
        "{...F} fragment F on Query{__schema{types{name}}}",
    ],
)
async def test_nobody_may_ask_for_the_schema(ask: Asking, query: str) -> None:
    answer = await ask(query)
    assert answer.status_code == 400
    assert {error["extensions"]["code"] for error in answer.json()["errors"]} == {"VALIDATION_FAILED"}


@pytest.mark.parametrize(
    "query",
    ["{helo}", "{hello(nam:1)}", "{...on Quer{hello}}", "query($n:Strin){hello(name:$n)}", "{hello @skp(if:true)}"],
)
async def test_nothing_is_suggested(ask: Asking, query: str) -> None:
    answer = await ask(query)
    assert answer.status_code == 400
    assert "Did you mean" not in answer.text


async def test_a_typename_may_still_be_asked(ask: Asking) -> None:
    assert await ask.data("{__typename}") == {"__typename": "Query"}


async def test_errors_are_logged_without_their_words(ask: Asking) -> None:
    from structlog.testing import capture_logs

    with capture_logs() as logged:
        await ask("{broken}")
    assert "13812345678" not in str(logged)
    assert logged[0]["error"] == "Unforeseen"
