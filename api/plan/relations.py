"""The compiled form of relations: another row is joined, other rows are an array within the row they belong to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.plan.building import Level
from api.plan.pages import Pages, beyond, tail
from api.plan.paging import page_request
from api.plan.registry import source_named
from api.plan.selection import Selected
from api.plan.source import Parent, Source, ToMany, ToOne
from api.plan.visibility import aliased, readable

if TYPE_CHECKING:
    from api.plan.shape import Compiler


def to_one(compiler: Compiler, level: Level, source: Source, alias: str, relation: ToOne, child: Selected) -> str:
    """Return the text of the row that a field leads to, or of None."""
    target, postgres = source_named(relation.target), compiler.statement.postgres
    key = aliased(relation.column, alias)
    if relation.permission is not None:
        allowed = compiler.permitted(source, relation.permission, alias)
        key = f"CASE WHEN {allowed} THEN {key} ELSE {aliased(relation.otherwise or 'NULL', alias)} END"
    # Who sees a row sees the rows it belongs to.
    parent = _parent(source, relation)
    # Below it another row of this source would bring the same alias.
    if parent is not None and parent.joined and all(each.leaf for each in child.children):
        return compiler.object(level, target, parent.joined, child.children)
    inner = f"j{compiler.number()}_"
    on = f"{aliased(relation.target_column, inner)} = {key}"
    if parent is None and (seen := readable(target, compiler.viewer, compiler.statement, inner)) != "1 = 1":
        on += f" AND {seen}"
    nothing = "need(None)" if child.required else "None"
    if not target.joins:
        level.joins.append(f'LEFT JOIN "{target.table}" {inner} ON {on}')
        missing = f"{level.cell(f'{inner}.id')} is None"
        return f"({nothing} if {missing} else {compiler.object(level, target, inner, child.children)})"
    # Its own joins would meet those of other levels in one FROM.
    below = Level(target, inner, f"r{compiler.number()}", json=not postgres)
    text = compiler.object(below, target, inner, child.children)
    found = level.cell(f"(SELECT {below.packed(postgres)} FROM {below.table} WHERE {on})", nested=True)
    return f"[{nothing} if {below.row} is None else {text} for {below.row} in ({found},)][0]"


def _parent(source: Source, relation: ToOne) -> Parent | None:
    if relation.permission is not None or relation.target_column != "t.id":
        return None
    wanted = Parent(relation.target, relation.column)
    return next((parent for parent in source.parents if parent == wanted), None)


def to_many(compiler: Compiler, level: Level, source: Source, alias: str, relation: ToMany, child: Selected) -> str:
    """Return the text of the page, or the short list, of rows that point here. Raise DomainError for its arguments."""
    target, postgres = source_named(relation.target), compiler.statement.postgres
    arguments = child.arguments if relation.connection else {"first": relation.limit}
    request = page_request(arguments, target, relation.order)
    inner = f"m{compiler.number()}_"
    below = Level(target, inner, f"r{compiler.number()}", json=not postgres)
    where = f" WHERE {aliased(relation.key, inner)} = {aliased('t.id', alias)}"
    # The row from which these are reached is seen already.
    proven = Parent(source.name, relation.key)
    where += f" AND {readable(target, compiler.viewer, compiler.statement, inner, proven)}"
    count = f"(SELECT COUNT(*) FROM {below.table}{where})"
    pages = Pages(compiler, below, relation.order, request)
    name = pages.function(child.children) if relation.connection else pages.plain(child.children)
    past = aliased(beyond(relation.order, request, compiler.statement), inner)
    rows = below.gathered(postgres, f"{where}{past}{tail(relation.order, pages.bound, request, inner)}")
    total = level.cell(count) if relation.connection and child.has("totalCount") else "0"
    return f"{name}(viewer, {level.cell(rows, nested=True)}, {total})"
