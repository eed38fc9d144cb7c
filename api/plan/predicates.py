"""Compile a permission predicate (auth/predicates.py) to the text of an SQL condition."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import assert_never

from auth.predicates import All, Always, Any, Column, Equals, In, Never, Not, Predicate, Under

Columns = Mapping[str, str | None]
Bind = Callable[[object], str]
MOST_IN_A_ROW = 50
_LITERAL = re.compile(r"'([^']*)'")


def to_sql(predicate: Predicate, columns: Columns, bind: Bind) -> str:
    """Return a condition for WHERE that SQLite and PostgreSQL both understand.

    Args:
        predicate: what must hold.
        columns: the SQL expression of each logical column (`auth.predicates.Column`). A column
            that is missing or None is one the table lacks: nothing ever equals it. The path's
            expression must compare by code point (`COLLATE "C"` on PostgreSQL).
        bind: records a value and returns its placeholder; values never enter the text.

    The condition is never NULL below a NOT, so an empty column cannot hide a permitted row.
    """
    match predicate:
        case Always():
            return "TRUE"
        case Never():
            return "FALSE"
        case Under(path=path):
            return _under(path, columns.get(Column.PATH), bind)
        case Equals(column=name, value=value):
            column = columns.get(name)
            return f"{column} = {bind(value)}" if column else "FALSE"
        case In(column=name, values=values):
            column = columns.get(name)
            if not column or not values:
                return "FALSE"
            return f"{column} IN ({', '.join(bind(value) for value in values)})"
        case All(parts=parts):
            return _joined([to_sql(part, columns, bind) for part in parts], "AND")
        case Any(parts=parts):
            return _joined([to_sql(part, columns, bind) for part in parts], "OR")
        case Not(part=part):
            return f"NOT COALESCE({to_sql(part, columns, bind)}, FALSE)"
    assert_never(predicate)


def folded(predicate: Predicate, columns: Columns) -> Predicate:
    """Return what is left of a predicate where some columns are missing, or the same text for every row.

    What is certain beforehand is not asked again for each row. Done before anything is bound.
    """
    match predicate:
        case Equals(column=name, value=value):
            return _certain(predicate, columns.get(name), (value,))
        case In(column=name, values=values):
            return _certain(predicate, columns.get(name), values)
        case Under():
            return predicate if columns.get(Column.PATH) else Never()
        case All(parts=parts):
            return _combined(All, [folded(part, columns) for part in parts], Never(), Always())
        case Any(parts=parts):
            return _combined(Any, [folded(part, columns) for part in parts], Always(), Never())
        case Not(part=part):
            inner = folded(part, columns)
            if isinstance(inner, Always | Never):
                return Never() if isinstance(inner, Always) else Always()
            return Not(inner)
    return predicate


def _certain(predicate: Predicate, column: str | None, values: tuple[int | str, ...]) -> Predicate:
    if not column or not values:
        return Never()
    if literal := _LITERAL.fullmatch(column):
        return Always() if literal[1] in values else Never()
    return predicate


def _combined(
    kind: type[All] | type[Any], parts: list[Predicate], decides: Predicate, says_nothing: Predicate
) -> Predicate:
    if decides in parts:
        return decides
    left = tuple(part for part in parts if part != says_nothing)
    if len(left) < 2:
        return left[0] if left else says_nothing
    return kind(left)


def _joined(parts: list[str], word: str) -> str:
    """Join conditions; a long row of them as a tree, since SQLite nests them and ends at a depth of 1,000."""
    if len(parts) > MOST_IN_A_ROW:
        half = len(parts) // 2
        parts = [_joined(parts[:half], word), _joined(parts[half:], word)]
    return "(" + f" {word} ".join(parts) + ")"


def _under(path: str, column: str | None, bind: Bind) -> str:
    if not column:
        return "FALSE"
    # "0" is the character after "/": the range is the whole subtree, and an index serves it.
    return f"({column} >= {bind(path)} AND {column} < {bind(path[:-1] + '0')})"
