"""Pieces of a compiled statement: its bound values and one SELECT under construction."""

from dataclasses import dataclass, field
from typing import Any, Final

from api.plan.ready import Unanswerable
from api.plan.source import Source
from api.plan.statement import Statement
from api.plan.visibility import aliased

# What SQLite can do at most: arguments of a function, and tables in a join, of which it may add some of its own.
MOST_CELLS: Final = 127
MOST_TABLES: Final = 60


class Reusing(Statement):
    """Binds equal values once, since the same place stands in the row filter of every level."""

    def __init__(self) -> None:
        """Start empty."""
        super().__init__()
        self._bound: dict[tuple[type, Any], str] = {}

    def bind(self, value: object) -> str:
        """Record a value, unless it is known, and return its placeholder."""
        if isinstance(value, list):
            return super().bind(value)
        key = (type(value), value)
        if key not in self._bound:
            self._bound[key] = super().bind(value)
        return self._bound[key]


@dataclass(slots=True)
class Level:
    """One SELECT under construction: its columns, its joins, and the name of its row in the function.

    `nested` columns are arrays; with `json` the level itself travels in an array of JSON, with `text` its arrays
    arrive as text.
    """

    source: Source
    alias: str
    row: str
    json: bool
    columns: list[str] = field(default_factory=list)
    joins: list[str] = field(default_factory=list)
    text: bool = False
    nested: set[int] = field(default_factory=set)
    places: dict[str, int] = field(default_factory=dict)

    def cell(self, sql: str, *, nested: bool = False) -> str:
        """Return where the value of an expression stands in the row; equal expressions are selected once."""
        place = self.places.get(sql)
        if place is None:
            place = self.places[sql] = len(self.columns)
            self.columns.append(sql)
            if nested:
                self.nested.add(place)
        cell = f"{self.row}[{place}]"
        # SQLite hands an array over as text, but for the arrays within it.
        return f"loads({cell})" if nested and self.text else cell

    @property
    def table(self) -> str:
        """Return what stands after FROM, but for conditions: the table, its own joins, then those of relations."""
        own = aliased(self.source.joins, self.alias)
        return " ".join([f'"{self.source.table}" {self.alias}', *([own] if own else []), *self.joins])

    def within_sqlite(self, *, packed: bool = True) -> None:
        """Raise Unanswerable when SQLite cannot make so wide a row; the level reader asks for it in pieces."""
        tables = 1 + len(self.joins) + self.source.joins.count("JOIN ")
        if tables > MOST_TABLES or (packed and len(self.columns) > MOST_CELLS):
            raise Unanswerable(self.source.name)

    def packed(self, postgres: bool) -> str:
        """Return the SQL of one row as one value. Raise Unanswerable when it is too wide."""
        if postgres:
            return f"ROW({', '.join(self.columns) or '1'})"
        self.within_sqlite()
        cells = (f"json({sql})" if place in self.nested else sql for place, sql in enumerate(self.columns))
        return f"json_array({', '.join(cells)})"

    def gathered(self, postgres: bool, rest: str) -> str:
        """Return the SQL of all rows, in their order, as one array; `rest` follows the table. Raise Unanswerable."""
        if postgres:
            return f"ARRAY(SELECT {self.packed(postgres)} FROM {self.table}{rest})"
        self.within_sqlite()
        listed = ", ".join(f"{sql} AS c{place}" for place, sql in enumerate(self.columns)) or "1 AS c0"
        cells = (f"json(c{place})" if place in self.nested else f"c{place}" for place in range(len(self.columns)))
        rows = f"SELECT {listed} FROM {self.table}{rest}"
        return f"(SELECT json_group_array(json_array({', '.join(cells)})) FROM ({rows}))"
