"""Write events: what happened, and how visible the row was before and is after; webhooks get theirs from here.

Called within the transaction that changes the rows, after they were written. What hangs on a row that became
visible to others, as matches hang on a need, is told along.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from api import clock
from api.feed.announcing import announce
from api.feed.position import current_position
from api.feed.standing import Standing, standings
from api.feed.types import BORROWED, FEED
from api.identifiers import new_id
from api.models import Event
from api.plan.decoding import DECODERS
from api.plan.registry import source_named
from api.plan.source import Kind
from api.plan.statement import Statement, chunks
from api.webhooks.outbox import write_deliveries

Key = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Happened:
    """One thing that happened to an object; `path` is that of its place."""

    kind: str
    object_type: str
    object_id: int
    path: str


@dataclass(slots=True)
class _Told:
    """What was said of an object last."""

    number: int = 0
    position: int = 0
    standing: Standing | None = None


async def tell(happened: Sequence[Happened]) -> None:
    """Write an event for each, and for what hangs on those whose visibility changed."""
    if not happened:
        return
    position, moment = await current_position(), clock.now()
    await announce(position)
    known: set[Key] = set()
    waiting = list(happened)
    while waiting:
        keys = {(each.object_type, each.object_id) for each in waiting}
        told, now = await _last_told(keys), await _standings(keys)
        # What only hangs on others is told when it differs.
        if known:
            waiting = [each for each in waiting if told[_key(each)].standing != now.get(_key(each))]
        events, moved = [], set()
        for each in waiting:
            key = _key(each)
            before, after = told[key], now.get(key)
            if before.standing is not None and before.standing != after:
                moved.add(key)
            events.append(
                Event(
                    id=new_id(), at=moment, kind=each.kind, object_type=each.object_type, object_id=each.object_id,
                    path=each.path, payload={}, position=position, number=before.number + 1,
                    previous=before.position,
                    before=before.standing, after=after,
                )
            )  # fmt: skip
            told[key] = _Told(before.number + 1, position, after)
        await Event.bulk_create(events, batch_size=500)
        await write_deliveries(events)
        known |= keys
        waiting = [each for each in await _hanging_on(moved) if _key(each) not in known]


def _key(happened: Happened) -> Key:
    return happened.object_type, happened.object_id


def _by_type(keys: Iterable[Key]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for name, identifier in sorted(keys):
        if name in FEED:
            found.setdefault(name, []).append(identifier)
    return found


async def _standings(keys: Collection[Key]) -> dict[Key, Standing]:
    found: dict[Key, Standing] = {}
    for name, identifiers in _by_type(keys).items():
        found |= {(name, key): standing for key, standing in (await standings(name, identifiers)).items()}
    return found


async def _last_told(keys: Collection[Key]) -> dict[Key, _Told]:
    found = {key: _Told() for key in keys}
    decode: Any = DECODERS[Kind.JSON]
    for name, identifiers in _by_type(keys).items():
        for some in chunks(identifiers):
            statement = Statement()
            # Said twice, or the database reads every event of the type to find the newest ones of these.
            theirs = f"object_type = {statement.bind(name)} AND {statement.among('object_id', some)}"
            newest = f"SELECT object_id AS key, MAX(number) AS newest FROM event WHERE {theirs} GROUP BY object_id"
            rows = await statement.fetch(
                f'SELECT object_id, number, position, "after" FROM event JOIN ({newest}) last'
                f" ON last.key = object_id AND last.newest = number WHERE {theirs}"
            )
            for row in rows:
                after = None if row["after"] is None else decode(row["after"])
                found[name, row["object_id"]] = _Told(row["number"], row["position"], after)
    return found


async def _hanging_on(moved: Collection[Key]) -> list[Happened]:
    """Return the rows of the feed that belong to rows whose visibility changed."""
    found: dict[Key, Happened] = {}
    above = _by_type(moved)
    for name in FEED:
        source = source_named(name)
        for parent in (*source.parents, *BORROWED.get(name, ())):
            for some in chunks(above.get(parent.source, [])):
                statement = Statement()
                rows = await statement.fetch(
                    f"SELECT t.id, {source.columns['path']} AS path FROM {source.as_t}"
                    f" WHERE {statement.among(parent.column, some)}"
                )
                for row in rows:
                    kind = f"{name[0].lower()}{name[1:]}.move"
                    found[name, row["id"]] = Happened(kind, name, row["id"], row["path"])
    return list(found.values())
