"""Fixtures for every test, and what happens where a machine lacks a program."""

import os
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import hypothesis
import pytest

from api import sealing
from api.db import open_database
from api.settings import Settings
from tests import postgres
from tests.databases import (
    ON_POSTGRES,
    SECRET,
    MakeDatabase,
    postgres_databases,
    settings_for,
    sqlite_databases,
)

POSTGRES_COMMAND = "WUJIA_TEST_DATABASE=postgres .venv/bin/pytest -q -m database"
REQUIRE_ALL = os.environ.get("CI") == "true" or os.environ.get("WUJIA_REQUIRE_ALL") == "1"

# Machines differ in speed, so a deadline for one example would only make tests flicker.
hypothesis.settings.register_profile("wujia", deadline=None, derandomize=REQUIRE_ALL)
hypothesis.settings.load_profile("wujia")


@dataclass(frozen=True, slots=True)
class Program:
    """A program that some tests need: its name, and how to tell whether the machine has it."""

    name: str
    found: Callable[[], object]


PROGRAMS = {
    "postgres": Program("PostgreSQL (Debian: postgresql-15)", postgres.programs),
    "redis": Program("Redis (Debian: redis-server)", lambda: shutil.which("redis-server")),
    "node": Program("Node.js (Debian: nodejs npm)", lambda: shutil.which("node") and shutil.which("npm")),
    "git": Program("Git (Debian: git)", lambda: shutil.which("git")),
    "chromium": Program("Chromium (Debian: chromium)", lambda: shutil.which("chromium")),
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that open a database."""
    for item in items:
        if "make_database" in getattr(item, "fixturenames", ()):
            item.add_marker("database")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Leave a test out where its program is missing; fail instead where everything must run."""
    for marker, program in PROGRAMS.items():
        if item.get_closest_marker(marker) and not program.found():
            if REQUIRE_ALL:
                pytest.fail(f"this machine must have {program.name}", pytrace=False)
            pytest.skip(f"needs {program.name}")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name what was left out on this machine, and what is another command's."""
    if not ON_POSTGRES:
        terminalreporter.write_line(f"Database tests ran on SQLite; on PostgreSQL: {POSTGRES_COMMAND}")
    reasons = [str(report.longrepr) for report in terminalreporter.getreports("skipped")]
    for program in PROGRAMS.values():
        if left_out := sum(f"needs {program.name}" in reason for reason in reasons):
            terminalreporter.write_line(f"Left out, for want of {program.name}: {left_out} test(s)")


@pytest.fixture(scope="session")
def make_database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MakeDatabase]:
    """Return what makes databases: in files, or with WUJIA_TEST_DATABASE=postgres on a server."""
    backend = postgres_databases if ON_POSTGRES else sqlite_databases
    with backend(tmp_path_factory.mktemp("databases")) as make:
        yield make


@pytest.fixture
def settings(make_database: MakeDatabase, tmp_path: Path) -> Iterator[Settings]:
    """Return settings that point to a migrated, empty database which nobody has opened yet."""
    with make_database(True) as url:
        yield settings_for(url, tmp_path)


@pytest.fixture
async def database(settings: Settings) -> AsyncIterator[Settings]:
    """Open a migrated, empty database; the value is the settings that point to it."""
    sealing.use_secret(SECRET)
    async with open_database(settings):
        yield settings
