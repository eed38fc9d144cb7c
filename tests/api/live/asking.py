"""Speaking both protocols as their clients do."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from api.live.hub import Hub
from wujia.serving import Server

PATIENCE = 8.0
PROTOCOL: Any = "graphql-transport-ws"


async def until(happened: Callable[[], bool]) -> None:
    """Wait for something that takes milliseconds; fail when it takes seconds."""
    for _ in range(800):
        if happened():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not happen")


@dataclass(frozen=True, slots=True)
class Served:
    """A server's address and its hub."""

    address: str
    hub: Hub
    server: Server
    task: "asyncio.Task[None]"

    def stop(self) -> None:
        self.server.should_exit = True

    async def stopped(self) -> None:
        await asyncio.shield(self.task)

    @asynccontextmanager
    async def socket(
        self, headers: dict[str, str] | None = None, *, init: Any = True, **more: Any
    ) -> AsyncIterator["Socket"]:
        """Open a connection; unless told otherwise it is initialised with the headers as payload."""
        protocols = more.pop("protocols", [PROTOCOL])
        async with connect(f"ws://{self.address}/graphql", subprotocols=protocols, **more) as raw:
            socket = Socket(raw, self.hub)
            if init:
                await socket.send(type="connection_init", payload=headers or {})
                assert await socket.receive() == {"type": "connection_ack"}
            yield socket

    @asynccontextmanager
    async def events(self, query: str, headers: dict[str, str] | None = None, **more: Any) -> AsyncIterator["Events"]:
        """Open a stream of server-sent events."""
        sent = {"Accept": "text/event-stream", **(headers or {})}
        body = {"query": query, **more}
        url = f"http://{self.address}/graphql"
        async with (
            httpx.AsyncClient(timeout=PATIENCE) as client,
            client.stream("POST", url, json=body, headers=sent) as answer,
        ):
            yield Events(answer, answer.aiter_lines())


@dataclass
class Socket:
    """A client of graphql-transport-ws."""

    raw: ClientConnection
    hub: Hub

    async def send(self, **message: Any) -> None:
        await self.raw.send(json.dumps(message))

    async def receive(self) -> Any:
        """Return the next message; it must be a text frame."""
        async with asyncio.timeout(PATIENCE):
            frame = await self.raw.recv()
        assert isinstance(frame, str)
        return json.loads(frame)

    async def subscribe(self, query: str, identifier: str = "1", **variables: Any) -> None:
        """Subscribe, and wait until the server follows."""
        before = self.hub.followed
        await self.send(type="subscribe", id=identifier, payload={"query": query, "variables": variables})
        await until(lambda: self.hub.followed != before)

    async def next(self) -> Any:
        """Return the data of the next result."""
        message = await self.receive()
        assert message["type"] == "next", message
        assert "errors" not in message["payload"], message
        return message["payload"]["data"]

    async def closed(self) -> int:
        """Return the code with which the server closes, after whatever it still sends."""
        with pytest.raises(ConnectionClosed) as closed:
            await self._drain()
        assert closed.value.rcvd is not None
        return closed.value.rcvd.code

    async def _drain(self) -> None:
        async with asyncio.timeout(PATIENCE):
            while True:
                await self.raw.recv()

    async def silent(self, seconds: float = 0.2) -> bool:
        """Tell whether nothing comes for a while."""
        try:
            async with asyncio.timeout(seconds):
                await self.raw.recv()
        except TimeoutError:
            return True
        return False


@dataclass
class Events:
    """An open stream."""

    answer: httpx.Response
    lines: AsyncIterator[str]

    async def next(self) -> tuple[str, Any]:
        """Return name and data of the next event; comments are passed over."""
        name, data = "", ""
        async with asyncio.timeout(PATIENCE):
            async for line in self.lines:
                if line.startswith("event:"):
                    name = line.removeprefix("event:").strip()
                elif line.startswith("data:"):
                    data = line.removeprefix("data:").strip()
                elif not line and name:
                    return name, json.loads(data) if data else None
        raise AssertionError("the stream ended without an event")
