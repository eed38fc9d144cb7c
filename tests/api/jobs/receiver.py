"""A receiver of webhooks: a real HTTP server in the test's own loop, whose answers the test chooses."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"


def status(code: int, body: bytes = b"", *more: bytes) -> bytes:
    """Return an answer."""
    head = [b"HTTP/1.1 %d Said" % code, b"Content-Length: %d" % len(body), b"Connection: close", *more]
    return b"\r\n".join([*head, b"", body])


@dataclass(frozen=True, slots=True)
class Received:
    """One request."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return orjson.loads(self.body)


@dataclass
class Receiver:
    """Keeps what came; `answer` is asked for each request, and what it raises closes the connection."""

    port: int = 0
    scheme: str = "http"
    connections: int = 0
    received: list[Received] = field(default_factory=list)
    answer: Callable[[Received], bytes] = lambda _: OK
    pause: float = 0.0

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}/hook"

    @property
    def ids(self) -> list[str]:
        return [each.headers["webhook-id"] for each in self.received]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            first, *lines = head.split("\r\n")
            named = dict(line.split(": ", 1) for line in lines if line)
            headers = {name.lower(): value for name, value in named.items()}
            body = await reader.readexactly(int(headers.get("content-length", 0)))
            request = Received(first.split(" ")[1], headers, body)
            self.received.append(request)
            if self.pause:
                await asyncio.sleep(self.pause)
            writer.write(self.answer(request))
            await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def receiving(trust: ssl.SSLContext | None = None) -> AsyncIterator[Receiver]:
    """Receive on a free port of this machine until the block ends."""
    receiver = Receiver(scheme="https" if trust else "http")
    server = await asyncio.start_server(receiver.serve, "127.0.0.1", 0, ssl=trust)
    receiver.port = server.sockets[0].getsockname()[1]
    try:
        yield receiver
    finally:
        server.close()
        await server.wait_closed()
