"""A migrated, empty database of the measurement's own."""

import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from api import db, sealing
from api.settings import Settings
from tests.databases import SECRET, postgres_databases, settings_for, sqlite_databases


@contextmanager
def own_settings(*, postgres: bool = False) -> Iterator[Settings]:
    """Make a database that exists for this block only: a SQLite file, or PostgreSQL in its own cluster.

    One kind of database a process: Tortoise remembers statements without their dialect.
    """
    with tempfile.TemporaryDirectory(prefix="wujia-benchmark-") as folder:
        backend = postgres_databases if postgres else sqlite_databases
        with backend(Path(folder)) as make, make(True) as url:
            yield settings_for(url, Path(folder))


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[None]:
    """Open the database while the block runs."""
    sealing.use_secret(SECRET)
    async with db.open_database(settings):
        yield
