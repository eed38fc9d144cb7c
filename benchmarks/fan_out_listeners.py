"""Many subscribers over graphql-transport-ws in one process, so small that they are not what is measured."""

import asyncio
import base64
import os
import socket
import struct
from collections.abc import Sequence
from typing import Any, Final

import orjson

TEXT, CLOSE, PING, PONG = 0x1, 0x8, 0x9, 0xA
PATIENCE: Final = 120.0
RECEIVING: Final = 4096
"""Bytes the system holds for one who reads nothing."""


class Heard:
    """What all of them have heard together."""

    def __init__(self) -> None:
        """Start with nothing."""
        self.results = 0
        self.last = b""
        self._awaited = 0
        self._enough = asyncio.Event()

    def result(self, text: bytes) -> None:
        """Count a result."""
        self.results, self.last = self.results + 1, text
        if self.results == self._awaited:
            self._enough.set()

    async def until(self, results: int) -> None:
        """Wait until so many results have come."""
        self._awaited = results
        self._enough.clear()
        if self.results < results:
            async with asyncio.timeout(PATIENCE):
                await self._enough.wait()


class Listener(asyncio.Protocol):
    """One connection with one subscription; `reads` tells whether it reads anything after subscribing."""

    def __init__(self, heard: Heard, query: str, token: str, number: int, *, reads: bool = True) -> None:
        """Take what is asked, and where to count."""
        self.heard, self.query, self.token, self.number, self.reads = heard, query, token, number, reads
        self.subscribed = asyncio.get_running_loop().create_future()
        self.lost = False
        self.results = 0
        self._opened = False
        self._data = bytearray()

    def connection_made(self, transport: Any) -> None:
        """Ask for the protocol."""
        self.transport = transport
        key = base64.b64encode(os.urandom(16)).decode()
        transport.write(
            b"GET /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n"
            + f"Sec-WebSocket-Key: {key}\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        """Take the answer to the handshake, then frames."""
        self._data += data
        if not self._opened:
            end = self._data.find(b"\r\n\r\n")
            if end < 0:
                return
            if not self._data.startswith(b"HTTP/1.1 101"):
                raise ConnectionError(bytes(self._data[:200]))
            del self._data[: end + 4]
            self._opened = True
            self._say({"type": "connection_init", "payload": {"Authorization": self.token} if self.token else {}})
        while (frame := self._frame()) is not None:
            self._take(*frame)

    def connection_lost(self, exc: Exception | None) -> None:
        """Note it."""
        self.lost = True

    def _frame(self) -> tuple[int, bytes] | None:
        data = self._data
        if len(data) < 2:
            return None
        length, start = data[1] & 0x7F, 2
        if length >= 126:
            form, start = (">H", 4) if length == 126 else (">Q", 10)
            if len(data) < start:
                return None
            (length,) = struct.unpack(form, data[2:start])
        if len(data) < start + length:
            return None
        opcode, payload = data[0] & 0x0F, bytes(data[start : start + length])
        del data[: start + length]
        return opcode, payload

    def _take(self, opcode: int, payload: bytes) -> None:
        if opcode == PING:
            self._send(PONG, payload)
        elif opcode == TEXT and b'"connection_ack"' in payload[:60]:
            self._say({"type": "subscribe", "id": f"s{self.number}", "payload": {"query": self.query}})
            self.subscribed.set_result(None)
            if not self.reads:
                self.transport.pause_reading()
        elif opcode == TEXT and b'"data"' in payload:
            self.results += 1
            self.heard.result(payload)

    def _say(self, message: dict[str, Any]) -> None:
        self._send(TEXT, orjson.dumps(message))

    def _send(self, opcode: int, payload: bytes) -> None:
        # A mask of zeros is a mask.
        length = len(payload)
        head = (
            bytes([0x80 | opcode, 0x80 | length]) if length < 126 else struct.pack(">BBH", 0x80 | opcode, 0xFE, length)
        )
        self.transport.write(head + b"\0\0\0\0" + payload)


async def listen(port: int, query: str, token: str, many: int, *, silent: int = 0, heard: Heard) -> Sequence[Listener]:
    """Open so many connections, of which the last `silent` read nothing."""
    loop = asyncio.get_running_loop()
    found: list[Listener] = []
    for number in range(many):
        reads = number < many - silent
        listener = Listener(heard, query, token, number, reads=reads)
        raw = socket.socket()
        if not reads:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVING)
        raw.setblocking(False)
        await loop.sock_connect(raw, ("127.0.0.1", port))
        await loop.create_connection(lambda listener=listener: listener, sock=raw)  # type: ignore[misc]  # bound at once
        async with asyncio.timeout(PATIENCE):
            await listener.subscribed
        found.append(listener)
    return found
