"""Two at once on PostgreSQL: what one of them holds the other waits for, and judges as it then stands."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import asyncpg
import pytest

from api import clock
from api.commands import claim_moves as moves
from api.commands.deadline import AGREEMENT_ENDS, after, set_deadline
from api.commands.due import run_due
from api.commands.resource import offer_resource
from api.errors import InvalidInput
from api.models import Agreement, Claim
from api.settings import Settings
from api.state_machines.agreement import AgreementStatus
from api.state_machines.claim import ClaimStatus
from tests.api.commands.claiming import Board, board
from tests.api.commands.test_claim_agreement import agreed
from tests.databases import ON_POSTGRES
from tests.factories import Town

pytestmark = pytest.mark.skipif(not ON_POSTGRES, reason="SQLite has one writer")
WAITING = "SELECT COUNT(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"


@pytest.fixture
async def here(town: Town) -> Board:
    return await board(town)


@asynccontextmanager
async def somebody_else(settings: Settings) -> AsyncIterator[asyncpg.Connection]:
    """Give an open transaction of another process; it gives up before PostgreSQL looks for a deadlock."""
    other = await asyncpg.connect(settings.resolved_database_url)
    await other.execute("BEGIN; SET LOCAL lock_timeout = '300ms'")
    try:
        yield other
    finally:
        await other.close()


async def waited_for(settings: Settings) -> None:
    """Return once somebody waits for a lock."""
    watch = await asyncpg.connect(settings.resolved_database_url)
    waiting = False
    for _ in range(500):
        if waiting := bool(await watch.fetchval(WAITING)):
            break
        await asyncio.sleep(0.01)
    await watch.close()
    assert waiting


async def test_a_resource_that_is_withdrawn_meanwhile_is_not_claimed(here: Board, database: Settings) -> None:
    resource = await offer_resource(here.unit, here.town.need({"organisation": here.firm}, "A1"))
    lines = [{"line": await here.line(), "quantity": 1.0, "resource": resource}]
    async with somebody_else(database) as other:
        await other.execute("UPDATE resource SET status = 'WITHDRAWN' WHERE id = $1", resource)
        claiming = asyncio.create_task(here.claim(lines=lines))
        await waited_for(database)
        await other.execute("COMMIT")
        with pytest.raises(InvalidInput) as refused:
            await claiming
    assert refused.value.path == ("lines", "0", "resource")
    assert not await Claim.exists()


async def test_an_agreement_that_others_change_meanwhile_is_settled_as_it_then_stands(
    here: Board, database: Settings
) -> None:
    agreement = await agreed(here)
    key = await here.claim(agreement=agreement)
    await moves.accept_claim(here.staff, key, 1)
    async with somebody_else(database) as other:
        await other.execute("UPDATE agreement SET version = version + 1 WHERE id = $1", agreement)
        completing = asyncio.create_task(moves.complete_claim(here.unit, key, "十件都修好", 2))
        await waited_for(database)
        await other.execute("COMMIT")
        await completing
    assert (await Agreement.get(id=agreement)).status is AgreementStatus.FULFILLED


async def test_a_deadline_waits_for_its_subject_before_it_is_taken(here: Board, database: Settings) -> None:
    key = await here.claim()
    async with somebody_else(database) as other:
        # As a command does: first the need, then the claim's deadline.
        await other.execute("SELECT 1 FROM need WHERE id = $1 FOR NO KEY UPDATE", here.need)
        with clock.fixed(clock.now() + timedelta(days=8)):
            working = asyncio.create_task(run_due(here.town.runtime))
            await waited_for(database)
            moved = await other.execute(
                "UPDATE deadline SET due_at = due_at + interval '30 days' WHERE subject_id = $1", key
            )
            await other.execute("COMMIT")
            assert await working == 0
    assert moved == "UPDATE 1"
    assert (await Claim.get(id=key)).status is ClaimStatus.PROPOSED


async def test_an_agreements_deadline_waits_for_the_agreement(here: Board, database: Settings) -> None:
    agreement = await agreed(here, valid_to=clock.today())
    await set_deadline(AGREEMENT_ENDS, agreement, after(clock.today()))
    async with somebody_else(database) as other:
        await other.execute("UPDATE agreement SET version = version + 1 WHERE id = $1", agreement)
        with clock.fixed(clock.now() + timedelta(days=2)):
            working = asyncio.create_task(run_due(here.town.runtime))
            await waited_for(database)
            await other.execute("UPDATE deadline SET tries = 0 WHERE subject_id = $1", agreement)
            await other.execute("COMMIT")
            assert await working == 1
    assert (await Agreement.get(id=agreement)).status is AgreementStatus.EXPIRED
