"""Requests at a fixed pace: each is sent when it is due, and its wait counts from then."""

import asyncio
import itertools
import re
from collections.abc import Sequence
from typing import Final

LENGTH: Final = re.compile(rb"content-length: (\d+)", re.IGNORECASE)


class Lines:
    """Connections that are kept open; one more is opened when all are waiting for an answer."""

    def __init__(self, port: int) -> None:
        """Take the server's port."""
        self.port = port
        self.idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def send(self, request: bytes) -> bool:
        """Send a request, wait for its answer, and tell whether it is one."""
        reader, writer = self.idle.pop() if self.idle else await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        found = LENGTH.search(head)
        assert found, head
        body = await reader.readexactly(int(found[1]))
        self.idle.append((reader, writer))
        return head.startswith(b"HTTP/1.1 200") and not body.startswith(b'{"errors"')

    def close(self) -> None:
        """Close them all."""
        for _, writer in self.idle:
            writer.close()


async def paced(port: int, requests: Sequence[bytes], rate: float, seconds: float) -> tuple[list[float], int]:
    """Return the seconds that each request waited, and how many were not answered as they should be."""
    lines, waits, answered = Lines(port), [], []
    now = asyncio.get_running_loop().time
    begun, turn = now(), itertools.cycle(requests)

    async def one(due: float, request: bytes) -> None:
        answered.append(await lines.send(request))
        waits.append(now() - due)

    async with asyncio.TaskGroup() as group:
        for number in range(int(rate * seconds)):
            due = begun + number / rate
            await asyncio.sleep(max(0.0, due - now()))
            group.create_task(one(due, next(turn)))
    lines.close()
    return waits, answered.count(False)
