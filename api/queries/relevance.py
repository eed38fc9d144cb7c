"""Pages of what was searched for, the best first.

The order depends on the question, so it is found first; what was asked of the rows on the page is then read as for
any other rows. A row keeps its points as long as its own text stays, so cursors hold while rows come and go.
"""

import hashlib
from typing import Any

from api.plan.answering import Answer, answer_by_ids
from api.plan.pages import beyond, tail
from api.plan.paging import Page, cursor, page_request
from api.plan.reader import Condition, node_selection, read_by_ids
from api.plan.registry import source_named
from api.plan.selection import Selected
from api.plan.source import Kind, Order
from api.plan.statement import Statement
from api.plan.viewer import Viewer
from api.plan.visibility import readable
from api.search.asking import score
from api.search.cutting import Word


async def best_first(
    viewer: Viewer,
    name: str,
    selection: Selected,
    words: tuple[Word, ...],
    arguments: dict[str, Any],
    condition: Condition,
) -> Answer:
    """Return one page of the rows that the condition admits. Raise as `api.queries.items.page`."""
    source, order = source_named(name), _order(words)
    request = page_request(arguments, source, order)
    statement = Statement()
    found = _found(viewer, name, words, condition, statement)
    past = beyond(order, request, statement)
    ranked = await statement.fetch(f"SELECT id, score FROM ({found}) t WHERE 1 = 1{past}{tail(order, request)}")
    more, ranked = len(ranked) > request.size, ranked[: request.size]
    if request.backward:
        ranked.reverse()
    rows = await _rows(viewer, name, [int(row["id"]) for row in ranked], selection)
    # A row may have gone between the two statements.
    kept = [row for row in ranked if row["id"] in rows]
    page = Page(
        [rows[row["id"]] for row in kept],
        [cursor(source, order, (row["score"], row["id"])) for row in kept],
        has_next=request.before is not None if request.backward else more,
        has_previous=more if request.backward else request.after is not None,
    )
    if selection.has("totalCount"):
        counting = Statement()
        counted = _found(viewer, name, words, condition, counting)
        page.total = (await counting.fetch(f"SELECT COUNT(*) AS n FROM ({counted}) t"))[0]["n"]
    return page


def _order(words: tuple[Word, ...]) -> Order:
    """Return the order; its name holds the words, so that a cursor of another search is refused."""
    of = hashlib.blake2b("\0".join(word.text for word in words).encode(), digest_size=8).hexdigest()
    return Order(f"relevance {of}", (("t.score", Kind.INTEGER), ("t.id", Kind.INTEGER)))


def _found(viewer: Viewer, name: str, words: tuple[Word, ...], condition: Condition, statement: Statement) -> str:
    source = source_named(name)
    points = score(words, statement, "cut_")
    where = f"({condition(statement)}) AND {readable(source, viewer, statement)}"
    return (
        f'SELECT t.id, {points} AS score FROM "{source.table}" t {source.joins}'
        f" JOIN search_text cut_ ON cut_.id = t.id WHERE {where}"
    )


async def _rows(viewer: Viewer, name: str, ids: list[int], selection: Selected) -> dict[int, Any]:
    """Return what was asked of the rows: finished where it is asked in one place, else as rows for all places."""
    places = [child for child in selection.children if child.name == "nodes"]
    edges = [child for child in selection.children if child.name == "edges"]
    places += [part for child in edges for part in child.children if part.name == "node"]
    if len(places) == 1:
        return dict(await answer_by_ids(viewer, name, ids, places[0]))
    return dict(await read_by_ids(viewer, name, ids, node_selection(selection)))
