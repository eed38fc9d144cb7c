"""Kills in the middle of claims and webhooks; `python -m tests.e2e.killing` does the same with 1,000 claims."""

from api.settings import Settings
from tests.e2e.killing import killing


async def test_a_server_that_is_killed_loses_and_doubles_nothing(settings: Settings) -> None:
    async with killing(settings, hasty=True) as run:
        await run.play(claims=40, kills=2)
    assert run.counts["kills"] == 2
    assert run.callers.ledger.counts["retries"] > 0
    assert run.server.faults() == []
