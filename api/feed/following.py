"""Follow the events: which rows to send, which to drop, and how far that reads."""

from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from api.feed.cursor import Cursor
from api.feed.position import LOWEST
from api.feed.types import FEED
from api.feed.walking import Difference, Key
from api.plan.decoding import DECODERS
from api.plan.registry import source_named
from api.plan.source import Kind
from api.plan.statement import Statement
from api.plan.viewer import Viewer
from api.plan.visibility import readable_among

BATCH: Final = 500
"""Events read for a page, most of which may be about what the viewer does not see."""


@dataclass(frozen=True, slots=True)
class Event:
    """What the feed needs of an event."""

    position: int
    identifier: int
    key: Key
    before: dict[str, Any] | None
    begun: int


class Followed(NamedTuple):
    """Rows to send or drop; the last event that was read; whether there are more."""

    differences: list[Difference]
    last: tuple[int, int]
    more: bool


async def follow(viewer: Viewer, cursor: Cursor, most: int) -> Followed:
    """Return what happened to up to `most` rows after the cursor."""
    events = await _events(cursor)
    visible = await _visible(viewer, {event.key for event in events})
    found: dict[Key, Difference] = {}
    last = cursor.position, cursor.event
    for event in events:
        if event.key not in found and (event.key in visible or _could_see(cursor, event)):
            if len(found) == most:
                return Followed(list(found.values()), last, True)
            found[event.key] = Difference(event.key, event.key in visible)
        last = event.position, event.identifier
    return Followed(list(found.values()), last, len(events) == BATCH)


def _could_see(cursor: Cursor, event: Event) -> bool:
    """Tell whether the copy may hold the row, as it was before the event."""
    if event.before is None:
        return False
    return any(each.saw(event.before, event.begun, event.position) for each in (*cursor.former, cursor.authority))


async def _events(cursor: Cursor) -> list[Event]:
    statement = Statement()
    followed = statement.among("object_type", list(FEED))
    beyond = f"(position, id) > ({statement.bind(cursor.position)}, {statement.bind(cursor.event)})"
    # On SQLite whatever is committed is below the horizon.
    settled = f" AND position < {LOWEST}" if statement.postgres else ""
    rows = await statement.fetch(
        f'SELECT position, id, object_type, object_id, "before", previous FROM event'
        f" WHERE {beyond}{settled} AND {followed} ORDER BY position, id LIMIT {BATCH}"
    )
    decode: Any = DECODERS[Kind.JSON]
    return [
        Event(
            row["position"], row["id"], (row["object_type"], row["object_id"]),
            None if row["before"] is None else decode(row["before"]), row["previous"],
        )
        for row in rows
    ]  # fmt: skip


async def _visible(viewer: Viewer, keys: set[Key]) -> set[Key]:
    found: set[Key] = set()
    for name in FEED:
        if identifiers := [key for kind, key in keys if kind == name]:
            found |= {(name, key) for key in await readable_among(source_named(name), viewer, identifiers)}
    return found
