"""A real server on a free port of this machine, in the test's own event loop."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from api.app import create_app
from api.commands.session import Door
from auth.passwords import PasswordPool
from tests.api.live.asking import Served, until
from tests.api.reading import schema
from tests.factories import Town
from wujia.serving import Server, configured


@pytest.fixture
async def served(town: Town) -> AsyncIterator[Served]:
    app = create_app(town.runtime.settings, schema())
    # What the lifespan would open is open already, but for the hub.
    passwords = PasswordPool(time_cost=1, memory_kib=1024)
    app.state.runtime, app.state.door = town.runtime, Door(passwords)
    server = Server(configured(app, host="127.0.0.1", port=0, lifespan="off", log_config=None))
    async with app.state.hub.running(town.runtime.settings):
        task = asyncio.create_task(server.serve())
        await until(lambda: server.started)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield Served(f"127.0.0.1:{port}", app.state.hub, server, task)
        server.should_exit = True
        await task
    passwords.close()
