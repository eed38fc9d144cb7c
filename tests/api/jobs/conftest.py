"""Fixtures of webhooks: a receiver, and a town whose webhooks may reach it."""

from collections.abc import AsyncIterator

import pytest

from api.settings import Settings
from tests.api.jobs.receiver import Receiver, receiving
from tests.factories import Town, build_town


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as running:
        yield running


@pytest.fixture
async def hooked(database: Settings) -> AsyncIterator[Town]:
    town = await build_town(database.model_copy(update={"webhook_allow_private": True}))
    yield town
    await town.runtime.rules.close()
