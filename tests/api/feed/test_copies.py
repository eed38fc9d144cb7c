"""Whatever happens, to rows and to rights, a copy that follows the feed holds exactly what its owner may see."""

import asyncio
import dataclasses
import os
import random

import pytest

from api import db
from api.settings import Settings
from auth.enforcement import Authoriser
from auth.policy import load_shipped
from auth.principal import ANONYMOUS
from auth.roles import Role
from tests.api.callers import mixture, single
from tests.api.conftest import City
from tests.api.feed.copying import Copy
from tests.api.feed.histories import History, small_city
from tests.api.feed.many import HISTORIES
from tests.api.plan.oracle import Tables, all_rows
from tests.databases import ON_POSTGRES

SEEDS = range(int(os.environ.get(HISTORIES, "2")))
# A deployment's own rules, by which the policy of a history changes.
OVERLAYS: tuple[list[tuple[str, ...]], ...] = (
    [],
    [("ANONYMOUS", "Match", "read", "org", "deny", "X001")],
    [("RESIDENT", "Need", "read", "any", "allow", "X002"), ("ANONYMOUS", "Project", "read", "public", "deny", "X003")],
)


def copies_of(city: City, chance: random.Random) -> list[Copy]:
    world = city.world
    people = [
        ANONYMOUS,
        single(world, Role.COMMITTEE_ADMINISTRATOR, "QA"),
        single(world, Role.UNIT_REPRESENTATIVE, "QC"),
        mixture(world, chance),
    ]
    policy = Authoriser(load_shipped())
    return [Copy(dataclasses.replace(each, actor=f"copy {number}"), policy) for number, each in enumerate(people)]


def change_rights(copy: Copy, city: City, chance: random.Random) -> None:
    """Give the owner of a copy other roles, or put another policy in force."""
    if copy.principal.held and chance.random() < 0.7:
        copy.principal = dataclasses.replace(mixture(city.world, chance), actor=copy.principal.actor)
    else:
        copy.authoriser = Authoriser(load_shipped(chance.choice(OVERLAYS)))


async def note(copies: list[Copy]) -> Tables:
    """Note what every copy's owner can see now."""
    tables = await all_rows()
    for copy in copies:
        copy.ever |= copy.visible(tables)
    return tables


async def run(history: History, step: object) -> None:
    async with db.transaction() as connection:
        # SQLite's transaction begins as a writing one, as every unit of work does.
        await connection.execute_query("UPDATE event SET number = number WHERE 1 = 0")
        history.busy.clear()
        await step()  # type: ignore[operator]  # a step of the history


@pytest.mark.parametrize("seed", SEEDS)
async def test_a_copy_holds_what_its_owner_may_see_after_every_history(database: Settings, seed: int) -> None:
    chance = random.Random(f"history {seed}")
    city = await small_city(f"copies {seed}")
    history, copies = History(city, chance), copies_of(city, chance)
    await note(copies)

    for _ in range(24):
        await run(history, history.step())
        if chance.random() < 0.25:
            change_rights(chance.choice(copies), city, chance)
        tables = await note(copies)
        for copy in copies:
            if chance.random() < 0.4:
                await copy.page(chance.choice((1, 5, 40)))
            elif chance.random() < 0.3:
                await copy.catch_up(chance)
                await copy.check(tables)

    tables = await note(copies)
    for copy in copies:
        await copy.catch_up(chance)
        await copy.check(tables)
    assert sum(copy.dropped for copy in copies) > 5


@pytest.mark.skipif(not ON_POSTGRES, reason="SQLite has one writer")
@pytest.mark.parametrize("seed", SEEDS)
async def test_transactions_that_stay_open_lose_nothing(database: Settings, seed: int) -> None:
    chance = random.Random(f"open {seed}")
    city = await small_city(f"open {seed}")
    history, copies = History(city, chance), copies_of(city, chance)
    await note(copies)
    doors: list[tuple[asyncio.Event, asyncio.Task[None]]] = []

    async def stay_open(door: asyncio.Event) -> None:
        async with db.transaction():
            await chance.choice((history.move_list, history.move_service_item, history.move_organisation))()
            await door.wait()

    for _ in range(24):
        if len(doors) < 2 and chance.random() < 0.6:
            door = asyncio.Event()
            doors.append((door, asyncio.create_task(stay_open(door))))
            await asyncio.sleep(0.01)
        elif doors and chance.random() < 0.5:
            door, task = doors.pop(chance.randrange(len(doors)))
            door.set()
            await task
        async with db.transaction():
            await chance.choice((history.move_item, history.drop_match, history.add_match, history.edit_item))()
        if chance.random() < 0.2:
            change_rights(chance.choice(copies), city, chance)
        await note(copies)
        for copy in copies:
            await copy.page(chance.choice((1, 5, 40)))
    for door, task in doors:
        door.set()
        await task

    tables = await note(copies)
    for copy in copies:
        await copy.catch_up(chance)
        await copy.check(tables)
