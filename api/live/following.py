"""What a subscription field does: wait for news, ask again who is asking, read what they may see."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Final, Protocol

from api.live.hub import Hub, News
from api.plan.source import Row
from api.plan.viewer import Viewer

AT_ONCE: Final = 100
Read = Callable[[Viewer, list[int]], Awaitable[list[Row]]]


@dataclass(frozen=True, slots=True)
class Live:
    """The process's hub, and how to learn anew who the subscriber is and what they may."""

    hub: Hub
    renew: Callable[[], Awaitable[Viewer]]


class Following(Protocol):
    """The context of a subscription: its viewer is replaced at each piece of news."""

    viewer: Viewer
    live: Live | None


async def follow(
    context: Following, object_type: str, read: Read, concerns: Callable[[frozenset[str]], bool]
) -> AsyncIterator[Row]:
    """Yield the rows of a type as they change, if the kinds of their events concern the subscriber.

    Raises:
        DomainError: what `read` says of the question itself, at once; TooSlow; Unauthenticated, when the
            credentials are no longer accepted.
    """
    live = context.live
    if live is None:
        raise RuntimeError("subscriptions need a hub")
    with live.hub.subscribed(object_type) as subscriber:
        await read(context.viewer, [])
        async for news in subscriber.news():
            identifiers = _concerned(news, concerns)
            for start in range(0, len(identifiers), AT_ONCE):
                context.viewer = await live.renew()
                for row in await read(context.viewer, identifiers[start : start + AT_ONCE]):
                    yield row


def _concerned(news: News, concerns: Callable[[frozenset[str]], bool]) -> list[int]:
    return [identifier for identifier, kinds in news.kinds.items() if concerns(kinds)]
