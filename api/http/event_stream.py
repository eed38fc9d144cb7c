"""Subscriptions as server-sent events: one request, one stream (graphql-sse, distinct connections mode)."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Final

from starlette.requests import Request
from starlette.responses import StreamingResponse

from api.http.negotiation import weighted
from api.http.refusals import PLAIN_HEADERS, VARY, Code, Refusal
from api.http.telling import Told

EVENT_STREAM: Final = "text/event-stream"
KEEP_ALIVE: Final = 15.0
"""Seconds of silence after which a comment is sent, so that nobody between takes the connection for dead."""


def wants_events(request: Request) -> bool:
    """Tell whether the answer may be a stream of events."""
    accepted = request.headers.get("accept", "")
    return request.method == "POST" and any(name == EVENT_STREAM and weight > 0 for name, weight in weighted(accepted))


def not_streamed() -> Refusal:
    """Return the refusal of what is no subscription."""
    return Refusal(
        406, Code.NOT_ACCEPTABLE, f"只有订阅能以 {EVENT_STREAM} 提供", f"Only subscriptions come as {EVENT_STREAM}"
    )


def event_response(following: AsyncGenerator[Told, None]) -> StreamingResponse:
    """Return the stream of a subscription."""
    headers = {**PLAIN_HEADERS, "Vary": VARY, "X-Accel-Buffering": "no"}
    return StreamingResponse(_events(following), 200, headers, media_type=EVENT_STREAM)


async def _events(following: AsyncGenerator[Told, None]) -> AsyncIterator[bytes]:
    upcoming: asyncio.Task[Told | None] = asyncio.create_task(_take(following))
    try:
        while True:
            done, _ = await asyncio.wait((upcoming,), timeout=KEEP_ALIVE)
            if not done:
                yield b":\n\n"
                continue
            told = upcoming.result()
            if told is None:
                break
            yield told.event
            if told.refused or told.last is not None:
                break
            upcoming = asyncio.create_task(_take(following))
        yield b"event: complete\ndata:\n\n"
    finally:
        upcoming.cancel()
        await asyncio.wait((upcoming,))
        await following.aclose()


async def _take(following: AsyncIterator[Told]) -> Told | None:
    return await anext(following, None)
