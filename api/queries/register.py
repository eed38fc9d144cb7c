"""Reads of the register and of reference data."""

from collections.abc import Sequence
from typing import Any

from api.plan import level
from api.plan.answering import Answer, answer_page
from api.plan.paging import page_request
from api.plan.reader import expand
from api.plan.registry import source_named
from api.plan.selection import Selected
from api.plan.source import Kind, Order, Row
from api.plan.statement import Statement
from api.plan.viewer import Viewer
from api.queries.items import place_path
from api.search.asking import has_all, words_asked

BY_PATH = Order("path", (("t.path", Kind.TEXT), ("t.id", Kind.INTEGER)), descending=False)
BY_CODE = Order("code", (("t.code", Kind.TEXT), ("t.id", Kind.INTEGER)), descending=False)


async def places(
    viewer: Viewer,
    selection: Selected,
    within: str | None,
    kinds: Sequence[str] | None,
    search: str | None,
    paging: dict[str, Any],
) -> Answer:
    """Return a page of places in the order of the tree."""
    words = None if search is None else words_asked(search, ("filter", "search"))
    path = None if within is None else await place_path(viewer, within, ("filter", "within"))

    def condition(statement: Statement) -> str:
        parts = ["1 = 1"]
        if path is not None:
            parts.append(statement.under("t.path", path))
        if kinds is not None:
            parts.append(statement.among("t.kind", list(kinds)))
        if words is not None:
            parts.append(has_all(words, statement))
        return " AND ".join(parts)

    request = page_request(paging, source_named("Place"), BY_PATH)
    return await answer_page(viewer, "Place", selection, BY_PATH, request, condition)


async def place_by_code(viewer: Viewer, code: str, selection: Selected) -> Row | None:
    """Return the place with this code, if the viewer may see it."""
    if len(code) > 40 or not code.isascii() or not code.isprintable():
        return None
    rows = await _rows(viewer, "Place", selection, lambda s: f"t.code = {s.bind(code)}")
    return rows[0] if rows else None


async def categories(viewer: Viewer, selection: Selected, below: str | None, paging: dict[str, Any]) -> Answer:
    """Return a page of categories in the order of their codes."""

    def condition(statement: Statement) -> str:
        return "1 = 1" if below is None else statement.below_category("t.code", below)

    request = page_request(paging, source_named("Category"), BY_CODE)
    return await answer_page(viewer, "Category", selection, BY_CODE, request, condition)


async def reference(viewer: Viewer, name: str, selection: Selected) -> list[Row]:
    """Return all rows of a short reference table, in the order of their codes."""
    return await _rows(viewer, name, selection, lambda _: "1 = 1", " ORDER BY t.code")


async def _rows(viewer: Viewer, name: str, selection: Selected, where: Any, tail: str = "") -> list[Row]:
    source = source_named(name)
    fields = level.wanted(source, selection)
    columns = level.columns_of(source, fields)
    statement = Statement()
    raws = await level.fetch(source, viewer, columns, statement, where(statement), tail)
    rows = level.to_rows(source, viewer, columns, raws)
    await expand(viewer, rows, fields)
    return rows
