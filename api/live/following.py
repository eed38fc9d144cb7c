"""What a subscription field does: say what it follows, and read what one piece of news is about."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final, Protocol

from api.live.hub import News
from api.plan.viewer import Viewer

AT_ONCE: Final = 100
"""Objects of one piece of news that are read at a time, each time for who the subscriber then is."""
Read = Callable[[Viewer, list[int]], Awaitable[list[Any]]]
Concerns = Callable[[frozenset[str]], bool]


@dataclass(frozen=True, slots=True)
class Followed:
    """What a subscription field follows: rows of a type under its key in the answer, when these kinds of events come.

    `read` gives the rows among those of the news that pass the field's filter, for whoever is then the viewer.
    """

    object_type: str
    key: str
    read: Read
    concerns: Concerns

    def concerned(self, news: News) -> list[int]:
        """Return the objects in the news whose events concern the field."""
        return [identifier for identifier, kinds in news.kinds.items() if self.concerns(kinds)]


@dataclass(slots=True)
class Live:
    """One execution of a subscription: about these objects, or about none, when it is only to be begun.

    The field notes what it follows.
    """

    about: list[int]
    followed: Followed | None = None


class Following(Protocol):
    """The context of a subscription."""

    viewer: Viewer
    live: Live | None


async def follow(context: Following, followed: Followed) -> AsyncIterator[Any]:
    """Yield the rows that the news is about; without news, only try whether the question can be asked.

    Raises:
        DomainError: what the reading says of the question itself.
    """
    live = context.live
    if live is None:
        raise RuntimeError("subscriptions need news")
    live.followed = followed
    for row in await followed.read(context.viewer, live.about):
        yield row
