"""Match a place anew, community by community, each in its own transaction."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from api import db
from api.matching.caps import recount
from api.matching.deciding import decide
from api.matching.facts import DemandRow, load_demands, load_resources
from api.matching.locking import lock_rule_sets, take_turn
from api.matching.places import load_places
from api.matching.reach import around, within
from api.matching.reasons import Row, match_row
from api.matching.scope import OPEN, DemandScope, ResourceScope
from api.matching.storing import replace, rule_sets_of, stored
from api.matching.taxonomy import Known, load_known
from api.matching.versions import Version, versions_around
from api.models.choices import ItemKind
from api.plan.statement import Statement
from rules.facts import PlaceFacts
from rules.workers import WorkerPool

Progress = Callable[[int, int], None]
"""Called with the number of blocks done and of all blocks."""


@dataclass(frozen=True, slots=True)
class Block:
    """What is matched in one transaction: a community, or with None what below `path` lies in none."""

    community: int | None
    path: str


async def rematch_place(pool: WorkerPool, path: str, on_progress: Progress | None = None) -> None:
    """Match all rule sets that decide at, above or below the path.

    A part of a community is matched with the whole of it.

    Raises:
        VersionFailed: a version came to no decision; blocks done before stay done.
    """
    await _each(pool, await blocks_of(path), None, on_progress)


async def rematch_version(pool: WorkerPool, version: Version, on_progress: Progress | None = None) -> None:
    """Match one version's rule set in its place and all below.

    Raises:
        VersionFailed: it came to no decision; blocks done before stay done.
    """
    await _each(pool, await blocks_of(version.path), version.rule_set_id, on_progress)


async def _each(pool: WorkerPool, blocks: Sequence[Block], rule_set: int | None, on_progress: Progress | None) -> None:
    for done, block in enumerate(blocks):
        if on_progress is not None:
            on_progress(done, len(blocks))
        await rematch_block(pool, block, rule_set)
    if on_progress is not None:
        on_progress(len(blocks), len(blocks))


async def blocks_of(path: str) -> list[Block]:
    """Return the blocks below a path that have something to match or a match to drop, in a fixed order."""
    statement = Statement()
    parts = [
        f'SELECT community_id FROM "{kind.lower()}" WHERE {statement.under("path", path)}'
        f" AND {statement.among('status', OPEN[kind])}"
        for kind in (ItemKind.NEED, ItemKind.PROJECT)
    ]
    parts.append(f'SELECT community_id FROM "match" WHERE {statement.under("path", path)}')
    rows = await statement.fetch(
        f"SELECT f.community_id, p.path FROM ({' UNION '.join(parts)}) f"
        " LEFT JOIN place p ON p.id = f.community_id ORDER BY p.path"
    )
    found = [Block(row["community_id"], row["path"]) for row in rows if row["community_id"] is not None]
    if len(found) < len(rows):
        found.append(Block(None, path))
    return found


async def rematch_block(pool: WorkerPool, block: Block, rule_set: int | None = None) -> int:
    """Replace a block's matches, of one rule set or of all, in one transaction; return how many it has now.

    Raises:
        VersionFailed: a version came to no decision; nothing was written.
    """
    async with db.transaction():
        await take_turn()
        versions = [version for version in await versions_around(block.path) if rule_set in (None, version.rule_set_id)]
        statement = Statement()
        former = await rule_sets_of(statement, _present(statement, block, rule_set, []))
        await lock_rule_sets({version.rule_set_id for version in versions} | former)
        wanted, lines = await _wanted(pool, block, versions)
        statement = Statement()
        groups = await replace(await stored(statement, _present(statement, block, rule_set, lines)), wanted)
        groups |= {(version.rule_set_id, block.community) for version in versions}
        await recount(groups, {version.rule_set_id: version for version in versions})
    return len(wanted)


async def _wanted(pool: WorkerPool, block: Block, versions: Sequence[Version]) -> tuple[list[Row], list[int]]:
    if not versions:
        return [], []
    known = await load_known()
    facts = (await load_places([block.path]))[block.path] if block.community is not None else None
    rows: list[Row] = []
    lines: set[int] = set()
    for version in versions:
        paths = within([version.path], block.path)
        demands = await load_demands(DemandScope(paths, in_community=True, community=block.community))
        lines.update(demand.line_id for demand in demands)
        rows += await _rows(pool, version, demands, facts, known)
    return rows, sorted(lines)


async def _rows(
    pool: WorkerPool,
    version: Version,
    demands: Sequence[DemandRow],
    community: PlaceFacts | None,
    known: Known,
) -> list[Row]:
    if not demands:
        return []
    path = version.path
    if community is not None:
        path = within([around(version.reach, community, version.path)], version.path)[0]
    categories = known.kindred(demand.fact.category for demand in demands)
    resources = await load_resources(ResourceScope(path, categories=categories))
    found = await decide(pool, version, demands, resources, known)
    return [match_row(each, known) for each in found]


def _present(statement: Statement, block: Block, rule_set: int | None, lines: list[int]) -> str:
    """Return which stored matches are the block's, or of these lines."""
    if block.community is None:
        here = f"community_id IS NULL AND {statement.under('path', block.path)}"
    else:
        here = f"community_id = {statement.bind(block.community)}"
    if lines:
        # A line that moved here while its matches still stand under its former place.
        here = f"({here}) OR {statement.among('line_id', lines)}"
    only = "" if rule_set is None else f" AND rule_set_id = {statement.bind(rule_set)}"
    return f"({here}){only}"
