"""Numbers of documents: place, kind of document, year and counter (永济-柳园-需-2026-0003)."""

from collections.abc import Awaitable, Callable, Iterable

from api import clock
from api.commands.rows import Rows
from api.models import Place
from api.models.choices import PlaceKind

LONGEST_NAME = 10
REGIONS = (PlaceKind.DISTRICT, PlaceKind.CITY, PlaceKind.PROVINCE)
# Words that a place's name can do without in a number.
SUFFIXES = ("社区", "街道", "小区", "市", "区", "县", "镇", "村", "省")
Used = Callable[[str], Awaitable[Iterable[str]]]


async def next_number(path: str, word: str, used: Used) -> str:
    """Return the next free number of a place; `word` stands for the kind of document.

    `used` returns the numbers that begin with a prefix. Whoever numbers a document of the same place at the
    same time waits here until this unit of work ends.
    """
    above = await Rows().above(path)
    # Not for the key, which each of them holds already by the new row that points to the place, so that
    # two would wait for each other.
    await Place.filter(id=above[0].id).select_for_update(no_key=True).first()
    region = next((place for place in above[1:] if place.kind in REGIONS), None)
    names = [_short(place.name_zh) for place in (region, above[0]) if place is not None]
    prefix = "-".join([*names, word, str(clock.today().year), ""])
    counters = [number.removeprefix(prefix) for number in await used(prefix)]
    highest = max((int(each) for each in counters if each.isascii() and each.isdigit()), default=0)
    return f"{prefix}{highest + 1:04d}"


def _short(name: str) -> str:
    for suffix in SUFFIXES:
        if name.endswith(suffix) and len(name) > len(suffix) + 1:
            name = name.removesuffix(suffix)
            break
    return name[:LONGEST_NAME]
