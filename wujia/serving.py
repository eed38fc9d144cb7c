"""The web server, which ends subscriptions before it waits for open connections to close."""

import asyncio
import gc
import socket
from typing import Any, Final

import uvicorn

GRACE: Final = 100
"""Hundredths of a second in which subscribers are told that it is over."""

LAST_WORDS: Final = 0.2


class Server(uvicorn.Server):
    """A server whose stop is not held up by those who follow."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start as usual, then take what will stay out of the sight of the garbage collector.

        The schema alone is half a million objects; looking through them all takes a tenth of a second each time.
        """
        await super().startup(sockets)
        gc.collect()
        gc.freeze()

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
