"""A migrated, empty database of the measurement's own, open while the block runs."""

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from api import db, sealing
from api.settings import Settings
from tests.databases import SECRET, postgres_databases, settings_for, sqlite_databases


@asynccontextmanager
async def own_database(*, postgres: bool = False) -> AsyncIterator[Settings]:
    """Open a database that exists for this block only: a SQLite file, or PostgreSQL in its own cluster.

    One kind of database a process: Tortoise remembers statements without their dialect.
    """
    with tempfile.TemporaryDirectory(prefix="wujia-benchmark-") as folder:
        backend = postgres_databases if postgres else sqlite_databases
        with backend(Path(folder)) as make, make(True) as url:
            settings = settings_for(url, Path(folder))
            sealing.use_secret(SECRET)
            async with db.open_database(settings):
                yield settings
