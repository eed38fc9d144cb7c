"""DBOS's books can be lost or spoiled; what there is to do stands elsewhere."""

import asyncio
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from api import clock
from api.jobs.books import books
from api.jobs.durable import start_jobs, stop_jobs
from api.models import Job
from api.models.choices import JobStatus
from api.runtime import Runtime
from api.settings import Settings
from auth.enforcement import AuthoriserHolder
from auth.policy import load_shipped
from rules.workers import WorkerPool
from tests.api.matching.town import Town
from tests.databases import ON_POSTGRES, settings_for


@pytest.fixture
def kept(tmp_path: Path) -> Settings:
    """Return the settings of a folder with books of some hundred pages."""
    with closing(sqlite3.connect(tmp_path / "jobs.sqlite3")) as connection, connection:
        connection.execute("CREATE TABLE work (id INTEGER PRIMARY KEY, text TEXT)")
        connection.executemany("INSERT INTO work (text) VALUES (?)", [("x" * 1000,)] * 500)
    return settings_for(f"sqlite://{tmp_path / 'wujia.sqlite3'}", tmp_path)


def lines(folder: Path) -> int:
    with closing(sqlite3.connect(folder / "jobs.sqlite3")) as connection:
        return int(connection.execute("SELECT COUNT(*) FROM work").fetchone()[0])


def test_sound_books_are_gone_on_with(kept: Settings, tmp_path: Path) -> None:
    assert books(kept) == f"sqlite:///{tmp_path / 'jobs.sqlite3'}"
    assert lines(tmp_path) == 500


def test_books_that_somebody_locks_are_not_called_spoiled(kept: Settings, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "jobs.sqlite3", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        books(kept)
        other.execute("ROLLBACK")
    assert lines(tmp_path) == 500


@pytest.mark.parametrize("left", [0.6, "这不是账本"])
def test_spoiled_books_are_put_aside(kept: Settings, tmp_path: Path, left: float | str) -> None:
    file = tmp_path / "jobs.sqlite3"
    if isinstance(left, str):
        file.write_text(left * 100)
    else:
        os.truncate(file, int(file.stat().st_size * left))
    content = file.read_bytes()
    (tmp_path / "jobs.sqlite3-journal").write_bytes(b"")
    books(kept)
    assert sorted(each.name for each in tmp_path.glob("jobs.*") if not each.name.endswith("-journal")) == [
        "jobs.sqlite3.spoiled"
    ]
    assert (tmp_path / "jobs.sqlite3.spoiled").read_bytes() == content


@pytest.mark.skipif(ON_POSTGRES, reason="there the books are a schema")
async def test_a_job_is_done_though_the_books_are_spoiled(database: Settings) -> None:
    town = await Town().build()
    job = await Job.create(kind="rematch-place", subject_id=0, path=town.path("A"), created_at=clock.now())
    (database.data_directory / "jobs.sqlite3").write_text("这不是账本" * 100)
    runtime = Runtime(database, AuthoriserHolder(load_shipped()), WorkerPool(1))
    await start_jobs(runtime)
    try:
        async with asyncio.timeout(20):
            while not await Job.exists(id=job.id, status=JobStatus.DONE):  # noqa: ASYNC110  another task does it
                await asyncio.sleep(0.05)
    finally:
        await stop_jobs()
        await runtime.rules.close()
