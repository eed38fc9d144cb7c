"""The compiled form of a connection: how its rows are ordered and bounded, and what makes a page of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.plan.paging import PageRequest, cursor
from api.plan.ready import Unanswerable
from api.plan.selection import Selected
from api.plan.source import Column, Order, Source
from api.plan.statement import Statement
from api.plan.visibility import aliased

if TYPE_CHECKING:
    from api.plan.building import Level
    from api.plan.shape import Compiler


class Pages:
    """One connection, or one short list, below a row or at the root."""

    def __init__(self, compiler: Compiler, below: Level, order: Order, request: PageRequest) -> None:
        """Take the level of the rows and what was asked of the page."""
        self.compiler = compiler
        self.below = below
        self.order = order
        self.request = request
        self.asks_more = False

    @property
    def bound(self) -> int:
        """Return how many rows to read: one more than asked where that tells whether there is another page."""
        return self.request.size + self.asks_more

    def plain(self, selection: list[Selected]) -> str:
        """Write the function of a list without pages; return its name."""
        text = self.compiler.object(self.below, self.below.source, self.below.alias, selection)
        return self._written(f"    return [{text} for {self.below.row} in rows]")

    def function(self, selection: list[Selected]) -> str:
        """Write the function of a connection, by what is selected of it; return its name."""
        request = self.request
        fields = ", ".join(f"{child.key!r}: {self._field(child)}" for child in selection)
        lines = []
        if self.asks_more:
            lines += [f"    more = len(rows) > {request.size}", f"    rows = rows[:{request.size}]"]
        if request.backward:
            lines.append("    rows = rows[::-1]")
        return self._written("\n".join([*lines, f"    return {{{fields}}}"]))

    def _written(self, body: str) -> str:
        name = f"page{self.compiler.number()}"
        self.compiler.functions.append(f"def {name}(viewer, rows, total):\n{body}\n")
        return name

    def _field(self, child: Selected) -> str:
        match child.name:
            case "nodes":
                return f"[{self._object(child)} for {self.below.row} in rows]"
            case "edges":
                parts = ", ".join(f"{part.key!r}: {self._of_edge(part)}" for part in child.children)
                return f"[{{{parts}}} for {self.below.row} in rows]"
            case "totalCount":
                return "total"
            case "pageInfo":
                return "{" + ", ".join(f"{part.key!r}: {self._of_info(part)}" for part in child.children) + "}"
            case "__typename":
                return repr(child.on)
        raise Unanswerable(child.name)

    def _of_edge(self, part: Selected) -> str:
        match part.name:
            case "node":
                return self._object(part)
            case "cursor":
                return self._cursor(self.below.row)
            case "__typename":
                return repr(part.on)
        raise Unanswerable(part.name)

    def _of_info(self, part: Selected) -> str:
        request = self.request
        match part.name:
            case "__typename":
                return repr(part.on)
            case "hasNextPage":
                return str(request.before is not None) if request.backward else self._more()
            case "hasPreviousPage":
                return self._more() if request.backward else str(request.after is not None)
            case "startCursor":
                return f"({self._cursor('rows[0]')} if rows else None)"
            case "endCursor":
                return f"({self._cursor('rows[-1]')} if rows else None)"
        raise Unanswerable(part.name)

    def _more(self) -> str:
        self.asks_more = True
        return "more"

    def _object(self, child: Selected) -> str:
        return self.compiler.object(self.below, self.below.source, self.below.alias, child.children)

    def _cursor(self, row: str) -> str:
        source, order = self.below.source, self.order
        cells = []
        for sql, kind in order.columns:
            cell = self.below.cell(aliased(sql, self.below.alias)).replace(self.below.row, row, 1)
            cells.append(self.compiler.read_as(Column(sql, kind), cell))
        name = self.compiler.named("cursor", lambda *values: cursor(source, order, values))
        return f"{name}({', '.join(cells)})"


def rows_of(source: Source, order: Order, statement: Statement) -> str:
    """Return what stands after FROM: the source's rows as `t`, with the columns that the order needs."""
    return source.as_t if order.ranked is None else f"{order.ranked(source, statement)} {source.joins}"


def beyond(order: Order, request: PageRequest, statement: Statement) -> str:
    """Return, with " AND " before it, the condition that a row lies beyond the cursors of a page; may be empty."""
    left = ", ".join(sql for sql, _ in order.columns)
    text = ""
    for keys, forward in ((request.after, True), (request.before, False)):
        if keys is not None:
            sign = "<" if order.descending == forward else ">"
            right = ", ".join(statement.bind_as(key, kind) for key, (_, kind) in zip(keys, order.columns, strict=True))
            text += f" AND ({left}) {sign} ({right})"
    return text


def direction(order: Order, request: PageRequest, alias: str = "t") -> str:
    """Return what stands after ORDER BY, from the end at which the page begins."""
    word = "DESC" if order.descending != request.backward else "ASC"
    return ", ".join(f"{aliased(sql, alias)} {word}" for sql, _ in order.columns)


def tail(order: Order, bound: int, request: PageRequest, alias: str = "t") -> str:
    """Return the order, and how many rows are read."""
    return f" ORDER BY {direction(order, request, alias)} LIMIT {bound}"
