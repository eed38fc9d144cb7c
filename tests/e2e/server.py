"""The real server as a process of its own, and sessions for people whom the demo does not print."""

import asyncio
import json
import os
import selectors
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx

from api import sealing
from api.commands.key import issue_person_token
from api.commands.standing import system_viewer
from api.db import open_database
from api.models import Membership
from api.secret import secret_of
from api.settings import Environment, Settings
from benchmarks.peer_processes import processor_seconds
from tests.factories import runtime_of
from tests.postgres import free_port

PATIENCE = 60.0
# Roles of the story, by (role, code of the place), each held by somebody who has a session in these tests.
PEOPLE = {
    "grid worker": ("GRID_WORKER", "x-dianji-grid-1"),
    "neighbour": ("OWNER", "x-shiji-huayuan"),
    "resident of another community": ("RESIDENT", "x-qinghua-shuinichang"),
    "administrator of another community": ("COMMITTEE_ADMINISTRATOR", "140881003002"),
    "clerk's administrator": ("COMMITTEE_ADMINISTRATOR", "140881001005"),
    "property manager": ("PROPERTY_MANAGER", "x-liuan-huadu"),
    "staff": ("COMMITTEE_STAFF", "140881001008"),
}


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: its first line, its data, and the processor time it took to say that line, in seconds."""

    announced: dict[str, Any]
    data: Path
    processor_seconds: float
    process: subprocess.Popen[str]

    @property
    def url(self) -> str:
        """Return the address without a path."""
        return str(self.announced["url"])

    def token(self, role: str) -> str:
        """Return the bearer token of one of the printed logins."""
        (found,) = [login["token"] for login in self.announced["logins"] if login["role"] == role]
        return str(found)

    def asked_for(self, path: str, **options: Any) -> httpx.Response:
        """Return the answer to a GET."""
        return httpx.get(f"{self.url}{path}", timeout=PATIENCE, **options)


@contextmanager
def running_demo(data: Path) -> Iterator[Server]:
    """Run `wujia demo --json` on a free port until the block ends."""
    command = [sys.executable, "-m", "wujia", "demo", "--port", str(free_port()), "--data", str(data), "--json"]
    log = data.with_suffix(".log")
    with log.open("w") as errors:
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=errors, text=True, env=clean_environment(), start_new_session=True
        )
    try:
        announced = json.loads(_first_line(process, log))
        yield Server(announced, data, processor_seconds(process.pid), process)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        if process.stdout:
            process.stdout.close()


def _first_line(process: subprocess.Popen[str], log: Path) -> str:
    assert process.stdout is not None
    with selectors.DefaultSelector() as waiting:
        waiting.register(process.stdout, selectors.EVENT_READ)
        said = waiting.select(PATIENCE)
    line = process.stdout.readline() if said else ""
    assert line, f"no first line: {log.read_text()[-2000:]}"
    return line


def clean_environment() -> dict[str, str]:
    """Return the environment without settings of the server."""
    return {name: value for name, value in os.environ.items() if not name.startswith("WUJIA_")}


def demo_settings(data: Path) -> Settings:
    """Return the settings of a demo's data."""
    return Settings(_env_file=None, environment=Environment.DEMO, data_directory=data, database_url=None)


def sessions(data: Path) -> dict[str, str]:
    """Open a session for each of PEOPLE beside the running server; it takes a thread for a loop of its own."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, _sessions(demo_settings(data))).result()


async def _sessions(settings: Settings) -> dict[str, str]:
    sealing.use_secret(secret_of(settings))
    viewer = system_viewer(runtime_of(settings), "tests")
    tokens = {}
    async with open_database(settings):
        for name, (role, code) in PEOPLE.items():
            held = (
                await Membership.filter(role=role, place__code=code, person_id__not_isnull=True).order_by("id").first()
            )
            assert held is not None, f"nobody of the story is a {role} of {code}"
            assert held.person_id is not None
            issued = await issue_person_token(viewer, held.person_id, f"tests {name}", valid=timedelta(days=1))
            tokens[name] = issued.token
    return tokens
