"""Fixtures of matching: an open database with a small town, and the engine in real children."""

from collections.abc import AsyncIterator

import pytest

from api.settings import Settings
from rules.workers import WorkerPool
from tests.api.matching.town import Town


@pytest.fixture
async def town(database: Settings) -> Town:
    return await Town().build()


@pytest.fixture
async def pool() -> AsyncIterator[WorkerPool]:
    pool = WorkerPool(1, timeout_seconds=10)
    yield pool
    await pool.close()
