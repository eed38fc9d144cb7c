"""Which published versions decide for a place; each document is parsed once a process."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import orjson

from api.matching.places import prefixes
from api.matching.reach import reach
from api.plan.statement import Statement
from api.state_machines.rule_version import RuleVersionStatus
from rules.language import RuleDocument, parse


@dataclass(frozen=True, slots=True)
class Version:
    """A published version. `reach` is an index of `api.matching.reach.LEVELS`."""

    id: int
    rule_set_id: int
    path: str
    json: dict[str, Any]
    document: RuleDocument
    reach: int

    @property
    def capped(self) -> bool:
        """Tell whether a rule limits how many of its matches stay."""
        return any(rule.caps is not None for rule in self.document.rules)


async def versions_over(path: str) -> list[Version]:
    """Return the versions whose place is at or above the path: those that see a demand there."""
    statement = Statement()
    return await _published(statement, statement.among("path", prefixes(path)))


async def anything_decides(column: str, identifier: int) -> bool:
    """Tell whether any version is published, or the item of `column` has stored matches all the same."""
    statement = Statement()
    status, key = statement.bind(RuleVersionStatus.PUBLISHED.value), statement.bind(identifier)
    rows = await statement.fetch(
        f"SELECT 1 AS found WHERE EXISTS (SELECT 1 FROM rule_version WHERE status = {status})"
        f' OR EXISTS (SELECT 1 FROM "match" WHERE {column} = {key})'
    )
    return bool(rows)


async def versions_around(path: str) -> list[Version]:
    """Return the versions whose place is at, above or below the path; "" is everywhere."""
    statement = Statement()
    condition = statement.under("path", path)
    if path:
        condition = f"({condition} OR {statement.among('path', prefixes(path))})"
    return await _published(statement, condition)


async def versions_seeing(place: str, areas: Sequence[str]) -> list[Version]:
    """Return the versions in whose scope a resource is: it lies at `place` and serves `areas`."""
    statement = Statement()
    above = sorted({prefix for path in (place, *areas) for prefix in prefixes(path)})
    parts = [statement.among("path", above), *(statement.under("path", path) for path in areas)]
    return await _published(statement, f"({' OR '.join(parts)})")


async def versions_of(rule_sets: Iterable[int]) -> dict[int, Version]:
    """Return the deciding version of each rule set that has one."""
    statement = Statement()
    found = await _published(statement, statement.among("rule_set_id", sorted(set(rule_sets))))
    return {version.rule_set_id: version for version in found}


async def _published(statement: Statement, condition: str) -> list[Version]:
    status = statement.bind(RuleVersionStatus.PUBLISHED.value)
    rows = await statement.fetch(
        "SELECT id, rule_set_id, path, document, document_hash FROM rule_version"
        f" WHERE status = {status} AND {condition} ORDER BY path, id"
    )
    return [_version(row) for row in rows]


def _version(row: dict[str, Any]) -> Version:
    text = row["document"]
    canonical = text if isinstance(text, str) else orjson.dumps(text).decode()
    json, document, level = _parsed(row["document_hash"], canonical)
    return Version(row["id"], row["rule_set_id"], row["path"], json, document, level)


@lru_cache(maxsize=512)
def _parsed(document_hash: str, text: str) -> tuple[dict[str, Any], RuleDocument, int]:
    json = orjson.loads(text)
    document = parse(json)
    return json, document, reach(document)
