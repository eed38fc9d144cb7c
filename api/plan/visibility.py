"""The row filter of a source for a viewer, as SQL: the same rules that `node(id)` obeys."""

import re
from collections.abc import Iterable
from typing import Protocol

from api.plan.predicates import folded, to_sql
from api.plan.registry import source_named
from api.plan.source import Parent, Source
from api.plan.statement import Statement
from auth.permissions import Permission
from auth.predicates import Always, Never, Predicate

_OWN_ALIAS = re.compile(r"\bt\.")


class Standpoint(Protocol):
    """From where rows are looked at: a viewer, or the rights that a viewer had when a copy was made."""

    def predicate(self, permission: Permission) -> Predicate:
        """Return which rows may be seen under the permission."""


def readable(
    source: Source, viewer: Standpoint, statement: Statement, alias: str = "t", proven: Parent | None = None
) -> str:
    """Return the condition under which the viewer may know that a row exists.

    A parent that is `proven` need not be asked: the row is reached from it, and it is seen already.
    """
    conditions = [] if source.read is None else [permitted(source, source.read, viewer, statement, alias)]
    if source.where:
        conditions.append(aliased(source.where, alias))
    for number, parent in enumerate(source.parents):
        if parent == proven:
            continue
        if parent.joined:
            conditions.append(readable(source_named(parent.source), viewer, statement, parent.joined))
        else:
            conditions.append(_parent_readable(parent.source, parent.column, viewer, statement, alias, number))
    return " AND ".join(condition for condition in conditions if condition != "1 = 1") or "1 = 1"


async def readable_among(source: Source, viewer: Standpoint, keys: Iterable[int]) -> set[int]:
    """Return those of the row keys that exist and that the viewer may know of."""
    statement = Statement()
    rows = await statement.fetch(
        f"SELECT t.id FROM {source.as_t}"
        f" WHERE {statement.among('t.id', sorted(keys))} AND {readable(source, viewer, statement)}"
    )
    return {int(row["id"]) for row in rows}


def permitted(
    source: Source, permission: Permission, viewer: Standpoint, statement: Statement, alias: str = "t"
) -> str:
    """Return the condition under which the viewer has the permission for a row."""
    columns = {name: aliased(sql, alias) for name, sql in source.columns.items()}
    predicate = folded(viewer.predicate(permission), columns)
    if isinstance(predicate, Always):
        return "1 = 1"
    if isinstance(predicate, Never):
        return "1 = 0"
    return to_sql(predicate, columns, statement.bind)


def aliased(sql: str, alias: str) -> str:
    """Return one of our own expressions for another alias of the type's table."""
    return sql if alias == "t" else _OWN_ALIAS.sub(f"{alias}.", sql)


def _parent_readable(name: str, column: str, viewer: Standpoint, statement: Statement, alias: str, number: int) -> str:
    parent = source_named(name)
    inner = f"{alias}{number}"
    condition = readable(parent, viewer, statement, inner)
    if condition == "1 = 1":
        return "1 = 1"
    here = aliased(column, alias)
    return (
        f'({here} IS NULL OR EXISTS (SELECT 1 FROM "{parent.table}" {inner} WHERE {inner}.id = {here} AND {condition}))'
    )
