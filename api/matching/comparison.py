"""双向对照: beside each item of a list what stands on other published lists and could serve it, or be served.

The suggestions of the engine, restricted to pairs of which both sides stand on a published list, and to what the
viewer may see: match, item and list. One statement a kind of counterpart, however many items are asked about.
"""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any, Final

from api.matching.coverage import SOURCES, published
from api.matching.list_coverage import FIELDS
from api.models.choices import ListKind
from api.plan.loaders import loader
from api.plan.reader import read_by_ids
from api.plan.registry import source_named
from api.plan.selection import Selected
from api.plan.source import Row
from api.plan.statement import Statement
from api.plan.viewer import Viewer
from api.plan.visibility import readable
from api.state_machines.match import MatchStatus

MOST: Final = 10
"""Counterparts of one item, the best first; each other item once, by its best match."""
SIDES: Final = {
    ListKind.NEED: (ListKind.RESOURCE,),
    ListKind.PROJECT: (ListKind.RESOURCE,),
    ListKind.RESOURCE: (ListKind.NEED, ListKind.PROJECT),
}


@dataclass(frozen=True, slots=True)
class Counterpart:
    """A match of a list's item, and the published list on which the other side stands."""

    match: Row | None
    resource_list: Row | None = None
    need_list: Row | None = None
    project_list: Row | None = None


@dataclass(frozen=True, slots=True)
class _Pair:
    entry: int
    match: int
    score: int
    other: ListKind
    list_id: int


@loader("need-list-counterparts")
async def _of_needs(viewer: Viewer, keys: list[int], asked: Selected) -> dict[int, Any]:
    return await _counterparts(viewer, keys, ListKind.NEED, asked)


@loader("project-list-counterparts")
async def _of_projects(viewer: Viewer, keys: list[int], asked: Selected) -> dict[int, Any]:
    return await _counterparts(viewer, keys, ListKind.PROJECT, asked)


@loader("resource-list-counterparts")
async def _of_resources(viewer: Viewer, keys: list[int], asked: Selected) -> dict[int, Any]:
    return await _counterparts(viewer, keys, ListKind.RESOURCE, asked)


async def _counterparts(viewer: Viewer, entries: list[int], kind: ListKind, asked: Selected) -> dict[int, Any]:
    grouped: dict[int, list[_Pair]] = defaultdict(list)
    for other in SIDES[kind]:
        for pair in await _pairs(viewer, entries, kind, other):
            grouped[pair.entry].append(pair)
    kept = {key: sorted(grouped[key], key=lambda pair: (-pair.score, pair.match))[:MOST] for key in entries}
    pairs = [pair for found in kept.values() for pair in found]
    matches = await _rows(viewer, "Match", asked.child("match"), {pair.match for pair in pairs})
    lists = {
        other: await _rows(
            viewer, SOURCES[other], asked.child(FIELDS[other]), {pair.list_id for pair in pairs if pair.other is other}
        )
        for other in SIDES[kind]
    }
    return {key: [_shown(pair, matches, lists[pair.other]) for pair in found] for key, found in kept.items()}


def _shown(pair: _Pair, matches: dict[int, Row], lists: dict[int, Row]) -> Counterpart:
    return Counterpart(matches.get(pair.match), **{f"{pair.other.lower()}_list": lists.get(pair.list_id)})


async def _rows(viewer: Viewer, name: str, selection: Selected | None, keys: set[int]) -> dict[int, Row]:
    return {} if selection is None else await read_by_ids(viewer, name, sorted(keys), selection)


async def _pairs(viewer: Viewer, entries: list[int], kind: ListKind, other: ListKind) -> list[_Pair]:
    """Return the best matches of each entry with different items that stand on published lists of `other`."""
    here, there = kind.lower(), other.lower()
    match, statement = source_named("Match"), Statement()
    conditions = (
        statement.among("e.id", entries),
        f"t.status = {statement.bind(MatchStatus.SUGGESTED.value)}",
        published(viewer, statement, other, "o"),
        readable(match, viewer, statement),
    )
    # One item may be matched line by line and stand on several lists: its best match and newest list are told.
    within = f"PARTITION BY e.id, t.{there}_id ORDER BY t.score DESC, t.id, o.id DESC"
    rows = await statement.fetch(
        "SELECT entry, match_id, score, list_id FROM (SELECT g.*, ROW_NUMBER() OVER"
        " (PARTITION BY entry ORDER BY score DESC, match_id) AS place FROM ("
        f" SELECT e.id AS entry, t.id AS match_id, t.score, o.id AS list_id, ROW_NUMBER() OVER ({within}) AS best"
        f' FROM list_entry e JOIN "match" t ON t.{here}_id = e.{here}_id {match.joins}'
        f" JOIN list_entry x ON x.{there}_id = t.{there}_id JOIN item_list o ON o.id = x.item_list_id"
        f" WHERE {' AND '.join(conditions)}) g WHERE best = 1) h WHERE place <= {MOST} ORDER BY entry, place"
    )
    return [_Pair(row["entry"], row["match_id"], row["score"], other, row["list_id"]) for row in rows]
