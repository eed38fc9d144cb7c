"""A SQL text under construction with its bound values, in the dialect of the open database."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from typing import Any, Final, TypeVar

import orjson

from api import db
from api.plan.source import Kind

AT_ONCE: Final = 500
_Value = TypeVar("_Value")


class Statement:
    """Collects bound values; every value of a client goes through `bind`, none into the text."""

    def __init__(self) -> None:
        """Start empty, for the database that is open."""
        self.values: list[Any] = []
        self.postgres = db.dialect() == "postgres"

    def bind(self, value: object) -> str:
        """Record a value and return its placeholder."""
        if not self.postgres and isinstance(value, date):
            # SQLite keeps instants as text; one form, in UTC, so that text order is time order.
            value = value.astimezone(UTC).isoformat(" ") if isinstance(value, datetime) else value.isoformat()
        self.values.append(value)
        return f"${len(self.values)}" if self.postgres else f"?{len(self.values)}"

    def bind_as(self, value: object, kind: Kind) -> str:
        """Record a value of a column of this kind and return its placeholder.

        PostgreSQL would give it the column's own type, for which a number of a client may be too large.
        """
        return f"{self.bind(value)}::bigint" if self.postgres and kind is Kind.INTEGER else self.bind(value)

    def moment(self, expression: str) -> str:
        """Return an instant of the database as something that compares by time, to the second.

        On SQLite it is text in the zone in which it was given.
        """
        return expression if self.postgres else f"unixepoch({expression})"

    def among(self, expression: str, keys: list[int] | list[str]) -> str:
        """Return `expression` is one of `keys`, with one bound value however many keys there are."""
        if not keys:
            return "1 = 0"
        if len(keys) == 1:
            # PostgreSQL plans a statement with an array anew each time, since it guesses how many there are.
            kind = "text" if isinstance(keys[0], str) else "bigint"
            return f"{expression} = {self.bind(keys[0])}{f'::{kind}' if self.postgres else ''}"
        if self.postgres:
            kind = "text[]" if isinstance(keys[0], str) else "bigint[]"
            return f"{expression} = ANY({self.bind(keys)}::{kind})"
        return f"{expression} IN (SELECT value FROM json_each({self.bind(orjson.dumps(keys).decode())}))"

    def under(self, expression: str, path: str) -> str:
        """Return `expression` lies at or below the place path (a range that an index serves)."""
        if path == "":
            return "1 = 1"
        return f"({expression} >= {self.bind(path)} AND {expression} < {self.bind(path[:-1] + '0')})"

    def below_category(self, expression: str, code: str) -> str:
        """Return `expression` is the category or any below it ("life" covers "life.haircut")."""
        low, high = self.bind(code + "."), self.bind(code + "/")
        return f"({expression} = {self.bind(code)} OR ({expression} >= {low} AND {expression} < {high}))"

    async def fetch(self, text: str) -> list[dict[str, Any]]:
        """Run the statement on the connection that reads use now."""
        return await db.reading().execute_query_dict(text, self.values)

    async def fetch_rows(self, text: str) -> Sequence[Any]:
        """Run the statement; return rows whose values are found by their place."""
        return await db.fetch_rows(text, self.values)


def chunks(values: list[_Value]) -> Iterator[list[_Value]]:
    """Yield parts small enough for one statement, which has its time and may carry only so many values."""
    for start in range(0, len(values), AT_ONCE):
        yield values[start : start + AT_ONCE]
