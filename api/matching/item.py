"""Match one changed item alone, within the transaction that changed it."""

from collections.abc import Iterable, Sequence
from typing import Final

from api.matching.caps import recount
from api.matching.deciding import Finding, decide
from api.matching.facts import AFFAIRS, DemandRow, ResourceRow, load_demands, load_resources
from api.matching.faults import TooMuchAtOnce
from api.matching.locking import lock_rule_sets, take_turn
from api.matching.reach import ANYWHERE, around, within
from api.matching.reasons import Row, match_row
from api.matching.scope import DemandScope, ResourceScope
from api.matching.storing import Group, replace, rule_sets_of, stored
from api.matching.taxonomy import Known, load_known
from api.matching.versions import Version, anything_decides, versions_of, versions_over, versions_seeing
from api.models.choices import ItemKind
from api.plan.statement import Statement
from rules.workers import WorkerPool

MOST_LINES: Final = 5_000
MOST_VERSIONS: Final = 50


async def rematch_item(pool: WorkerPool, kind: ItemKind, identifier: int, *, at_once: bool = True) -> None:
    """Replace the matches of one need, project or resource; a closed item loses them all.

    For a service item pass its resource. Call it in the transaction that changed the item.
    With `at_once` somebody waits, so an item that touches very much is refused.

    Raises:
        WorkerFailed: no decision within the limits (`VersionFailed` names the version), or
            TooMuchAtOnce. Nothing was written.
    """
    await take_turn()
    column = f"{kind.lower()}_id" if kind in AFFAIRS else "resource_id"
    if not await anything_decides(column, identifier):
        return  # A register that is filled before its first rules need not be read again for each item.
    rows: list[DemandRow] = []
    resource: ResourceRow | None = None
    if kind in AFFAIRS:
        rows = await load_demands(DemandScope(("",), item=(kind, identifier)))
        versions = await versions_over(rows[0].path) if rows else []
    else:
        resource = await _resource(identifier)
        versions = await versions_seeing(resource.fact.place.path, _areas(resource)) if resource else []
    await lock_rule_sets({each.rule_set_id for each in versions} | await _rule_sets(column, identifier))
    if at_once and len(versions) > MOST_VERSIONS:
        raise TooMuchAtOnce(f"{len(versions)} rule sets")
    known = await load_known() if versions else None
    found: list[Finding] = []
    if known is not None:
        if resource is None:
            found = await _for_demands(pool, rows, versions, known)
        else:
            found = await _for_resource(pool, resource, versions, known, at_once)
    wanted = [match_row(each, known) for each in found] if known else []
    groups = await replace(await _present(column, identifier), wanted)
    # Lines that were replaced took their matches with them, so their groups are counted anyway.
    await _recount(groups | {(each.rule_set_id, row.community_id) for each in versions for row in rows[:1]})


async def let_nobody_match(kind: ItemKind, identifier: int, paths: Iterable[str]) -> None:
    """Keep others from matching a need or project to the end of the transaction; call it before its lines go.

    Whoever matches it now may be storing a match of such a line: they would wait for the line, and we,
    in `rematch_item`, for them. `paths` are where it lay and where it lies.
    """
    await take_turn()
    over = {each.rule_set_id for path in paths for each in await versions_over(path)}
    await lock_rule_sets(over | await _rule_sets(f"{kind.lower()}_id", identifier))


async def _for_demands(
    pool: WorkerPool, rows: list[DemandRow], versions: Sequence[Version], known: Known
) -> list[Finding]:
    categories = known.kindred(row.fact.category for row in rows)
    read: dict[ResourceScope, list[ResourceRow]] = {}
    found: list[Finding] = []
    for version in versions:
        path = within([around(version.reach, rows[0].fact.place, version.path)], version.path)[0]
        scope = ResourceScope(path, categories=categories)
        if scope not in read:
            read[scope] = await load_resources(scope)
        found += await decide(pool, version, rows, read[scope], known)
    return found


async def _for_resource(
    pool: WorkerPool, row: ResourceRow, versions: Sequence[Version], known: Known, at_once: bool
) -> list[Finding]:
    categories = known.kindred((row.fact.category,))
    found: list[Finding] = []
    lines = 0
    for version in versions:
        paths: tuple[str, ...] = (version.path,)
        if version.reach != ANYWHERE:
            near = around(version.reach, row.fact.place, version.path)
            paths = within([near, *_areas(row)], version.path)
        demands = await load_demands(DemandScope(paths, categories=categories))
        lines += len(demands)
        if at_once and lines > MOST_LINES:
            raise TooMuchAtOnce(f"more than {MOST_LINES} requirement lines")
        found += await decide(pool, version, demands, [row], known)
    return found


def _areas(row: ResourceRow) -> tuple[str, ...]:
    return row.fact.service_area or (row.fact.place.path,)


async def _resource(identifier: int) -> ResourceRow | None:
    found = await load_resources(ResourceScope("", item=identifier))
    return found[0] if found else None


async def _rule_sets(column: str, identifier: int) -> set[int]:
    statement = Statement()
    return await rule_sets_of(statement, f"{column} = {statement.bind(identifier)}")


async def _present(column: str, identifier: int) -> list[Row]:
    statement = Statement()
    return await stored(statement, f"{column} = {statement.bind(identifier)}")


async def _recount(groups: set[Group]) -> None:
    if groups:
        await recount(groups, await versions_of(rule_set for rule_set, _ in groups))
