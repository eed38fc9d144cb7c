"""Several API processes on one PostgreSQL: each hub hears of every commit once, and of what it missed."""

import asyncio

import pytest

from api import db
from api.commands.need import submit_need
from api.live.hub import Hub, Subscriber
from api.live.listening import Listener
from api.plan.statement import Statement
from auth.roles import Role
from tests.api.live.asking import until
from tests.databases import ON_POSTGRES
from tests.factories import Town

pytestmark = pytest.mark.skipif(not ON_POSTGRES, reason="SQLite has one process")


async def submitted(town: Town) -> int:
    person = await town.person()
    viewer = town.viewer(Role.RESIDENT, "A1", person=person)
    return await submit_need(viewer, town.need({"person": person}, "A1"))


async def taken(subscriber: Subscriber, most: int) -> list[int]:
    found: list[int] = []
    async with asyncio.timeout(8):
        async for news in subscriber.news():
            found += news.kinds
            if len(found) >= most:
                break
    return found


async def test_every_hub_hears_of_every_commit_once(town: Town) -> None:
    one, other = Hub(), Hub()
    settings = town.runtime.settings
    async with one.running(settings), other.running(settings):
        with one.subscribed("Need") as first, other.subscribed("Need") as second:
            needs = [await submitted(town) for _ in range(3)]
            assert await taken(first, 3) == needs
            assert await taken(second, 3) == needs
            assert (one.told, other.told) == (3, 3)


async def test_an_event_is_heard_although_an_older_transaction_still_runs(town: Town) -> None:
    hub, door, begun = Hub(), asyncio.Event(), asyncio.Event()

    async def stay_open() -> None:
        async with db.transaction():
            await db.reading().execute_query("SELECT pg_current_xact_id()")
            begun.set()
            await door.wait()

    async with hub.running(town.runtime.settings):
        with hub.subscribed("Need") as subscriber:
            older = asyncio.create_task(stay_open())
            await begun.wait()
            need = await submitted(town)
            assert await taken(subscriber, 1) == [need]
            door.set()
            await older


async def test_what_is_committed_while_the_connection_is_gone_is_read_afterwards(town: Town) -> None:
    told: list[int] = []
    listener = Listener(town.runtime.settings, told.append, patience=0.2)
    task = asyncio.create_task(listener.run())
    await listener.heard()
    await submitted(town)
    await until(lambda: len(told) == 1)

    former = listener.backend
    statement = Statement()
    await statement.fetch(f"SELECT pg_terminate_backend({statement.bind(former)}::int)")
    await submitted(town)
    await submitted(town)
    await until(lambda: len(told) == 3)
    await until(lambda: listener.backend != former)
    await submitted(town)
    await until(lambda: len(told) == 4)

    assert len(set(told)) == 4
    task.cancel()
    await asyncio.wait((task,))
