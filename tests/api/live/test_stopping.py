"""A server ends its subscriptions when it is told to stop, and a connection of which nothing is taken before that."""

import asyncio
import json
import socket as sockets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.api.live.asking import Served, Socket, until
from tests.api.live.test_subscriptions import NEEDS, SERVICE_ITEMS
from wujia import serving


async def test_a_server_that_stops_ends_open_streams_and_sockets(served: Served) -> None:
    async with served.socket() as socket, served.events(SERVICE_ITEMS) as events:
        await socket.subscribe(NEEDS)
        served.stop()
        assert (await socket.receive())["type"] == "complete"
        assert await events.next() == ("complete", None)
        assert await socket.closed() == 1012
        async with asyncio.timeout(5):
            await served.stopped()


PING = json.dumps({"type": "ping", "payload": {"again": "x" * 200_000}})


async def test_a_connection_of_which_nothing_is_taken_is_cut_off_and_one_read_slowly_is_not(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "LOOK", 1)
    async with narrow(served) as stuck, narrow(served) as slow:
        await stuck.subscribe(NEEDS)
        await slow.subscribe(NEEDS)
        filling = [asyncio.create_task(fill(stuck)), asyncio.create_task(fill(slow))]
        await until(lambda: len(served.server._waiting) == 2)
        for _ in range(40):
            await slow.raw.recv()
            await asyncio.sleep(0.05)
        await until(lambda: served.hub.followed == 1)
        assert len(served.server.server_state.connections) == 1
        for task in filling:
            task.cancel()
        await asyncio.gather(*filling, return_exceptions=True)


@asynccontextmanager
async def narrow(served: Served) -> AsyncIterator[Socket]:
    """Open a connection whose side of the network holds little, and whose client reads only what is asked for."""
    host, _, port = served.address.partition(":")
    raw = sockets.socket()
    raw.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 4096)
    raw.setblocking(False)
    await asyncio.get_running_loop().sock_connect(raw, (host, int(port)))
    async with served.socket(sock=raw, max_queue=1, close_timeout=0.1, ping_interval=None) as socket:
        yield socket


async def fill(socket: Socket) -> None:
    """Have the server send far more than the network holds."""
    for _ in range(200):
        await socket.raw.send(PING)
