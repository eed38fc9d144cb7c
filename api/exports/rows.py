"""All rows of a table that the viewer may see and the filter admits, page by page."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from typing import Final

from api.exports.cells import Cell
from api.exports.table import Table, Words
from api.exports.units import unit_labels
from api.plan.paging import PageRequest
from api.plan.reader import Condition, read_page
from api.plan.registry import source_named
from api.plan.source import OLDEST
from api.plan.statement import Statement
from api.plan.viewer import Viewer
from api.plan.visibility import readable

PAGE: Final = 500
"""Rows of one statement: short enough for its time limit, and all that is held at once."""
Again = Callable[[], Awaitable[Viewer]]


async def pages(again: Again, table: Table, condition: Condition, size: int = PAGE) -> AsyncIterator[list[list[Cell]]]:
    """Yield the rows in the order of their identifiers, which never change, up to the newest at the beginning.

    `again` says before each page who asks and what they may today; it raises when they may no longer.
    """
    viewer = await again()
    last = await _newest(viewer, table, condition)
    after: int | None = None
    selection, cells = table.reading(Words(viewer.principal.language, await unit_labels(viewer)))
    asked = replace(selection, name="page", children=[selection])
    while last is not None and (after is None or after < last):

        def bounded(statement: Statement, newest: int = last) -> str:
            return f"({condition(statement)}) AND t.id <= {statement.bind(newest)}"

        request = PageRequest(size, False, None if after is None else (after,), None)
        found = await read_page(viewer, table.source, asked, OLDEST, request, bounded)
        if not found.rows:
            return
        after = int(found.rows[-1].values["id"])
        yield [cells(row) for row in found.rows]
        if not found.has_next:
            return
        viewer = await again()


async def _newest(viewer: Viewer, table: Table, condition: Condition) -> int | None:
    source, statement = source_named(table.source), Statement()
    where = f"({condition(statement)}) AND {readable(source, viewer, statement)}"
    rows = await statement.fetch(f"SELECT MAX(t.id) AS newest FROM {source.as_t} WHERE {where}")
    newest: int | None = rows[0]["newest"]
    return newest
