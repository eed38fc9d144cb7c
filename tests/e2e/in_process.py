"""The application within the tests' process, for thousands of calls, on a copy of the demo's data."""

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from anyio.from_thread import BlockingPortal, start_blocking_portal

from api.app import DEMO_MARK, create_app
from api.secret import KEY_FILE
from tests.databases import UNCOUNTED
from tests.e2e.server import demo_settings

FILE = "wujia.sqlite3"


@dataclass(frozen=True, slots=True)
class InProcess:
    """Sends requests past any socket; `watch` is a connection that sees whether somebody wrote."""

    portal: BlockingPortal
    client: httpx.AsyncClient
    watch: sqlite3.Connection

    def send(self, body: bytes, token: str | None, **headers: str) -> httpx.Response:
        """Send bytes as JSON."""
        signed = {"Authorization": f"Bearer {token}"} if token else {}

        async def post() -> httpx.Response:
            return await self.client.post(
                "/graphql", content=body, headers={"Content-Type": "application/json", **signed, **headers}
            )

        return self.portal.call(post)

    def ask(self, query: str, variables: Any, token: str | None) -> httpx.Response:
        """Send one operation; NaN, infinities and lone surrogates go out as Python writes them."""
        return self.send(body_of(query, variables), token)

    def data(self, query: str, variables: Any, token: str | None) -> Any:
        """Return the data of an answer without errors."""
        answer = self.ask(query, variables, token).json()
        assert "errors" not in answer, answer
        return answer["data"]

    def state(self) -> int:
        """Return a number that changes with every commit to the database, whatever was written."""
        (number,) = self.watch.execute("PRAGMA data_version").fetchone()
        return int(number)

    def wrote(self, body: bytes, token: str | None, before: int) -> bool:
        """Tell whether sending this body writes, after it was sent once since the state `before`.

        The server's own background work may have written meanwhile; the same body sent again tells.
        """
        for _ in range(3):
            if self.state() == before:
                return False
            before = self.state()
            self.send(body, token)
        return True


def body_of(query: str, variables: Any) -> bytes:
    """Return the body of one operation."""
    return json.dumps({"query": query, "variables": variables}).encode()


def copy_of(data: Path, folder: Path) -> None:
    """Copy the data of a server that may be running."""
    for name in (KEY_FILE, DEMO_MARK):
        shutil.copyfile(data / name, folder / name)
    with closing(sqlite3.connect(data / FILE)) as source, closing(sqlite3.connect(folder / FILE)) as copy:
        source.backup(copy)


@contextmanager
def in_process(data: Path, folder: Path) -> Iterator[InProcess]:
    """Run the application on a copy of a demo's data until the block ends."""
    copy_of(data, folder)
    # A webhook can be registered without asking any name server.
    app = create_app(demo_settings(folder).model_copy(update={"webhook_allow_private": True, **UNCOUNTED}))
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(app.router.lifespan_context(app)),
        portal.wrap_async_context_manager(httpx.AsyncClient(transport=transport, base_url="http://inside")) as client,
        closing(sqlite3.connect(folder / FILE)) as watch,
    ):
        yield InProcess(portal, client, watch)
