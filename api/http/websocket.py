"""Subscriptions over WebSocket, by the protocol graphql-transport-ws; the older graphql-ws is not spoken."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import aclosing, suppress
from typing import Any, Final
from uuid import uuid4

import orjson
from starlette.websockets import WebSocket, WebSocketDisconnect
from strawberry.http import GraphQLRequestData

from api.errors import ErrorCode
from api.http.body import parse_json
from api.http.closing import ENDING, Close, Closing, seating
from api.http.connections import Seat
from api.http.faults import log_fault
from api.http.negotiation import language
from api.http.refusals import Refusal, error_of
from api.http.streaming import Caller
from api.http.telling import Told

PROTOCOL: Final = "graphql-transport-ws"
INITIALISATION: Final = 10.0
"""Seconds within which a client says who it is."""
KEEP_ALIVE: Final = 25.0
MOST_SUBSCRIPTIONS: Final = 20
"""Subscriptions that one connection may have at a time."""
LONGEST_ID: Final = 100
LONGEST_REASON: Final = 120
"""Bytes of a reason for closing that fit a control frame."""


Callers = Callable[[WebSocket, str | None, str | None, str], Caller]
Asked = Callable[[Mapping[str, Any]], GraphQLRequestData]
Results = Callable[[Caller, GraphQLRequestData], Any]


class Connection:
    """One connection and its subscriptions."""

    def __init__(
        self, socket: WebSocket, callers: Callers, asked: Asked, results: Results, most_bytes: int, seat: Seat
    ) -> None:
        """Take the socket, how to know a caller, read and run a subscription, the largest message, and what counts."""
        self._socket, self._callers, self._asked, self._results = socket, callers, asked, results
        self._most_bytes, self._seat = most_bytes, seat
        self._caller: Caller | None = None
        self._running: dict[str, asyncio.Task[None]] = {}
        self._closing: asyncio.Future[Closing] = asyncio.get_running_loop().create_future()
        self._sending = asyncio.Lock()

    async def run(self) -> None:
        """Speak until either side ends it."""
        if PROTOCOL not in self._socket.scope["subprotocols"]:
            # Without a protocol there is no code to tell; the handshake is refused.
            await self._socket.close(1002)
            return
        await self._socket.accept(subprotocol=PROTOCOL)
        reading = asyncio.create_task(self._read())
        keeping = asyncio.create_task(self._keep_alive())
        try:
            await asyncio.wait((reading, keeping, self._closing), return_when=asyncio.FIRST_COMPLETED)
            for ended in (reading, keeping):
                if ended.done() and (fault := ended.exception()) is not None:
                    self._end(fault if isinstance(fault, Closing) else self._unforeseen(fault))
            if self._closing.done():
                closing = self._closing.result()
                with suppress(RuntimeError, WebSocketDisconnect):
                    reason = closing.reason.encode()[:LONGEST_REASON].decode(errors="ignore")
                    await self._socket.close(int(closing.code), reason)
        finally:
            tasks = [reading, keeping, *self._running.values()]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self._closing.cancel()

    def _unforeseen(self, fault: BaseException) -> Closing:
        reference = uuid4().hex
        log_fault(fault, reference, words=False)
        return Closing(Close.INTERNAL, f"Internal error {reference}")

    def _end(self, closing: Closing) -> None:
        if not self._closing.done():
            self._closing.set_result(closing)

    async def _read(self) -> None:
        with seating():
            self._seat.arrive()
        try:
            try:
                async with asyncio.timeout(INITIALISATION):
                    while self._caller is None:
                        await self._handle(await self._receive())
            except TimeoutError:
                raise Closing(Close.NO_INITIALISATION, "Connection initialisation timeout") from None
            while True:
                await self._handle(await self._receive())
        except WebSocketDisconnect:
            return

    async def _receive(self) -> Mapping[str, Any]:
        message = await self._socket.receive()
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(message.get("code", 1000))
        text = message.get("text")
        if not isinstance(text, str) or len(text) > self._most_bytes:
            raise Closing(Close.BAD_MESSAGE, "Messages are JSON texts of a bounded length")
        try:
            value = parse_json(text)
        except Refusal as refusal:
            raise Closing(Close.BAD_MESSAGE, refusal.en) from None
        if not isinstance(value, dict):
            raise Closing(Close.BAD_MESSAGE, "A message is a JSON object")
        return value

    async def _handle(self, message: Mapping[str, Any]) -> None:
        handlers: Mapping[Any, Callable[[Mapping[str, Any]], Awaitable[None]]] = {
            "connection_init": self._initialise,
            "ping": self._pong,
            "pong": self._ignore,
            "subscribe": self._subscribe,
            "complete": self._complete,
        }
        kind = message.get("type")
        handler = handlers.get(kind) if isinstance(kind, str) else None
        if handler is None:
            raise Closing(Close.BAD_MESSAGE, "Unknown type of message")
        await handler(message)

    async def _initialise(self, message: Mapping[str, Any]) -> None:
        if self._caller is not None:
            raise Closing(Close.TOO_MANY_INITIALISATIONS, "Too many initialisation requests")
        payload = message.get("payload") or {}
        if not isinstance(payload, dict):
            raise Closing(Close.BAD_MESSAGE, "The payload is a JSON object")
        given = {str(name).lower(): value for name, value in payload.items() if isinstance(value, str)}
        headers = self._socket.headers
        spoken = given.get("accept-language") or headers.get("accept-language")
        header = given.get("authorization") or headers.get("authorization")
        caller = self._callers(self._socket, header, language(spoken), uuid4().hex)
        try:
            viewer = await caller.viewer()
        except Refusal as refusal:
            raise Closing(Close.FORBIDDEN, f"Forbidden: {refusal.en}") from None
        with seating():
            self._seat.known(viewer.principal)
        self._caller = caller
        await self._send({"type": "connection_ack"})

    async def _pong(self, message: Mapping[str, Any]) -> None:
        payload = message.get("payload")
        await self._send({"type": "pong"} if payload is None else {"type": "pong", "payload": payload})

    async def _ignore(self, message: Mapping[str, Any]) -> None:
        return

    async def _subscribe(self, message: Mapping[str, Any]) -> None:
        if self._caller is None:
            raise Closing(Close.UNAUTHORISED, "Unauthorized")
        identifier, payload = message.get("id"), message.get("payload")
        if not isinstance(identifier, str) or not 0 < len(identifier) <= LONGEST_ID or not isinstance(payload, dict):
            raise Closing(Close.BAD_MESSAGE, "A subscribe message has an id, and a payload")
        if identifier in self._running:
            raise Closing(Close.SUBSCRIBER_EXISTS, f"Subscriber for {identifier} already exists")
        try:
            asked = self._asked(payload)
            if len(self._running) >= MOST_SUBSCRIPTIONS:
                most = MOST_SUBSCRIPTIONS
                zh, en = f"一个连接最多 {most} 个订阅", f"At most {most} subscriptions a connection"
                raise Refusal(429, ErrorCode.LIMIT_EXCEEDED, zh, en)
        except Refusal as refusal:
            if refusal.status == 400:
                raise Closing(Close.BAD_MESSAGE, refusal.en) from None
            error = error_of(refusal, self._caller.spoken)
            await self._send({"id": identifier, "type": "error", "payload": [error]})
            return
        self._running[identifier] = asyncio.create_task(self._run(identifier, self._caller, asked))

    async def _complete(self, message: Mapping[str, Any]) -> None:
        task = self._running.pop(str(message.get("id")), None)
        if task is not None:
            task.cancel()

    async def _run(self, identifier: str, caller: Caller, asked: GraphQLRequestData) -> None:
        # What equal subscribers are told is written once; only the id around it is each one's own.
        begin = f'{{"id":{orjson.dumps(identifier).decode()},"type":"next","payload":'
        try:
            async with aclosing(self._results(caller, asked)) as stream:
                async for told in stream:
                    if told.refused or told.last in ENDING:
                        await self._refuse(identifier, told)
                        return
                    if told.payload:
                        await self._send_text(f"{begin}{told.payload}}}")
            self._running.pop(identifier, None)
            await self._send({"id": identifier, "type": "complete"})
        except Refusal as refusal:
            self._end(Closing(Close.FORBIDDEN, f"Forbidden: {refusal.en}"))
        except (RuntimeError, WebSocketDisconnect):
            # The other side is gone; reading notices it as well.
            return
        except Exception as fault:
            self._end(self._unforeseen(fault))

    async def _refuse(self, identifier: str, told: Told) -> None:
        if told.last is not None:
            self._end(Closing(ENDING[told.last], told.errors[0]["message"]))
            return
        self._running.pop(identifier, None)
        await self._send({"id": identifier, "type": "error", "payload": told.errors})

    async def _keep_alive(self) -> None:
        while True:
            await asyncio.sleep(KEEP_ALIVE)
            if self._caller is not None:
                try:
                    await self._caller.still_accepted()
                except Refusal as refusal:
                    raise Closing(Close.FORBIDDEN, f"Forbidden: {refusal.en}") from None
                await self._send({"type": "ping"})

    async def _send(self, message: Mapping[str, Any]) -> None:
        await self._send_text(orjson.dumps(message).decode())

    async def _send_text(self, text: str) -> None:
        # Text: clients take a binary frame for a breach of the protocol.
        async with self._sending:
            await self._socket.send_text(text)
