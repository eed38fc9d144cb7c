"""Whether events say of every row what is true of it: a change that nobody told would make copies drift apart."""

from typing import Any

from api.feed.standing import standings
from api.feed.types import FEED
from api.models import Event


async def drifted() -> list[str]:
    """Return the objects of which the last event says something else than permissions see now."""
    last: dict[tuple[str, int], Any] = {}
    for event in await Event.filter(object_type__in=FEED).order_by("number"):
        last[event.object_type, event.object_id] = event.after
    found = []
    for name in FEED:
        told = {key: after for (kind, key), after in last.items() if kind == name}
        now = await standings(name, told)
        found += [f"{name}:{key}" for key, after in told.items() if after != now.get(key)]
    return found


async def never_told() -> list[str]:
    """Return the rows of the feed that no event speaks of."""
    from api.plan.registry import source_named
    from api.plan.statement import Statement

    found = []
    for name in FEED:
        source, statement = source_named(name), Statement()
        rows = await statement.fetch(
            f'SELECT t.id FROM "{source.table}" t {source.joins} WHERE {source.where or "1 = 1"} AND NOT EXISTS'
            f" (SELECT 1 FROM event e WHERE e.object_type = {statement.bind(name)} AND e.object_id = t.id)"
        )
        found += [f"{name}:{row['id']}" for row in rows]
    return found
