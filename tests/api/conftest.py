"""Fixtures: an open database with a small town to act in, or with the made-up city to read."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from api.settings import Settings
from tests.api.world import World
from tests.api.world_agreements import Agreements
from tests.api.world_claims import Claims
from tests.api.world_documents import Documents
from tests.api.world_items import Items
from tests.api.world_register import RegisterRows
from tests.api.world_standing import Standing
from tests.factories import Town, build_town


@dataclass(frozen=True, slots=True)
class City:
    """The made-up city: its register, its items and what stands beside them."""

    world: World
    items: Items
    documents: Documents
    claims: Claims
    agreements: Agreements
    register: RegisterRows
    standing: Standing


@pytest.fixture
async def city(database: Settings) -> City:
    """Return the made-up city, written to an empty database."""
    world = World()
    await world.register()
    items = await Items(world).build()
    documents = await Documents(world, items).build()
    claims = await Claims(world, items).build()
    agreements = await Agreements(world).build()
    register = await RegisterRows(world).build()
    return City(world, items, documents, claims, agreements, register, await Standing(world, items).build())


@pytest.fixture
async def town(database: Settings) -> AsyncIterator[Town]:
    """Yield the small town, written to an empty database."""
    town = await build_town(database)
    yield town
    await town.runtime.rules.close()
