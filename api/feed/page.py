"""One page of the feed: from a cursor to the next."""

from dataclasses import dataclass, replace
from typing import Final

from api.errors import LimitExceeded
from api.feed.authority import Authority
from api.feed.cursor import Cursor, restart
from api.feed.following import follow
from api.feed.position import snapshot
from api.feed.pruning import pruned_up_to
from api.feed.walking import Difference, Key, walk
from api.plan.reader import read_by_ids
from api.plan.selection import Selected
from api.plan.source import Row
from api.plan.viewer import Viewer

MAXIMUM: Final = 100


@dataclass(frozen=True, slots=True)
class Change:
    """A row as it is now; None: drop it from the copy."""

    key: Key
    row: Row | None


@dataclass(frozen=True, slots=True)
class ChangePage:
    """Changes in their order, the cursor to go on from, and whether there is more to read at once."""

    changes: list[Change]
    cursor: str
    more: bool


async def changes(viewer: Viewer, after: str | None, first: int, selection: Selected | None) -> ChangePage:
    """Return the changes that follow a cursor; without one, everything that is visible first.

    `selection` is what was asked of each row; None: nothing but its identifier.

    Raises:
        InvalidInput: the cursor is none of this viewer's, or from before events that are forgotten; the copy
            must be made anew.
        LimitExceeded: more than 100 asked for.
    """
    if not 1 <= first <= MAXIMUM:
        raise LimitExceeded(f"first 须在 1 到 {MAXIMUM} 之间", f"first must be from 1 to {MAXIMUM}", ("first",))
    owner = viewer.principal.actor
    # The horizon is read before any row: what is written later has an event that is still to come.
    present = await snapshot()
    authority = Authority.of(viewer, present)
    if after is None:
        cursor = Cursor.start(owner, authority)
    else:
        cursor = Cursor.opened(after, owner)
        if cursor.position > present.high:
            raise restart("数据库已从备份恢复,请从头同步", "The database was restored from a backup; start anew")
        if not cursor.same_rights(authority):
            cursor = cursor.under(authority)
    if cursor.scan is not None:
        page = await _walked(viewer, cursor, first, selection)
    else:
        page = await _followed(viewer, cursor, first, selection, present.low)
    # Asked last: what is forgotten meanwhile was read, or is known to be missing.
    forgotten = await pruned_up_to()
    if forgotten is not None and (cursor.position, cursor.event) < forgotten:
        raise restart(
            "游标过旧,其后的变更已不再保留,请从头同步",
            "The cursor is too old: later changes are no longer kept; start anew",
        )
    return page


async def _walked(viewer: Viewer, cursor: Cursor, first: int, selection: Selected | None) -> ChangePage:
    found, onward = await walk(viewer, cursor, first)
    told = await _rows(viewer, found, selection)
    cursor = await _read(cursor)
    # Up to the end of the walk an event may tell of a row that the former rights brought.
    until = cursor.authority.until.high if onward is None else cursor.until
    return ChangePage(told, replace(cursor, scan=onward, until=until).sealed(), True)


async def _followed(viewer: Viewer, cursor: Cursor, first: int, selection: Selected | None, low: int) -> ChangePage:
    found, (position, event), more = await follow(viewer, cursor, first)
    told = await _rows(viewer, found, selection)
    cursor = replace(await _read(cursor), position=position, event=event)
    if position >= cursor.until or (not more and low >= cursor.until):
        cursor = replace(cursor, former=())
    return ChangePage(told, cursor.sealed(), more)


async def _read(cursor: Cursor) -> Cursor:
    """Note, after the last row was read, that a page was read under the present rights."""
    return replace(cursor, authority=replace(cursor.authority, until=await snapshot()))


async def _rows(viewer: Viewer, found: list[Difference], selection: Selected | None) -> list[Change]:
    rows: dict[Key, Row] = {}
    wanted: dict[str, list[int]] = {}
    for (name, identifier), shown in found:
        if shown:
            wanted.setdefault(name, []).append(identifier)
    for name, identifiers in wanted.items():
        asked = selection or Selected("node", "node", 0, name, {}, [])
        read = await read_by_ids(viewer, name, identifiers, asked)
        rows |= {(name, key): row for key, row in read.items()}
    # A row that went between two statements is dropped; its own event comes later and does no harm.
    return [Change(each.key, rows.get(each.key)) for each in found]


__all__ = ["Change", "ChangePage", "changes"]
