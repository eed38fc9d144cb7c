"""What a subscription field does: say what it follows, and read what one piece of news is about."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Final, Protocol

from api.live.hub import News
from api.plan.source import Row
from api.plan.viewer import Viewer

AT_ONCE: Final = 100
"""Objects of one piece of news that are read at a time, each time for who the subscriber then is."""
Read = Callable[[Viewer, list[int]], Awaitable[list[Row]]]
Concerns = Callable[[frozenset[str]], bool]


@dataclass(slots=True)
class Live:
    """One execution of a subscription: about these objects, or about none, when it is only to be begun.

    The field notes which type it follows, and which kinds of events concern it.
    """

    about: list[int]
    object_type: str | None = None
    concerns: Concerns = bool

    def concerned(self, news: News) -> list[int]:
        """Return the objects in the news whose events concern the field."""
        return [identifier for identifier, kinds in news.kinds.items() if self.concerns(kinds)]


class Following(Protocol):
    """The context of a subscription."""

    viewer: Viewer
    live: Live | None


async def follow(context: Following, object_type: str, read: Read, concerns: Concerns) -> AsyncIterator[Row]:
    """Yield the rows of a type that the news is about; without news, only try whether the question can be asked.

    Raises:
        DomainError: what `read` says of the question itself.
    """
    live = context.live
    if live is None:
        raise RuntimeError("subscriptions need news")
    live.object_type, live.concerns = object_type, concerns
    for row in await read(context.viewer, live.about):
        yield row
