"""Kill the server again and again while it writes needs and sends webhooks, and count what came of it.

``python -m tests.api.jobs.killed_webhooks [rounds] [needs a round]``, 20 and 50 unless told otherwise: a server of
its own on a SQLite file, a receiver that now and then refuses, ``kill -9`` at a moment drawn by lot. At the end each
event must have been received, under one id and with one body, and each acknowledged need must have its event.
"""

import asyncio
import contextlib
import os
import random
import signal
import socket
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import httpx

from api import sealing
from api.commands.key import issue_person_token
from api.commands.standing import system_viewer
from api.db import open_database
from api.migrating import migrate
from api.models import Event, Membership, WebhookDelivery
from api.settings import Settings
from api.state_machines.webhook import WAITING
from auth.roles import Role
from tests.api.commands.records import verify_chains
from tests.api.jobs.hooked import webhook_at
from tests.api.jobs.receiver import Received, Receiver, receiving, status
from tests.databases import SECRET, settings_for
from tests.factories import Town, build_town

SUBMIT = """mutation ($input: NeedInput!) { needSubmit(input: $input) {
  ... on Need { id } ... on UserError { code message path } } }"""
START_SECONDS = 60.0
END_SECONDS = 240.0


@dataclass(frozen=True, slots=True)
class Stage:
    """What the rounds share: settings, address, who submits, and what was acknowledged."""

    settings: Settings
    port: int
    token: str
    values: dict[str, Any]
    acknowledged: list[str]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def serve(self) -> asyncio.subprocess.Process:
        """Start a server and return it when it answers."""
        environment = os.environ | {
            "WUJIA_DATA_DIRECTORY": str(self.settings.data_directory),
            "WUJIA_DATABASE_URL": self.settings.resolved_database_url,
            "WUJIA_SECRET_KEY": SECRET,
            "WUJIA_WEBHOOK_ALLOW_PRIVATE": "true",
            "WUJIA_NODE_ID": "7",
        }
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "wujia", "serve", "--port", str(self.port),
            stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL, env=environment,
            start_new_session=True,
        )  # fmt: skip
        deadline = time.monotonic() + START_SECONDS
        async with httpx.AsyncClient() as client:
            while time.monotonic() < deadline:
                with contextlib.suppress(httpx.HTTPError):
                    if (await client.get(f"{self.url}/health")).status_code == 200:
                        return process
                await asyncio.sleep(0.1)
        os.killpg(process.pid, signal.SIGKILL)
        raise RuntimeError("the server does not answer")

    async def submit(self, client: httpx.AsyncClient) -> None:
        """Submit a need; what the server acknowledged is remembered."""
        try:
            answer = await client.post("/graphql", json={"query": SUBMIT, "variables": {"input": self.values}})
        except httpx.HTTPError:
            return
        self.acknowledged.append(answer.json()["data"]["needSubmit"]["id"])


async def prepared(folder: Path, receiver: Receiver) -> Stage:
    """Return the stage: a small town, a webhook at the receiver, a session of an administrator."""
    settings = settings_for(f"sqlite://{folder / 'wujia.sqlite3'}", folder)
    settings = settings.model_copy(update={"webhook_allow_private": True})
    sealing.use_secret(SECRET)
    await migrate(settings)
    async with open_database(settings):
        town: Town = await build_town(settings)
        await webhook_at(town, receiver.url)
        person, organisation = await town.person(), await town.organisation()
        await Membership.create(
            person_id=person, role=Role.COMMITTEE_ADMINISTRATOR, place_id=town.id("A"), path=town.path("A"),
            valid_from=date(2026, 1, 1),
        )  # fmt: skip
        token = (await issue_person_token(system_viewer(town.runtime, "tests"), person, "rounds")).token
        await town.runtime.rules.close()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    owner = {"organisation": f"Organisation:{organisation}"}
    values = {"title": "巷里没灯", "category": "life.repair", "place": f"Place:{town.id('A1')}", "owner": owner}
    return Stage(settings, port, token, values | {"visibility": "PUBLIC"}, [])


async def killed(stage: Stage, needs: int, chance: random.Random) -> None:
    """Do one round: submit, and kill the server while it is at it."""
    process = await stage.serve()
    headers = {"Authorization": f"Bearer {stage.token}"}
    async with httpx.AsyncClient(base_url=stage.url, headers=headers, timeout=30) as client:
        work = [asyncio.ensure_future(stage.submit(client)) for _ in range(needs)]
        await asyncio.sleep(chance.uniform(0.1, 1.5))
        os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
        await asyncio.gather(*work)


async def waiting(stage: Stage) -> list[Any]:
    """Return the deliveries that are not at their end."""
    async with open_database(stage.settings):
        return await WebhookDelivery.filter(status__in=list(WAITING)).values()


async def ended(stage: Stage) -> None:
    """Let a server end what was left, at most as long as leases and the first retries take."""
    process = await stage.serve()
    deadline = time.monotonic() + END_SECONDS
    while left := await waiting(stage):
        assert time.monotonic() < deadline, f"still waiting: {left}"
        await asyncio.sleep(1)
    os.killpg(process.pid, signal.SIGTERM)
    await process.wait()


async def judged(stage: Stage, receiver: Receiver) -> None:
    """Compare what was written, what was acknowledged and what was received."""
    bodies: dict[str, set[bytes]] = defaultdict(set)
    for request in receiver.received:
        bodies[request.headers["webhook-id"]].add(request.body)
    async with open_database(stage.settings):
        events = await Event.filter(kind="need.submit")
        written = {str(event.id) for event in events}
        told = {f"Need:{event.object_id}" for event in events}
        await verify_chains()
        assert await WebhookDelivery.filter(event__kind="need.submit").count() == len(events), "one delivery an event"
    print(f"acknowledged {len(stage.acknowledged)}, written {len(written)}, received {len(receiver.received)}")  # noqa: T201  the command's purpose
    assert set(stage.acknowledged) <= told, "an acknowledged need is lost"
    assert len(set(stage.acknowledged)) == len(stage.acknowledged)
    assert set(bodies) == written, f"not delivered: {len(written - set(bodies))}"
    assert all(len(each) == 1 for each in bodies.values()), "an id came with two bodies"


async def main(rounds: int = 20, needs: int = 50) -> None:
    """Do so many rounds."""
    chance = random.Random(20261124)

    refused: set[str] = set()

    def answer(request: Received) -> bytes:
        # Nobody twice: the second wait takes five minutes.
        identifier = request.headers["webhook-id"]
        if identifier in refused or chance.random() > 0.1:
            return status(204)
        refused.add(identifier)
        return status(503)

    async with receiving() as receiver:
        receiver.answer = answer
        with tempfile.TemporaryDirectory() as folder:
            stage = await prepared(Path(folder), receiver)
            for _ in range(rounds):
                await killed(stage, needs, chance)
            await ended(stage)
            await judged(stage, receiver)


if __name__ == "__main__":
    asyncio.run(main(*(int(text) for text in sys.argv[1:3])))
