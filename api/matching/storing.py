"""Replace stored matches by what was found: stale ones go, new ones come, equal ones stay untouched.

Those who keep a copy are told by events.

A row never changes its score or reason: a match that is scored anew is a new row, so that
a reader who pages by score meets every row that stayed exactly once. A dismissal belongs to
line, resource and rule set, and lasts as long as these are matched.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from api import clock, db
from api.feed.telling import Happened, tell
from api.identifiers import new_id
from api.matching.reasons import Row
from api.models import Match
from api.plan.decoding import DECODERS
from api.plan.source import Kind
from api.plan.statement import AT_ONCE, Statement, chunks
from api.state_machines.match import MatchStatus

SAME: Final = (
    "rule_version_id", "rule_id", "branch", "need_id", "project_id", "community_id", "path", "score",
    "rule_title_zh", "rule_title_en", "because_zh", "because_en", "parts", "conditions",
)  # fmt: skip
_JSON: Final = ("parts", "conditions")
SUGGESTED: Final = "match.suggest"
GONE: Final = "match.gone"
"""Kinds of events."""

Group = tuple[int, int | None]
"""Rule set and community: what caps are counted in."""
Key = tuple[int, int, int]


async def stored(statement: Statement, condition: str) -> list[Row]:
    """Return the stored matches under a condition on `match`."""
    columns = ", ".join(f'"{name}"' for name in ("id", "rule_set_id", "line_id", "resource_id", *SAME))
    rows = await statement.fetch(f'SELECT {columns}, "status", "status_reason" FROM "match" WHERE {condition}')
    loaded: Any = DECODERS[Kind.JSON]
    return [{**row, **{name: loaded(row[name]) for name in _JSON}} for row in rows]


async def rule_sets_of(statement: Statement, condition: str) -> set[int]:
    """Return the rule sets of which matches are stored under a condition on `match`."""
    return {
        row["rule_set_id"]
        for row in await statement.fetch(f'SELECT DISTINCT rule_set_id FROM "match" WHERE {condition}')
    }


async def replace(present: Sequence[Row], wanted: Iterable[Row]) -> set[Group]:
    """Make the wanted rows the stored ones; return the groups in which anything changed.

    `present` are all stored rows that the wanted ones stand for. Runs in the caller's transaction.
    """
    held = {_key(row): row for row in present}
    fresh: list[Row] = []
    kept: set[Key] = set()
    for row in wanted:
        former = held.get(_key(row))
        if former is not None and all(former[name] == row[name] for name in SAME):
            kept.add(_key(row))
        else:
            fresh.append(row | _standing(former))
    stale = [row for key, row in held.items() if key not in kept]
    await _delete([row["id"] for row in stale])
    moment = clock.now()
    created = [Match(id=new_id(), decided_at=moment, **row) for row in fresh]
    await Match.bulk_create(created, batch_size=AT_ONCE)
    await tell(
        [Happened(GONE, "Match", row["id"], row["path"]) for row in stale]
        + [Happened(SUGGESTED, "Match", match.id, match.path) for match in created]
    )
    return {(row["rule_set_id"], row["community_id"]) for row in (*stale, *fresh)}


async def matches_of_lines(owner: Mapping[str, Any]) -> list[tuple[int, str]]:
    """Return identifier and path of each match of the lines of an owner (`need_id` or `project_id`)."""
    rows: Any = await Match.filter(**owner).values_list("id", "path")
    return [(int(identifier), str(path)) for identifier, path in rows]


def _standing(former: Mapping[str, Any] | None) -> Row:
    if former is not None and former["status"] == MatchStatus.DISMISSED:
        return {"status": MatchStatus.DISMISSED, "status_reason": former["status_reason"]}
    return {"status": MatchStatus.SUGGESTED, "status_reason": None}


async def _delete(identifiers: list[int]) -> None:
    for part in chunks(identifiers):
        statement = Statement()
        text = f'DELETE FROM "match" WHERE {statement.among("id", part)}'
        await db.reading().execute_query(text, statement.values)


def _key(row: Mapping[str, Any]) -> Key:
    return row["rule_set_id"], row["line_id"], row["resource_id"]
