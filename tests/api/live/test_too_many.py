"""Nobody fills the server with open connections: neither one address, nor all strangers, nor one account."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from api.http.connections import Connections
from api.http.refusals import Refusal
from api.settings import Settings
from auth.principal import Principal, PrincipalKind
from tests.api.http.keys import key_for
from tests.api.live.asking import Served
from tests.api.live.test_subscriptions import LONG, NEEDS
from tests.factories import Town

STRANGER = Principal(PrincipalKind.ANONYMOUS)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(
        update={"connections_of_address": 3, "connections_of_strangers": 2, "connections_of_account": 1}
    )


@asynccontextmanager
async def refused(served: Served, headers: dict[str, str] | None = None) -> AsyncIterator[None]:
    """Check that one more connection is refused both ways, and that the server forgets it."""
    async with served.socket(init=False) as socket:
        await socket.send(type="connection_init", payload=headers or {})
        assert await socket.closed() == 1013
    async with served.events(NEEDS, headers) as events:
        assert events.answer.status_code == 429
        assert int(events.answer.headers["retry-after"]) > 0
        assert b"TOO_MANY_CONNECTIONS" in await events.answer.aread()
    yield


async def taken_again(served: Served, headers: dict[str, str] | None = None) -> None:
    """Check that those who went away left their seats."""
    for _ in range(100):
        async with served.events(NEEDS, headers) as events:
            if events.answer.status_code == 200:
                return
        await asyncio.sleep(0.05)
    raise AssertionError("a seat is not free again")


async def test_strangers_together_have_so_many_and_those_with_a_key_are_not_kept_out(
    town: Town, served: Served
) -> None:
    key = await key_for(person=await town.person(), **LONG)
    async with served.socket(), served.events(NEEDS), refused(served), served.socket(key):
        pass
    await taken_again(served)


async def test_an_account_has_so_many_whatever_its_keys(town: Town, served: Served) -> None:
    person = await town.person()
    key, other = await key_for(person=person, **LONG), await key_for(person=person, **LONG)
    another = await key_for(person=await town.person(), **LONG)
    async with served.socket(key), refused(served, other), served.socket(another), served.socket():
        pass
    await taken_again(served, other)


async def test_silent_connections_of_an_address_count_before_they_say_who_they_are(served: Served) -> None:
    async with served.socket(init=False), served.socket(init=False), served.socket(init=False):
        async with served.socket(init=False) as socket:
            assert await socket.closed() == 1013
        async with served.events(NEEDS) as events:
            assert events.answer.status_code == 429
    await taken_again(served)


async def test_queries_are_not_counted(served: Served) -> None:
    async with (
        served.socket(init=False), served.socket(init=False), served.socket(init=False), httpx.AsyncClient() as client,
    ):  # fmt: skip
        answer = await client.post(f"http://{served.address}/graphql", json={"query": "{ viewer { kind } }"})
    assert answer.status_code == 200


def test_addresses_count_apart_and_a_household_counts_once(settings: Settings) -> None:
    connections = Connections(settings.model_copy(update={"connections_of_address": 1}))
    with connections.seat("2001:db8::1") as one, connections.seat("2001:db8::2") as neighbour:
        one.arrive()
        with pytest.raises(Refusal) as full:
            neighbour.known(STRANGER)
        assert full.value.status == 429
        with connections.seat("2001:db8:0:1::1") as elsewhere:
            elsewhere.known(STRANGER)
        with connections.seat("::ffff:192.0.2.1") as old, connections.seat("192.0.2.1") as same:
            old.arrive()
            with pytest.raises(Refusal):
                same.arrive()
    assert connections.open == 0
