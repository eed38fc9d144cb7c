"""Keyset pages of one source, alone or below each of many parents."""

from collections.abc import Callable
from typing import Any

from api.plan import level
from api.plan.level import ORDER, Wanted
from api.plan.pages import beyond, direction, rows_of, tail
from api.plan.paging import Page, PageRequest, cursor, page_request
from api.plan.selection import Selected
from api.plan.source import Column, Order, Row, Source, ToMany
from api.plan.statement import Statement
from api.plan.viewer import Viewer
from api.plan.visibility import readable

Raw = dict[str, Any]


async def connection_page(
    viewer: Viewer,
    source: Source,
    fields: list[Wanted],
    order: Order,
    request: PageRequest,
    condition: Callable[[Statement], str],
    counted: bool,
) -> Page:
    """Return one page; one more row than asked tells whether there is a next page."""
    columns = level.columns_of(source, fields) | _order_columns(order)
    statement = Statement()
    where = f"({condition(statement)}){beyond(order, request, statement)}"
    table = rows_of(source, order, statement)
    bound = tail(order, request.size + 1, request)
    raws = await level.fetch(source, viewer, columns, statement, where, bound, table)
    page = _pages(viewer, source, columns, order, request, {0: raws})[0]
    if counted:
        counting = Statement()
        inner = f"({condition(counting)}) AND {readable(source, viewer, counting)}"
        text = f"SELECT COUNT(*) AS n FROM {source.as_t} WHERE {inner}"
        page.total = (await counting.fetch(text))[0]["n"]
    return page


async def many(
    viewer: Viewer,
    source: Source,
    fields: list[Wanted],
    relation: ToMany,
    parents: list[int],
    asked: Selected,
) -> dict[int, Page]:
    """Return the page below each parent, all parents in one statement."""
    arguments = asked.arguments if relation.connection else {"first": relation.limit}
    request = page_request(arguments, source, relation.order)
    columns = level.columns_of(source, fields) | _order_columns(relation.order)
    columns["parent"] = Column(relation.key)
    rank = f"ROW_NUMBER() OVER (PARTITION BY {relation.key} ORDER BY {direction(relation.order, request)})"
    statement = Statement()
    past = beyond(relation.order, request, statement)
    listed = ", ".join(f'{column.sql} AS "{name}"' for name, column in columns.items())
    where = f"{statement.among(relation.key, parents)}{past} AND {readable(source, viewer, statement)}"
    text = (
        f'SELECT * FROM (SELECT {listed}, {rank} AS "rank" FROM {source.as_t}'
        f' WHERE {where}) ranked WHERE "rank" <= {request.size + 1} ORDER BY "parent", "rank"'
    )
    grouped: dict[int, list[Raw]] = {parent: [] for parent in parents}
    for raw in await statement.fetch(text) if parents else []:
        grouped[raw["parent"]].append(raw)
    pages = _pages(viewer, source, columns, relation.order, request, grouped)
    if asked.has("totalCount"):
        await _count(viewer, source, relation, parents, pages)
    return pages


async def _count(viewer: Viewer, source: Source, relation: ToMany, parents: list[int], pages: dict[int, Page]) -> None:
    for page in pages.values():
        page.total = 0
    if not parents:
        return
    statement = Statement()
    where = f"{statement.among(relation.key, parents)} AND {readable(source, viewer, statement)}"
    text = f"SELECT {relation.key} AS parent, COUNT(*) AS n FROM {source.as_t} WHERE {where} GROUP BY {relation.key}"
    for raw in await statement.fetch(text):
        pages[raw["parent"]].total = raw["n"]


def _order_columns(order: Order) -> dict[str, Column]:
    return {f"{ORDER}{number}": Column(sql, kind) for number, (sql, kind) in enumerate(order.columns)}


def _pages(
    viewer: Viewer,
    source: Source,
    columns: dict[str, Column],
    order: Order,
    request: PageRequest,
    grouped: dict[int, list[Raw]],
) -> dict[int, Page]:
    """Return the page of each parent; rows are decoded all at once, since parents are many."""
    kept = {parent: raws[: request.size] for parent, raws in grouped.items()}
    if request.backward:
        kept = {parent: raws[::-1] for parent, raws in kept.items()}
    rows = level.to_rows(source, viewer, columns, [raw for raws in kept.values() for raw in raws])
    pages: dict[int, Page] = {}
    start = 0
    for parent, raws in kept.items():
        own, start = rows[start : start + len(raws)], start + len(raws)
        more = len(grouped[parent]) > request.size
        pages[parent] = Page(
            own,
            [cursor(source, order, _key_values(order, row)) for row in own],
            has_next=request.before is not None if request.backward else more,
            has_previous=more if request.backward else request.after is not None,
        )
    return pages


def _key_values(order: Order, row: Row) -> list[Any]:
    return [row.values[f"{ORDER}{number}"] for number in range(len(order.columns))]
