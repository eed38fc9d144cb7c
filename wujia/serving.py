"""The web server: it ends subscriptions before it stops, and cuts off connections whose other side takes nothing."""

import asyncio
import gc
import socket
from typing import Any, Final

import uvicorn
from starlette.applications import Starlette

GRACE: Final = 100
"""Hundredths of a second in which subscribers are told that it is over."""

LAST_WORDS: Final = 0.2
LOOK: Final = 50
"""Tenths of a second between two looks at what waits in the connections."""
STUCK: Final = 6
"""Looks in a row after which a connection is cut off, when not a byte was taken."""
PINGS: Final = 64
"""Bytes that may come to what waits, since uvicorn pings whoever takes nothing too."""
YOUNG: Final = 20_000
"""New objects after which Python looks for garbage among them."""


def configured(app: Starlette, **more: Any) -> uvicorn.Config:
    """Return how an application is served.

    WebSocket frames are not compressed: each connection would do it on its own, for more than all the rest costs.
    """
    return uvicorn.Config(app, access_log=False, ws="websockets-sansio", ws_per_message_deflate=False, **more)


def collect_seldom() -> None:
    """Have Python look for garbage less often.

    It looks after 700 new objects and soon through all there are, which thousands of waiting connections make many.
    """
    gc.set_threshold(YOUNG, *gc.get_threshold()[1:])


class Server(uvicorn.Server):
    """A server that is held up by nobody: neither its stop by those who follow, nor its memory by who reads nothing."""

    def __init__(self, config: uvicorn.Config) -> None:
        """Serve as configured."""
        super().__init__(config)
        self._waiting: dict[Any, tuple[int, int]] = {}

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start as usual, then take what will stay out of the sight of the garbage collector.

        The schema alone is half a million objects; looking through them all takes a tenth of a second each time.
        """
        collect_seldom()
        await super().startup(sockets)
        gc.collect()
        gc.freeze()

    async def on_tick(self, counter: int) -> bool:
        """Look at the connections from time to time; tell whether to stop."""
        if counter % LOOK == 0:
            self._cut_off()
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End what would go on for ever, then stop as usual."""
        app: Any = self.config.app
        app.state.hub.end()
        for _ in range(GRACE):
            if not app.state.hub.followed:
                break
            await asyncio.sleep(0.01)
        # Their last words are on the way.
        await asyncio.sleep(LAST_WORDS)
        await super().shutdown(sockets)

    def _cut_off(self) -> None:
        """Abort connections of which nothing was taken for so long: uvicorn waits for them for ever."""
        still: dict[Any, tuple[int, int]] = {}
        for connection in tuple(self.server_state.connections):
            transport: Any = connection.transport
            waiting = transport.get_write_buffer_size()
            before, looks = self._waiting.get(connection, (0, 0))
            looks = looks + 1 if 0 < before <= waiting <= before + PINGS else 0
            if looks >= STUCK:
                transport.abort()
            elif waiting:
                still[connection] = (waiting, looks)
        self._waiting = still
