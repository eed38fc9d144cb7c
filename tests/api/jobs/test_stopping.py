"""Background work ends when it is told to, whatever it hears at that moment."""

import asyncio

import pytest

from api.jobs.durable import _Feeder, _keep_feeding
from api.jobs.forgetting import Forgetting
from tests.factories import Town


@pytest.mark.parametrize("turns", range(4))
async def test_news_that_come_together_with_the_end_do_not_outlast_it(town: Town, turns: int) -> None:
    feeder = _Feeder(town.runtime, Forgetting(town.runtime.settings))
    task = asyncio.create_task(_keep_feeding(feeder))
    await asyncio.sleep(0)
    feeder.news.set()
    for _ in range(turns):
        await asyncio.sleep(0)
    task.cancel()
    done, _ = await asyncio.wait([task], timeout=2)
    if not done:
        task.cancel()
        await asyncio.wait([task])
    assert done
