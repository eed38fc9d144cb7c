"""Outcomes under idempotency keys are forgotten in the background after their days."""

from datetime import datetime, timedelta

from api import clock
from api.jobs.forgetting import Forgetting
from api.models import IdempotentOutcome
from api.settings import Settings


async def kept(name: str, at: datetime) -> None:
    await IdempotentOutcome.create(key_hash=name, request_hash="x", answer="{}", at=at)


async def names() -> set[str]:
    return {str(name) for name in await IdempotentOutcome.all().values_list("key_hash", flat=True)}


async def test_what_is_older_than_the_setting_is_forgotten_once_an_hour(database: Settings) -> None:
    now = clock.now()
    forgetting = Forgetting(database.model_copy(update={"idempotency_days": 2}))
    await kept("old", now - timedelta(days=2, minutes=1))
    await kept("soon", now - timedelta(days=2) + timedelta(minutes=30))
    with clock.fixed(now):
        assert await forgetting.when_due() == 1
        assert await names() == {"soon"}
    with clock.fixed(now + timedelta(minutes=59)):
        assert await forgetting.when_due() == 0
    with clock.fixed(now + timedelta(minutes=60)):
        assert await forgetting.when_due() == 1
    assert await names() == set()
