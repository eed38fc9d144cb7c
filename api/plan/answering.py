"""Answers for the root fields: compiled to one statement where that is possible, else read level by level.

What was compiled is kept for the selection it belongs to, the viewer's rights and language, and the form of the page;
a viewer's place, person and organisations enter as bound values.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from types import CodeType
from typing import Any, Final

import orjson

from api import db
from api.plan.building import Level
from api.plan.pages import Pages, beyond, rows_of, tail
from api.plan.paging import Page, PageRequest
from api.plan.reader import Condition, read_by_ids, read_page
from api.plan.ready import Ready, Unanswerable
from api.plan.registry import source_named
from api.plan.selection import Selected
from api.plan.shape import Compiler
from api.plan.source import Order, Row, Source
from api.plan.statement import Statement
from api.plan.viewer import Viewer
from api.plan.visibility import readable

Answer = Ready | Page
MOST_SHAPES: Final = 2_000
"""Compiled forms kept in one process, about 20 kB each."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A compiled form; `values` are bound first, so that conditions of the question come after them.

    `columns` is what is selected: with `counted`, one value for the whole row. `tail` is the order and the bound.
    """

    values: tuple[Any, ...]
    columns: str
    joins: str
    allowed: str
    tail: str
    counted: bool
    run: Callable[[Viewer, Any, int], Any]

    def page(self, table: str, joined: bool, where: str) -> str:
        """Return what stands after FROM: the rows of the page as `t`, so that nothing is joined to any other.

        `joined` tells that `table` is more than one.
        """
        if joined:
            inner = f"{table} JOIN (SELECT t.id FROM {table} WHERE {where}{self.tail}) k ON k.id = t.id"
        elif self.joins:
            inner = f"(SELECT t.* FROM {table} WHERE {where}{self.tail}) t"
        else:
            return f"{table} WHERE {where}{self.tail}"
        return f"{inner} {self.joins}{self.tail}"


# A selection is kept with its form, which is known by the selection's address.
_shapes: OrderedDict[tuple[Any, ...], tuple[Selected, Shape | None]] = OrderedDict()


async def answer_page(
    viewer: Viewer, name: str, selection: Selected, order: Order, request: PageRequest, condition: Condition
) -> Answer:
    """Return one page of a source with all that was selected below it.

    Raises:
        DomainError: an argument of a field below is wrong; the path leads to it.
    """
    source = source_named(name)
    form = (order.key, request.size, request.backward, request.after is None, request.before is None)
    shape = _shape(viewer, source, selection, form, lambda: _page(viewer, source, selection, order, request))
    if shape is None:
        return await read_page(viewer, name, selection, order, request, condition)
    statement = Statement()
    statement.values = list(shape.values)
    where = f"({condition(statement)}) AND {shape.allowed}"
    count = f"(SELECT COUNT(*) FROM {source.as_t} WHERE {where})" if shape.counted else ""
    table, joined = rows_of(source, order, statement), bool(source.joins or order.ranked)
    here = f"{where}{beyond(order, request, statement)}{_confirming(viewer, statement)}"
    body = shape.page(table, joined, here)
    try:
        rows, total = await _fetched(viewer, statement, shape, body, count)
        return Ready(shape.run(viewer, rows, total))
    except Unanswerable:
        return await read_page(viewer, name, selection, order, request, condition)


async def answer_by_ids(viewer: Viewer, name: str, ids: list[int], selection: Selected) -> dict[int, Ready | Row]:
    """Return the visible rows among `ids` with all that was selected of them. Raise DomainError as `answer_page`."""
    source = source_named(name)
    shape = _shape(viewer, source, selection, ("ids",), lambda: _rows(viewer, source, selection))
    if shape is None or not ids:
        return dict(await read_by_ids(viewer, name, ids, selection))
    statement = Statement()
    statement.values = list(shape.values)
    where = f"{statement.among('t.id', ids)} AND {shape.allowed}{_confirming(viewer, statement)}"
    body = shape.page(source.as_t, bool(source.joins), where)
    try:
        rows, _ = await _fetched(viewer, statement, shape, body, "")
        answers = shape.run(viewer, rows, 0)
    except Unanswerable:
        return dict(await read_by_ids(viewer, name, ids, selection))
    return {row[0]: Ready(answer) for row, answer in zip(rows, answers, strict=True)}


async def _fetched(viewer: Viewer, statement: Statement, shape: Shape, body: str, count: str) -> tuple[Any, int]:
    """Return the rows, and the total where it is counted. Raise Unconfirmed."""
    total = 0
    if not count:
        rows = await statement.fetch_rows(f"SELECT {shape.columns} FROM {body}")
    elif statement.postgres:
        ((rows, total),) = await statement.fetch_rows(f"SELECT ARRAY(SELECT {shape.columns} FROM {body}), {count}")
    else:
        page = f"(SELECT json_group_array(json(j)) FROM (SELECT {shape.columns} AS j FROM {body}))"
        ((text, total),) = await statement.fetch_rows(f"SELECT {page}, {count}")
        rows = orjson.loads(text)
    if viewer.confirming:
        await viewer.confirming.confirm(rows)
    return rows, total


def _confirming(viewer: Viewer, statement: Statement) -> str:
    return "" if viewer.confirming is None else viewer.confirming.condition(statement)


def _page(viewer: Viewer, source: Source, selection: Selected, order: Order, request: PageRequest) -> Shape:
    compiler = Compiler(viewer)
    counted = selection.has("totalCount")
    sqlite = not compiler.statement.postgres
    level = Level(source, "t", "r0", json=sqlite and counted, text=sqlite and not counted)
    pages = Pages(compiler, level, order, request)
    name = pages.function(selection.children)
    return _finished(compiler, level, name, tail(order, pages.bound, request), counted)


def _rows(viewer: Viewer, source: Source, selection: Selected) -> Shape:
    compiler = Compiler(viewer)
    level = Level(source, "t", "r0", json=False, text=not compiler.statement.postgres)
    level.cell("t.id")
    text = compiler.object(level, source, "t", selection.children)
    name = "all_rows"
    compiler.functions.append(f"def {name}(viewer, rows, total):\n    return [{text} for r0 in rows]\n")
    return _finished(compiler, level, name, "", False)


def _finished(compiler: Compiler, level: Level, name: str, tail: str, counted: bool) -> Shape:
    allowed = readable(level.source, compiler.viewer, compiler.statement)
    exec(_code("".join(compiler.functions)), compiler.names)
    values, postgres = tuple(compiler.statement.values), compiler.statement.postgres
    if not postgres:
        level.within_sqlite(packed=counted)
    columns = level.packed(postgres) if counted else ", ".join(level.columns) or "1"
    return Shape(values, columns, " ".join(level.joins), allowed, tail, counted, compiler.names[name])


@lru_cache(MOST_SHAPES)
def _code(text: str) -> CodeType:
    return compile(text, "<plan>", "exec")


def _shape(
    viewer: Viewer, source: Source, selection: Selected, form: tuple[Any, ...], make: Callable[[], Shape]
) -> Shape | None:
    key = (id(selection), source.name, db.dialect(), viewer.authoriser, viewer.rights, form)
    known = _shapes.get(key)
    if known is None:
        try:
            known = (selection, make())
        except Unanswerable:
            known = (selection, None)
        _shapes[key] = known
        if len(_shapes) > MOST_SHAPES:
            _shapes.popitem(last=False)
    else:
        _shapes.move_to_end(key)
    return known[1]
