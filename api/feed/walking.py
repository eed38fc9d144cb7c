"""Walk the tables: which rows one set of rights sees and another does not."""

from typing import Final, NamedTuple

from api.feed.authority import Authority
from api.feed.cursor import Cursor
from api.feed.types import FEED
from api.plan.registry import source_named
from api.plan.statement import Statement
from api.plan.viewer import Viewer
from api.plan.visibility import readable

Key = tuple[str, int]
_FALSE: Final = "1 = 0"


class Difference(NamedTuple):
    """A row to send, or one to drop."""

    key: Key
    shown: bool


async def walk(viewer: Viewer, cursor: Cursor, most: int) -> tuple[list[Difference], Key | None]:
    """Return up to `most` rows after `cursor.scan`, and where to go on; None: that was the last."""
    assert cursor.scan is not None
    first, after = cursor.scan
    found: list[Difference] = []
    for name in FEED[FEED.index(first) :]:
        if not all(each.same(cursor.authority, name) for each in cursor.former):
            rows = await _differing(viewer, cursor.former, name, after, most + 1 - len(found))
            found += rows
            if len(found) > most:
                found = found[:most]
                return found, found[-1].key if found else (name, after)
        after = 0
    return found, None


async def _differing(
    viewer: Viewer, former: tuple[Authority, ...], name: str, after: int, most: int
) -> list[Difference]:
    """Return rows that are seen now and were not, for certain, before; and those that may have been and are not now."""
    source, statement = source_named(name), Statement()
    now = f"({readable(source, viewer, statement)})"
    then = [f"({readable(source, each, statement)})" for each in former]
    # Rights that a copy was made under no longer saw what a row became only after the last page.
    begun = (
        "COALESCE((SELECT MAX(e.position) FROM event e"
        f" WHERE e.object_type = {statement.bind(name)} AND e.object_id = t.id), 0)"
    )
    held = []
    for sees, each in zip(then, former, strict=True):
        running = statement.among(begun, list(each.until.running))
        held.append(f"({sees} AND {begun} < {statement.bind(each.until.high)} AND NOT ({running}))")
    certain, perhaps = " AND ".join(then) or _FALSE, " OR ".join(held) or _FALSE
    rows = await statement.fetch(
        f"SELECT t.id, CASE WHEN {now} THEN 1 ELSE 0 END AS shown FROM {source.as_t}"
        f" WHERE t.id > {statement.bind(after)} AND (({now} AND NOT COALESCE(({certain}), FALSE))"
        f" OR (({perhaps}) AND NOT COALESCE({now}, FALSE))) ORDER BY t.id LIMIT {most}"
    )
    return [Difference((name, row["id"]), bool(row["shown"])) for row in rows]
