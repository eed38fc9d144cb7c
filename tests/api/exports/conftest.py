"""Fixtures of exports: an open database with a small town."""

from collections.abc import AsyncIterator

import pytest

from api.settings import Settings
from tests.factories import Town, build_town


@pytest.fixture
async def town(database: Settings) -> AsyncIterator[Town]:
    town = await build_town(database)
    yield town
    await town.runtime.rules.close()
