"""Whoever waits in vain for another writer is told to try again, and nothing is written."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest

from api import db
from api.commands.need import submit_need
from api.errors import Busy, ErrorCode
from api.models import Need
from api.settings import Settings
from tests.databases import ON_POSTGRES
from tests.factories import Town


@asynccontextmanager
async def another_writer(settings: Settings) -> AsyncIterator[None]:
    """Hold what every unit of work needs, from a connection of somebody else's."""
    if ON_POSTGRES:
        other = await asyncpg.connect(settings.resolved_database_url)
        await other.execute("BEGIN; LOCK TABLE audit_chain IN ACCESS EXCLUSIVE MODE")
        yield
        await other.close()
    else:
        await db.connection().execute_query("PRAGMA busy_timeout=50")
        file = sqlite3.connect(settings.resolved_database_url.removeprefix("sqlite://"), isolation_level=None)
        file.execute("BEGIN IMMEDIATE")
        yield
        file.execute("ROLLBACK")
        file.close()


async def test_a_writer_that_waits_in_vain_is_told_so_and_writes_nothing(town: Town, database: Settings) -> None:
    firm = await town.organisation()
    values = town.need({"organisation": firm}, "A1")
    async with another_writer(database):
        with pytest.raises(Busy) as refused:
            await submit_need(town.administrator(), values)
    assert refused.value.code is ErrorCode.BUSY
    assert not await Need.exists()

    assert await submit_need(town.administrator(), values)
