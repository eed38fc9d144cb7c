"""The days of the story: at noon of each, all that happened is one unit of work."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from contextlib import asynccontextmanager
from itertools import groupby

from api import clock
from api.commands.unit_of_work import joined_work
from api.plan.viewer import Viewer
from seeds.files import Entry, noon


@asynccontextmanager
async def on(viewer: Viewer, day: str) -> AsyncIterator[None]:
    """Stand at noon of a day; what is done there is one unit of work."""
    with clock.fixed(noon(day)):
        async with joined_work(viewer):
            yield


def by_day(found: Iterable[Entry], name: str) -> Iterator[tuple[str, list[Entry]]]:
    """Return the entries of each day, the oldest first, each day's in their order; `name` holds the day."""
    ordered = sorted(found, key=lambda entry: str(entry[name]))
    for day, group in groupby(ordered, key=lambda entry: str(entry[name])):
        yield day, list(group)


async def on_their_days(
    viewer: Viewer, found: Iterable[Entry], name: str, enter: Callable[[Entry], Awaitable[None]]
) -> None:
    """Enter the entries one by one, standing at the day of each."""
    for day, group in by_day(found, name):
        async with on(viewer, day):
            for entry in group:
                await enter(entry)
