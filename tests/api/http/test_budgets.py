"""Points: what an operation costs, who pays, and what is told; over POST, GET, event streams and WebSockets."""

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from graphql import get_introspection_query
from starlette.applications import Starlette
from strawberry.http import GraphQLRequestData

from api import clock
from api.app import create_app
from api.http.budgets import Account, Budgets
from api.http.documents import Documents
from api.http.graphql import GraphQLView
from api.http.minute import Minute
from api.http.refusals import Refusal
from api.http.streaming import Caller, results
from api.settings import Environment
from tests.api.http.asking import Asking, code
from tests.api.http.keys import key_for
from tests.api.http.small_schema import small_schema
from tests.factories import Town
from tests.postgres import free_port

TOMORROW = clock.now() + timedelta(days=1)
BUDGET = 60
# 50 rows below each of 50, so 2,550 rows and 3 fields: 26 points.
WIDE = "{things(first:50){things(first:50){title}}}"
DOCUMENTS = Documents(small_schema(), production=False)


@pytest.fixture
async def app(town: Town) -> Starlette:
    budgets = {"key_points": BUDGET, "person_points": BUDGET, "address_points": BUDGET}
    settings = town.runtime.settings.model_copy(update={"environment": Environment.DEVELOPMENT, **budgets})
    app = create_app(settings, small_schema())
    app.state.runtime = town.runtime
    return app


def view_of(app: Starlette) -> GraphQLView:
    (view,) = {route.app for route in app.routes if getattr(route, "path", "") == "/graphql"}  # type: ignore[attr-defined] # routes of ours
    assert isinstance(view, GraphQLView)
    return view


@pytest.fixture
def redis() -> Iterator[str]:
    """Return the address of a Redis of this test's own, which keeps nothing."""
    port = str(free_port())
    with subprocess.Popen(
        ["redis-server", "--port", port, "--bind", "127.0.0.1", "--save", ""], stdout=subprocess.DEVNULL
    ) as server:
        try:
            for _ in range(100):
                with suppress(OSError), socket.create_connection(("127.0.0.1", int(port)), 1):
                    break
                time.sleep(0.05)
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            server.terminate()


def points(text: str, **variables: Any) -> int:
    prepared = DOCUMENTS.prepare(text)
    return DOCUMENTS.weigh(prepared, None, variables).points


@pytest.mark.parametrize(
    ("text", "cost"),
    [
        ("{hello}", 1),
        ("{things(first:98){title}}", 1),
        ("{things(first:99){title}}", 2),
        (WIDE, 26),
        ('mutation{change(text:"x")}', 11),
        ('mutation{a:change(text:"x") b:change(text:"y")}', 21),
        ("{__schema{queryType{name}}}", 11),
        (get_introspection_query(), 11),
        ("{__typename}", 1),
        ("{", 10),
        ("{nothing}", 10),
        ("{hello}" * 30, 10),
    ],
)  # fmt: skip
def test_a_point_is_a_hundred_rows_and_fields_and_writing_costs_more(text: str, cost: int) -> None:
    assert points(text) == cost


def test_an_operation_is_measured_once_for_all_variables_of_the_same_size() -> None:
    documents = Documents(small_schema(), production=False)
    prepared = documents.prepare("query($n:Int,$t:String){things(first:$n){title} hello(name:$t)}")
    for size in (3, 300, 3, 300):
        for text in ("a", "b"):
            assert documents.weigh(prepared, None, {"n": size, "t": text}).points == (1 if size == 3 else 4)
    assert documents.measured == 2
    for size in range(500):
        documents.weigh(prepared, None, {"n": size})
    assert len(prepared.weighed) <= 64


def test_variables_that_make_it_too_large_are_found_however_often_they_come() -> None:
    prepared = DOCUMENTS.prepare("query($n:Int){things(first:$n){things(first:$n){title}}}")
    for _ in range(2):
        beyond = DOCUMENTS.weigh(prepared, None, {"n": 99}).beyond
        assert beyond is not None
        assert beyond.limit == "nodes"
        assert DOCUMENTS.weigh(prepared, None, {"n": 9}).beyond is None


async def test_whoever_has_spent_the_budget_is_refused_until_it_is_there_again(ask: Asking) -> None:
    for _ in range(2):
        assert (await ask(WIDE)).status_code == 200
    answer = await ask(WIDE, headers={"Accept-Language": "en"})
    assert (answer.status_code, code(answer)) == (429, "BUDGET_SPENT")
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    assert answer.headers["RateLimit-Remaining"] == "8"
    (error,) = answer.json()["errors"]
    assert error["message"].startswith("Not enough left of 60 points a minute: this costs 26, 8 are left")
    assert error["extensions"]["cost"] | {"resetAt": ""} == {
        "points": 26, "budget": BUDGET, "remaining": 8, "resetAt": "",
    }  # fmt: skip
    told = (await ask(WIDE, headers={"Accept-Language": "zh"})).json()["errors"][0]["message"]
    assert told.startswith("每分钟 60 点已不够")
    # What was refused has cost nothing.
    assert (await ask("{hello}")).status_code == 200


async def test_who_has_nothing_left_is_refused_before_a_new_document_is_read(ask: Asking, app: Starlette) -> None:
    for _ in range(6):
        assert (await ask("{nothing}")).status_code == 400
    documents = view_of(app).documents
    before = documents.prepared
    assert code(await ask("{nothing_else}")) == "BUDGET_SPENT"
    assert documents.prepared == before


async def test_headers_and_extensions_tell_what_is_left(ask: Asking) -> None:
    before = time.time()
    answer = await ask(WIDE)
    cost = answer.json()["extensions"]["cost"]
    assert (cost["points"], cost["budget"], cost["remaining"]) == (26, 60, 34)
    reset = time.mktime(time.strptime(cost["resetAt"], "%Y-%m-%dT%H:%M:%SZ")) - time.timezone
    assert before + 59 <= reset <= time.time() + 61
    assert (answer.headers["RateLimit-Limit"], answer.headers["RateLimit-Remaining"]) == ("60", "34")
    assert 58 <= int(answer.headers["RateLimit-Reset"]) <= 60
    got = await ask.client.get("/graphql", params={"query": "{hello}"})
    assert got.json()["extensions"]["cost"]["remaining"] == 33
    assert got.headers["RateLimit-Remaining"] == "33"


async def test_each_key_each_person_and_each_address_has_a_budget_of_its_own(ask: Asking, town: Town) -> None:
    firm = await town.organisation()
    person = await town.person()
    one, other = [await key_for(organisation=firm, scopes=["need:read"], expires_at=TOMORROW) for _ in range(2)]
    phone, desk = [await key_for(person=person, expires_at=TOMORROW) for _ in range(2)]
    left = []
    for headers in (one, other, phone, desk, {}):
        answer = await ask(WIDE, headers=headers)
        left.append(answer.json()["extensions"]["cost"]["remaining"])
    # Two keys count apart; two sessions of one person do not.
    assert left == [34, 34, 34, 8, 34]


async def test_an_answer_that_is_kept_has_no_word_of_what_is_left(ask: Asking, town: Town) -> None:
    person = await key_for(person=await town.person(), expires_at=TOMORROW)
    answer = await ask('mutation{change(text:"x")}', headers={**person, "Idempotency-Key": "k"})
    assert answer.json().keys() == {"data"}
    assert answer.headers["RateLimit-Remaining"] == "49"


async def test_an_event_stream_that_costs_too_much_is_refused_by_its_status(ask: Asking) -> None:
    for _ in range(6):
        await ask("{nothing}")
    answer = await ask("subscription{ticks}", accept="text/event-stream")
    assert (answer.status_code, code(answer)) == (429, "BUDGET_SPENT")


async def test_a_subscription_costs_once_and_is_refused_over_a_websocket_too(app: Starlette) -> None:
    view = view_of(app)
    caller = Caller(view.gate, app.state.runtime, app.state.hub, None, "en", "request", "1.2.3.4")

    async def told(text: str) -> list[Any]:
        asked = GraphQLRequestData(query=text, variables=None, operation_name=None, extensions=None)
        stream = results(view.schema, view.documents, caller, asked, view.budgets, production=False)
        return [each async for each in stream]

    for _ in range(6):
        (one,) = await told("subscription{nothing}")
        assert one.errors[0]["extensions"]["code"] == "VALIDATION_FAILED"
    (last,) = await told("subscription{ticks}")
    assert last.refused
    assert last.errors[0]["extensions"]["code"] == "BUDGET_SPENT"


async def test_counters_begin_anew_and_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    minute = Minute()
    assert [await minute.incr("a", 60, 5), await minute.incr("a", 60, 5)] == [5, 10]
    later = time.time() + 61
    monkeypatch.setattr("api.http.minute.time.time", lambda: later)
    assert await minute.get("a") == 0
    assert await minute.incr("a", 60, 5) == 5
    monkeypatch.setattr("api.http.minute._MOST", 3)
    for name in "bcde":
        await minute.incr(name, 60, 1)
    assert await minute.get("a") == 0
    assert len(minute._counts) <= 4


async def test_a_redis_that_does_not_answer_stops_nobody(town: Town) -> None:
    budgets = Budgets(town.runtime.settings.model_copy(update={"redis_url": "redis://127.0.0.1:1/0"}))
    account = Account("key x", 10)
    assert (await budgets.spend(account, 7)).remaining == 3
    with pytest.raises(Refusal):
        await budgets.spend(account, 7)


@pytest.mark.redis
async def test_processes_count_together_in_redis(town: Town, redis: str) -> None:
    settings = town.runtime.settings.model_copy(update={"redis_url": redis})
    one, other = Budgets(settings), Budgets(settings)
    account = Account("key x", 10)
    assert (await one.spend(account, 7)).remaining == 3
    with pytest.raises(Refusal) as refused:
        await other.spend(account, 7)
    assert 50 <= int(refused.value.headers["Retry-After"]) <= 60
    assert (await other.spend(account, 3)).remaining == 0
    for each in (one, other):
        await each.close()
