"""What a process builds once and every request shares, and how it is opened and closed."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from api import sealing
from api.db import open_database
from api.secret import secret_of
from api.settings import Settings
from auth.enforcement import AuthoriserHolder
from auth.policy import load_shipped
from rules.workers import WorkerPool


@dataclass(frozen=True, slots=True)
class Runtime:
    """Settings, the policy in force (swapped whole when it changes) and the rule engine's children."""

    settings: Settings
    policy: AuthoriserHolder
    rules: WorkerPool


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Runtime]:
    """Open database and rule engine for the whole process; close both at the end, whatever happens."""
    sealing.use_secret(secret_of(settings))
    pool = WorkerPool(settings.rule_workers, settings.rule_seconds, settings.rule_memory_mb)
    runtime = Runtime(settings, AuthoriserHolder(load_shipped()), pool)
    try:
        async with open_database(settings):
            await pool.open()
            yield runtime
    finally:
        await pool.close()
