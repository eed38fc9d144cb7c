"""The clients from npm that other people's programs use, graphql-ws and graphql-sse, against a running server."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from api.commands.need import submit_need
from api.http import websocket
from auth.roles import Role
from tests.api.http.keys import key_for, member
from tests.api.live.asking import PATIENCE, Served, until
from tests.api.live.test_subscriptions import LONG, NEEDS, need, resident
from tests.clients.programs import HERE, PROTOCOL, tools_of
from tests.factories import Town

pytestmark = pytest.mark.node
PROGRAM = HERE / PROTOCOL.name / "subscribe.mjs"


@dataclass
class Client:
    """A running program."""

    process: asyncio.subprocess.Process

    async def says(self, what: str) -> Any:
        """Return what the next line says of `what`; before it may be said only that the connection is alive."""
        assert self.process.stdout is not None
        async with asyncio.timeout(2 * PATIENCE):
            while what not in (line := json.loads(await self.process.stdout.readline())):
                assert line in ({"ping": True}, {"pong": True}), line
        return line[what]

    async def ends_it(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(b"enough\n")
        await self.process.stdin.drain()

    async def ended(self) -> list[Any]:
        """Return what it still says before it comes to its own end."""
        assert self.process.stdout is not None
        async with asyncio.timeout(2 * PATIENCE):
            rest = await self.process.stdout.read()
            await self.process.wait()
        return [json.loads(line) for line in rest.splitlines()]


@pytest.fixture(scope="module")
def tools() -> Path:
    return tools_of(PROTOCOL)


@asynccontextmanager
async def client(tools: Path, served: Served, kind: str, query: str = NEEDS, **more: Any) -> AsyncIterator[Client]:
    process = await asyncio.create_subprocess_exec(
        "node", PROGRAM, tools, kind, f"http://{served.address}/graphql", json.dumps({"query": query, **more}),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        yield Client(process)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def test_what_is_refused_is_told_as_the_clients_expect_it(tools: Path, served: Served) -> None:
    wrong: Any = {"headers": {"Authorization": "Bearer x"}}
    invalid = "subscription { nothing }"
    async with (
        client(tools, served, "ws", **wrong) as closed, client(tools, served, "sse", **wrong) as refused,
        client(tools, served, "ws", invalid) as socket, client(tools, served, "sse", invalid) as stream,
    ):  # fmt: skip
        assert await closed.says("closed") == 4403
        assert (await closed.says("error"))["code"] == 4403
        assert (await refused.says("error"))["status"] == 401
        await socket.says("connected")
        (error,) = await socket.says("error")
        await stream.says("connected")
        assert (await stream.says("next"))["errors"] == [error]
        assert error["extensions"]["code"] == "VALIDATION_FAILED"
        await stream.says("complete")


async def test_news_comes_by_the_key_that_was_given_until_the_client_has_enough(
    tools: Path, town: Town, served: Served
) -> None:
    owner, person = await resident(town), await town.person("A1")
    await member(town, Role.COMMITTEE_ADMINISTRATOR, "A", person_id=person, valid_from="2020-01-01")
    given: dict[str, Any] = {
        "headers": await key_for(person=person, **LONG), "variables": {"filter": {"within": "A1"}},
    }  # fmt: skip
    async with client(tools, served, "ws", **given) as socket, client(tools, served, "sse", **given) as stream:
        await until(lambda: served.hub.followed == 2)
        for program in (socket, stream):
            await program.says("connected")
        for title in ("修路灯", "再修一盏"):
            await submit_need(owner, need(town, owner, title=title, visibility="ADMINISTRATORS"))
            for program in (socket, stream):
                assert (await program.says("next"))["data"]["needOpened"]["title"] == title
        for program in (socket, stream):
            await program.ends_it()
        await until(lambda: served.hub.followed == 0)
        # Every frame was text.
        assert {"binary": True} not in await socket.ended()
        assert await stream.ended() == [{"complete": True}]


async def test_a_connection_is_kept_alive_by_both_sides_until_the_server_stops(
    tools: Path, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(websocket, "KEEP_ALIVE", 0.3)
    async with client(tools, served, "ws", keepAlive=450) as socket, client(tools, served, "sse") as stream:
        await until(lambda: served.hub.followed == 2)
        for program in (socket, stream):
            await program.says("connected")
        assert await socket.says("ping")
        assert await socket.says("pong")
        served.stop()
        assert {"complete": True} in await socket.ended()
        assert await stream.ended() == [{"complete": True}]
