"""The level-by-level reader: every row a viewer sees comes through here.

One SQL statement a level, whatever the number of rows, so a question costs the same number of statements
for ten rows as for a thousand. Row filters and field rules are applied inside.
"""

import dataclasses
from collections.abc import Callable

from api.errors import DomainError
from api.plan import level
from api.plan.connection import connection_page, many
from api.plan.level import FOREIGN, Wanted
from api.plan.loaders import LOADERS
from api.plan.paging import Page, PageRequest
from api.plan.registry import source_named
from api.plan.selection import Selected
from api.plan.source import Column, Embedded, Loaded, Order, Row, ToMany, ToOne
from api.plan.statement import Statement
from api.plan.viewer import Viewer

Condition = Callable[[Statement], str]


async def read_page(
    viewer: Viewer,
    name: str,
    selection: Selected,
    order: Order,
    request: PageRequest,
    condition: Condition,
) -> Page:
    """Return one page of a source with all that was selected below it.

    `selection` is that of the connection field (with `edges`, `nodes`, `totalCount` …).
    """
    source = source_named(name)
    nodes = node_selection(selection)
    fields = level.wanted(source, nodes)
    page = await connection_page(viewer, source, fields, order, request, condition, selection.has("totalCount"))
    await expand(viewer, page.rows, fields)
    return page


async def read_by_ids(
    viewer: Viewer, name: str, ids: list[int], selection: Selected, key: str = "t.id"
) -> dict[int, Row]:
    """Return the visible rows among `ids`, by `key`, with all that was selected below them."""
    source = source_named(name)
    fields = level.wanted(source, selection)
    columns = level.columns_of(source, fields) | {"lookup": Column(key)}
    rows: list[Row] = []
    if ids:
        statement = Statement()
        raws = await level.fetch(source, viewer, columns, statement, statement.among(key, ids))
        rows = level.to_rows(source, viewer, columns, raws)
    # Without rows no statement runs below either, but arguments that are wrong are told all the same.
    await expand(viewer, rows, fields)
    return {row.values["lookup"]: row for row in rows}


async def expand(viewer: Viewer, rows: list[Row], fields: list[Wanted]) -> None:
    """Attach embedded objects and related rows, level by level; a fault's path leads down to it."""
    for item in fields:
        try:
            await _expand(viewer, rows, item)
        except DomainError as fault:
            fault.path = (item.selected.key, *fault.path)
            raise


async def _expand(viewer: Viewer, rows: list[Row], item: Wanted) -> None:
    match item.field:
        case Embedded():
            for row in rows:
                row.related[item.selected.place] = level.embed(row, item)
        case ToOne():
            await _expand_one(viewer, rows, item, item.field)
        case ToMany():
            await _expand_many(viewer, rows, item, item.field)
        case Loaded():
            found = await LOADERS[item.field.loader](viewer, [row.values["id"] for row in rows], item.selected)
            for row in rows:
                row.related[item.selected.place] = found[row.values["id"]]


async def _expand_one(viewer: Viewer, rows: list[Row], item: Wanted, relation: ToOne) -> None:
    foreign = f"{FOREIGN}{item.name}"
    ids = sorted({row.values[foreign] for row in rows if row.values[foreign] is not None})
    found = await read_by_ids(viewer, relation.target, ids, item.selected, relation.target_column)
    for row in rows:
        row.related[item.selected.place] = found.get(row.values[foreign])


async def _expand_many(viewer: Viewer, rows: list[Row], item: Wanted, relation: ToMany) -> None:
    source = source_named(relation.target)
    selection = node_selection(item.selected) if relation.connection else item.selected
    fields = level.wanted(source, selection)
    pages = await many(viewer, source, fields, relation, [row.values["id"] for row in rows], item.selected)
    await expand(viewer, [row for page in pages.values() for row in page.rows], fields)
    for row in rows:
        page = pages[row.values["id"]]
        row.related[item.selected.place] = page if relation.connection else page.rows


def node_selection(connection: Selected) -> Selected:
    """Return what is selected of the nodes, through `nodes` and through `edges { node }`."""
    children: list[Selected] = []
    for child in connection.children:
        if child.name == "nodes":
            children += child.children
        elif child.name == "edges":
            for part in child.children:
                if part.name == "node":
                    children += part.children
    return dataclasses.replace(connection, children=_merged(children))


def _merged(children: list[Selected]) -> list[Selected]:
    """Return each place once: `nodes` and `edges` may share a fragment."""
    merged: dict[tuple[str, int], Selected] = {}
    for child in children:
        known = merged.setdefault((child.on, child.place), dataclasses.replace(child, children=[]))
        known.children = _merged([*known.children, *child.children])
    return list(merged.values())


__all__ = [
    "Condition",
    "Page",
    "PageRequest",
    "expand",
    "node_selection",
    "read_by_ids",
    "read_page",
]
