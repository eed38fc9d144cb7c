"""graphql-transport-ws and server-sent events to the letter: every breach has its code."""

from typing import Any

import httpx
import pytest
from websockets.exceptions import InvalidStatus

from api.http import websocket
from tests.api.http.keys import key_for
from tests.api.live.asking import Served, until
from tests.api.live.test_subscriptions import LONG, NEEDS
from tests.factories import Town

WITHDRAW = 'mutation { needWithdraw(id: "Need:1", expectedVersion: 1, reason: "x") { __typename } }'
MATCHES = "matches(first: 100) { nodes { need { matches(first: 100) { nodes { id } } } } }"
TOO_MUCH = f"subscription {{ needOpened {{ {MATCHES} }} }}"


async def test_other_protocols_and_pages_of_other_sites_are_refused(served: Served) -> None:
    others: tuple[Any, ...] = (None, ["graphql-ws"], ["other"])
    for protocols in others:
        with pytest.raises(InvalidStatus) as refused:
            async with served.socket(protocols=protocols):
                pass
        assert refused.value.response.status_code == 403
    with pytest.raises(InvalidStatus) as refused:
        async with served.socket(origin="https://elsewhere.example"):
            pass
    assert refused.value.response.status_code == 403
    async with served.socket(origin=f"http://{served.address}"):
        pass


async def test_a_wrong_key_closes_with_4403(served: Served) -> None:
    for wrong in ("Bearer x", "Basic YTpi", "Bearer wj_user_00000000_" + "A" * 43):
        async with served.socket(init=False) as socket:
            await socket.send(type="connection_init", payload={"Authorization": wrong})
            assert await socket.closed() == 4403


async def test_subscribing_before_saying_who_one_is_closes_with_4401(served: Served) -> None:
    async with served.socket(init=False) as socket:
        await socket.send(type="subscribe", id="1", payload={"query": NEEDS})
        assert await socket.closed() == 4401


async def test_saying_nothing_closes_with_4408(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(websocket, "INITIALISATION", 0.1)
    async with served.socket(init=False) as socket:
        assert await socket.closed() == 4408


async def test_a_message_that_is_none_closes_with_4400(served: Served) -> None:
    for frame in (
        "", "{", "[]", "5", '{"type":5}', '{"type":"hello"}', '{"type":"subscribe"}', '{"type":"subscribe","id":"1"}',
        '{"type":"subscribe","id":5,"payload":{"query":"{x}"}}', '{"type":"subscribe","id":"1","payload":{"query":5}}',
        '{"type":"subscribe","id":"1","payload":{"query":"{x}","variables":[]}}', b"{}", "[" * 100 + "]" * 100,
    ):  # fmt: skip
        async with served.socket() as socket:
            await socket.raw.send(frame)
            assert await socket.closed() == 4400, frame


async def test_initialising_twice_closes_with_4429_and_one_id_twice_with_4409(served: Served) -> None:
    async with served.socket() as socket:
        await socket.send(type="connection_init")
        assert await socket.closed() == 4429
    async with served.socket() as socket:
        await socket.subscribe(NEEDS)
        await socket.send(type="subscribe", id="1", payload={"query": NEEDS})
        assert await socket.closed() == 4409


async def test_a_ping_is_answered_with_its_payload(served: Served) -> None:
    async with served.socket(init=False) as socket:
        await socket.send(type="ping", payload={"at": 1})
        assert await socket.receive() == {"type": "pong", "payload": {"at": 1}}


async def test_the_server_pings_and_looks_at_the_key_again(
    town: Town, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    from api.models import BearerKey

    monkeypatch.setattr(websocket, "KEEP_ALIVE", 0.1)
    async with served.socket(await key_for(person=await town.person(), **LONG)) as socket:
        assert await socket.receive() == {"type": "ping"}
        await socket.send(type="pong")
        await BearerKey.all().delete()
        assert await socket.closed() == 4403


async def test_what_cannot_be_followed_is_an_error_and_the_connection_stays(served: Served) -> None:
    both = "subscription A { claimChanged { id } } subscription B { claimChanged { id } }"
    for query, code in (
        ("subscription {", "PARSE_FAILED"),
        ("subscription { nothing }", "VALIDATION_FAILED"),
        ("subscription { claimChanged { id } needOpened { id } }", "VALIDATION_FAILED"),
        ("{ viewer { kind } }", "OPERATION_NOT_ALLOWED"),
        (WITHDRAW, "OPERATION_NOT_ALLOWED"),
        (both, "UNKNOWN_OPERATION"),
        (TOO_MUCH, "LIMIT_EXCEEDED"),
    ):
        async with served.socket() as socket:
            await socket.send(type="subscribe", id="1", payload={"query": query})
            message = await socket.receive()
            assert (message["type"], message["id"]) == ("error", "1")
            assert message["payload"][0]["extensions"]["code"] == code
            await socket.subscribe(NEEDS)
        async with served.events(query) as events:
            if code == "OPERATION_NOT_ALLOWED":
                assert events.answer.status_code == 406
            else:
                name, payload = await events.next()
                assert (name, payload["errors"][0]["extensions"]["code"]) == ("next", code)
                assert await events.next() == ("complete", None)


async def test_a_connection_has_so_many_subscriptions_and_no_more(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(websocket, "MOST_SUBSCRIPTIONS", 2)
    async with served.socket() as socket:
        await socket.subscribe(NEEDS, "1")
        await socket.subscribe(NEEDS, "2")
        await socket.send(type="subscribe", id="3", payload={"query": NEEDS})
        message = await socket.receive()
        assert (message["id"], message["payload"][0]["extensions"]["code"]) == ("3", "LIMIT_EXCEEDED")
        await socket.send(type="complete", id="1")
        await _until(served, 1)
        await socket.subscribe(NEEDS, "3")
    await _until(served, 0)


async def test_events_are_refused_by_status_before_they_begin(town: Town, served: Served) -> None:
    url = f"http://{served.address}/graphql"
    accept = {"Accept": "text/event-stream"}
    async with httpx.AsyncClient() as client:
        wrong = await client.post(url, json={"query": NEEDS}, headers={**accept, "Authorization": "Bearer x"})
        plain = await client.post(url, json={"query": NEEDS})
        by_get = await client.get(url, params={"query": NEEDS}, headers=accept)
        both = {"Accept": "application/json, text/event-stream"}
        query = await client.post(url, json={"query": "{ viewer { kind } }"}, headers=both)
    assert [wrong.status_code, plain.status_code, by_get.status_code] == [401, 400, 406]
    assert query.json()["data"] == {"viewer": {"kind": "ANONYMOUS"}}


async def test_who_goes_away_is_forgotten(served: Served) -> None:
    async with served.events(NEEDS), served.socket() as socket:
        await socket.subscribe(NEEDS)
        await _until(served, 2)
    await _until(served, 0)


async def _until(served: Served, followed: int) -> None:
    await until(lambda: served.hub.followed == followed)
