"""Predicates as plain data, to be kept and compared, and asked of one row's columns without a database."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any as Anything
from typing import Final, assert_never

from auth.predicates import All, Always, Any, Column, Equals, In, Never, Not, Predicate, Under

_ALWAYS: Final = "always"
_NEVER: Final = "never"


def to_data(predicate: Predicate) -> Anything:
    """Return a predicate as JSON data; two that differ only in the order of their parts come out the same."""
    match predicate:
        case Always():
            return _ALWAYS
        case Never():
            return _NEVER
        case Under(path=path):
            return ["under", path]
        case Equals(column=column, value=value):
            return ["in", column.value, [value]]
        case In(column=column, values=values):
            return ["in", column.value, sorted(values, key=str)]
        case All(parts=parts):
            return ["all", _sorted(parts)]
        case Any(parts=parts):
            return ["any", _sorted(parts)]
        case Not(part=part):
            return ["not", to_data(part)]
    assert_never(predicate)


def from_data(data: Anything) -> Predicate:
    """Return the predicate that `to_data` wrote."""
    match data:
        case "always":
            return Always()
        case "never":
            return Never()
        case ["under", str(path)]:
            return Under(path)
        case ["in", str(column), [value]]:
            return Equals(Column(column), value)
        case ["in", str(column), list(values)]:
            return In(Column(column), tuple(values))
        case ["all", list(parts)]:
            return All(tuple(from_data(part) for part in parts))
        case ["any", list(parts)]:
            return Any(tuple(from_data(part) for part in parts))
        case ["not", part]:
            return Not(from_data(part))
    raise ValueError("not a predicate")


def holds(predicate: Predicate, row: Mapping[str, Anything]) -> bool:
    """Tell whether a predicate is true of a row, whose columns are given by their logical names."""
    match predicate:
        case Always():
            return True
        case Never():
            return False
        case Under(path=path):
            return str(row.get(Column.PATH) or "").startswith(path)
        case Equals(column=column, value=value):
            return bool(row.get(column) == value)
        case In(column=column, values=values):
            return row.get(column) in values
        case All(parts=parts):
            return all(holds(part, row) for part in parts)
        case Any(parts=parts):
            return any(holds(part, row) for part in parts)
        case Not(part=part):
            return not holds(part, row)
    assert_never(predicate)


def _sorted(parts: tuple[Predicate, ...]) -> list[Anything]:
    return sorted((to_data(part) for part in parts), key=json.dumps)
