"""A server that is told to stop ends its subscriptions and does not wait for them."""

import asyncio

from tests.api.live.asking import Served
from tests.api.live.test_subscriptions import NEEDS, SERVICE_ITEMS


async def test_a_server_that_stops_ends_open_streams_and_sockets(served: Served) -> None:
    async with served.socket() as socket, served.events(SERVICE_ITEMS) as events:
        await socket.subscribe(NEEDS)
        served.stop()
        assert (await socket.receive())["type"] == "complete"
        assert await events.next() == ("complete", None)
        assert await socket.closed() == 1012
        async with asyncio.timeout(5):
            await served.stopped()
