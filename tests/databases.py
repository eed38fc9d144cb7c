"""Databases for tests: one is migrated, every test gets a copy of it. One backend a process."""

import asyncio
import os
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from itertools import count
from pathlib import Path
from typing import Any, Final

from pydantic import SecretStr

from api.migrating import migrate
from api.settings import Settings
from tests.postgres import running_cluster

# Tortoise caches statements a process and without the dialect, so a process keeps to one backend.
ON_POSTGRES = os.environ.get("WUJIA_TEST_DATABASE", "sqlite") == "postgres"
SECRET = "a secret of the tests, of no value at all"
TEMPLATE = "template_wujia"

# Called with True for a migrated database, whose tables nobody may change, with False for one without a table;
# yields its URL.
MakeDatabase = Callable[[bool], AbstractContextManager[str]]
# The points of many calls are no test's business but that of tests/api/http/test_budgets.py.
UNCOUNTED: Final[dict[str, Any]] = {"key_points": 0, "person_points": 0, "address_points": 0}


def settings_for(url: str, folder: Path) -> Settings:
    """Return settings for the database at `url`, untouched by any .env file; nobody's points are counted."""
    return Settings(_env_file=None, database_url=url, data_directory=folder, secret_key=SecretStr(SECRET), **UNCOUNTED)


def migrate_to(url: str, folder: Path, target: str | None = None) -> None:
    """Migrate a database to `target` ("wujia.0001_initial") or the newest state.

    It runs in a thread, so that neither its event loop nor its Tortoise context is the test's.
    """

    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, migrate(settings_for(url, folder), target)).result()


@contextmanager
def sqlite_databases(folder: Path) -> Iterator[MakeDatabase]:
    """Make SQLite files in `folder`."""
    template = folder / "template.sqlite3"
    migrate_to(f"sqlite://{template}", folder)
    numbers = count()

    @contextmanager
    def make(migrated: bool) -> Iterator[str]:
        place = folder / f"{next(numbers)}.sqlite3"
        if migrated:
            shutil.copyfile(template, place)
        yield f"sqlite://{place}"
        for leftover in folder.glob(f"{place.name}*"):
            leftover.unlink()

    yield make


@contextmanager
def postgres_databases(folder: Path) -> Iterator[MakeDatabase]:
    """Make databases in a PostgreSQL cluster that lives as long as the block."""
    with running_cluster() as cluster:
        cluster.create(TEMPLATE)
        migrate_to(cluster.url(TEMPLATE), folder)
        numbers = count()
        # Emptying a database takes a tenth of the time that making another takes.
        idle: list[str] = []

        @contextmanager
        def make(migrated: bool) -> Iterator[str]:
            if migrated and idle:
                name = idle.pop()
            else:
                name = f"test_{next(numbers)}"
                cluster.create(name, TEMPLATE if migrated else "template0")
            try:
                yield cluster.url(name)
            finally:
                if migrated and cluster.empty(name):
                    idle.append(name)
                else:
                    cluster.drop(name)

        yield make
