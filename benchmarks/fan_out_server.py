"""This server with news on demand: `POST /publish` submits a need, `/figures` tells what that took.

Run `python -m benchmarks.fan_out_server PORT`; it has a database of its own and no background work.
"""

import socket
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, Final

import uvicorn
import uvloop
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from api.app import create_app
from api.commands.need import submit_need
from api.commands.session import Door
from api.plan.viewer import Viewer
from api.settings import Settings
from auth.passwords import PasswordPool
from auth.roles import Role
from benchmarks.databases import opened, own_settings
from tests.api.http.keys import key_for
from tests.api.reading import counted
from tests.factories import Town, build_town
from wujia.serving import Server, configured

SENDING: Final = 32_768
"""Bytes the system holds for a connection, so that one who reads nothing is noticed soon."""
MANY: Final = 100_000


def listening(port: int) -> socket.socket:
    """Return the socket of a server, whose connections hold little."""
    found = socket.socket()
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SENDING)
    found.bind(("127.0.0.1", port))
    return found


async def serve(server: uvicorn.Server, port: int) -> None:
    """Serve until stopped."""
    await server.serve([listening(port)])


class News:
    """What makes news, and counts."""

    def __init__(self, town: Town, owner: Viewer, token: str, app: Starlette, statements: list[str]) -> None:
        """Take who submits needs, and who hears of them."""
        self.town, self.owner, self.token, self.app, self.statements = town, owner, token, app, statements

    async def publish(self, request: Request) -> Response:
        """Submit a need, and tell what the command alone took: what comes after it is telling."""
        values: dict[str, Any] = self.town.need({"person": self.owner.principal.person_id or 0}, "A1")
        values |= await request.json()
        statements, began = len(self.statements), time.process_time()
        await submit_need(self.owner, values)
        return JSONResponse({"seconds": time.process_time() - began, "statements": len(self.statements) - statements})

    async def figures(self, _: Request) -> Response:
        """Tell who may listen, how many do, and how many statements there were."""
        hub = self.app.state.hub
        return JSONResponse({"token": self.token, "followed": hub.followed, "statements": len(self.statements)})


@asynccontextmanager
async def application(settings: Settings) -> AsyncIterator[Starlette]:
    """Give the application over a small town in an open database, of which the key of one organisation may read."""
    settings = settings.model_copy(update={"connections_of_account": MANY, "connections_of_address": MANY})
    app, passwords = create_app(settings), PasswordPool(time_cost=1, memory_kib=1024)
    town = await build_town(settings)
    owner = town.viewer(Role.RESIDENT, "A1", person=await town.person())
    scopes = ["need:read", "place:read", "category:read", "organisation:read", "requirementLine:read"]
    until = datetime(2099, 1, 1, tzinfo=UTC)
    key = await key_for(organisation=await town.organisation(), scopes=scopes, expires_at=until)
    app.state.runtime, app.state.door = town.runtime, Door(passwords)
    with counted() as statements:
        news = News(town, owner, key["Authorization"], app, statements)
        app.router.routes.append(Route("/publish", news.publish, methods=["POST"]))
        app.router.routes.append(Route("/figures", news.figures))
        async with app.state.hub.running(settings):
            yield app
    passwords.close()
    await town.runtime.rules.close()


async def run(settings: Settings, port: int) -> None:
    """Serve until stopped."""
    async with opened(settings), application(settings) as app:
        await serve(Server(configured(app, lifespan="off", log_level="error")), port)


if __name__ == "__main__":
    with own_settings() as made:
        uvloop.run(run(made, int(sys.argv[1])))
