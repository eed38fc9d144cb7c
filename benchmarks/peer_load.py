"""A process that sends requests over several connections for a while, each as soon as the last is answered.

Reads jobs from standard input, a JSON object a line, and answers each with a line: requests, seconds, p50 and p99 in
milliseconds, and how many answers were not as they should be. Run `python -m benchmarks.peer_load`.
"""

import asyncio
import itertools
import sys
import time
from collections.abc import Iterator
from typing import Any, Final

import httptools
import orjson
import uvloop

SILENCE: Final = 30.0
"""Seconds after which a server that does not answer is given up."""


class Client(asyncio.Protocol):
    """One connection, which is always waiting for one answer."""

    def __init__(self, requests: Iterator[bytes], until: float, durations: list[float], wrong: list[bytes]) -> None:
        """Take the requests from `requests` until the time is over."""
        self.requests, self.until, self.durations, self.wrong = requests, until, durations, wrong
        self.done = asyncio.get_running_loop().create_future()
        self.parser = httptools.HttpResponseParser(self)
        self.head = b""
        self.began = 0.0

    def connection_made(self, transport: Any) -> None:
        """Begin."""
        self.transport = transport
        self._send()

    def data_received(self, data: bytes) -> None:
        """Read on."""
        self.parser.feed_data(data)

    def on_body(self, body: bytes) -> None:
        """Keep the beginning of the answer."""
        if not self.head:
            self.head = bytes(body[:200])

    def on_message_complete(self) -> None:
        """Note the answer and send the next request."""
        now = time.perf_counter()
        self.durations.append(now - self.began)
        if self.parser.get_status_code() != 200 or self.head.startswith(b'{"errors"'):
            self.wrong.append(self.head)
        if now < self.until:
            # The parser is still at work on this answer.
            asyncio.get_running_loop().call_soon(self._send)
        else:
            self.transport.close()
            if not self.done.done():
                self.done.set_result(None)

    def connection_lost(self, _: Exception | None) -> None:
        """End, too early if there is still time."""
        if not self.done.done():
            self.wrong.append(b"the connection was closed")
            self.done.set_result(None)

    def _send(self) -> None:
        self.head = b""
        self.began = time.perf_counter()
        self.transport.write(next(self.requests))


def request(job: dict[str, Any], body: str) -> bytes:
    """Return the bytes of a request."""
    sent = body.encode()
    lines = [
        f"POST {job['path']} HTTP/1.1",
        f"Host: 127.0.0.1:{job['port']}",
        "Content-Type: application/json",
        "Accept: application/json",
        f"Content-Length: {len(sent)}",
        *(f"{name}: {value}" for name, value in job["headers"].items()),
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + sent


async def run(job: dict[str, Any]) -> dict[str, Any]:
    """Do a job."""
    requests = itertools.cycle([request(job, body) for body in job["bodies"]])
    durations: list[float] = []
    wrong: list[bytes] = []
    began = time.perf_counter()
    until = began + job["seconds"]
    clients = []
    for _ in range(job["connections"]):
        _, client = await asyncio.get_running_loop().create_connection(
            lambda: Client(requests, until, durations, wrong), "127.0.0.1", job["port"]
        )
        clients.append(client)
    await asyncio.wait_for(asyncio.gather(*(client.done for client in clients)), job["seconds"] + SILENCE)
    seconds = time.perf_counter() - began
    ordered = sorted(durations)
    return {
        "requests": len(ordered),
        "seconds": seconds,
        "p50": ordered[len(ordered) // 2] * 1000,
        "p99": ordered[int(len(ordered) * 0.99)] * 1000,
        "wrong": len(wrong),
        "first_wrong": wrong[0].decode(errors="replace") if wrong else "",
    }


def main() -> None:
    """Do jobs until there are no more."""
    for line in sys.stdin:
        sys.stdout.write(orjson.dumps(uvloop.run(run(orjson.loads(line)))).decode() + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
