"""What equal subscribers have in common is done once, by whoever comes first."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Any, Final, TypeVar

KEPT: Final = 1.0
"""Seconds for which what was done serves those who come later; they all come at once, but for the slow ones."""
_Done = TypeVar("_Done")


class Shared:
    """Work in progress and just done, by a key that says all on which its outcome depends.

    Nothing is kept for the slow: what waits for them is the news alone, and they have it read anew.
    """

    def __init__(self) -> None:
        """Start with nothing done."""
        self._doing: dict[Hashable, asyncio.Task[Any]] = {}
        # For tests: how often something was done.
        self.done = 0

    async def once(self, key: Hashable, do: Callable[[], Awaitable[_Done]]) -> _Done:
        """Return what `do` returns, or raise what it raises: done by this caller or by an equal one."""
        task = self._doing.get(key)
        if task is None:
            task = self._doing[key] = asyncio.create_task(_of(do))
            task.add_done_callback(lambda done: self._finished(key, done))
        if task.done():
            outcome: _Done = task.result()
            return outcome
        # Whoever goes away meanwhile takes nothing from the others.
        return await asyncio.shield(task)

    @property
    def kept(self) -> int:
        """Return how much is in progress or kept."""
        return len(self._doing)

    def _finished(self, key: Hashable, task: "asyncio.Task[Any]") -> None:
        self.done += 1
        if task.cancelled() or task.exception() is not None:
            self._doing.pop(key, None)
        else:
            asyncio.get_running_loop().call_later(KEPT, self._doing.pop, key, None)


async def _of(do: Callable[[], Awaitable[_Done]]) -> _Done:
    return await do()
