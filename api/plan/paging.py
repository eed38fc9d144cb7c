"""Pages: what was asked (first, after, last, before), cursors, and what is answered."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson

from api.errors import InvalidInput, LimitExceeded
from api.plan.source import Kind, Order, Row, Source

MAXIMUM = 100
LONGEST = 1_000
"""Characters of a cursor: a path of 400 and an identifier fit."""


@dataclass(frozen=True, slots=True)
class PageRequest:
    """The checked paging arguments: how many, from which end, beyond which keys."""

    size: int
    backward: bool
    after: tuple[Any, ...] | None
    before: tuple[Any, ...] | None


@dataclass(slots=True)
class Page:
    """One page of rows in their order, with what a connection tells about it."""

    rows: list[Row]
    cursors: list[str]
    has_next: bool = False
    has_previous: bool = False
    total: int | None = field(default=None)


def page_request(arguments: dict[str, Any], source: Source, order: Order) -> PageRequest:
    """Check `first`, `after`, `last`, `before`. Raise LimitExceeded or InvalidInput with the argument's name."""
    given = {name: arguments[name] for name in ("first", "last") if arguments.get(name) is not None}
    if len(given) != 1:
        raise InvalidInput("请给出 first 或 last 其中之一", "Give either first or last", ("first",))
    name, size = next(iter(given.items()))
    if not 0 <= size <= MAXIMUM:
        raise LimitExceeded(f"{name} 须在 0 到 {MAXIMUM} 之间", f"{name} must be from 0 to {MAXIMUM}", (name,))
    return PageRequest(
        size,
        name == "last",
        _keys(arguments.get("after"), source, order, "after"),
        _keys(arguments.get("before"), source, order, "before"),
    )


def cursor(source: Source, order: Order, values: Sequence[Any]) -> str:
    """Return the opaque cursor of a row: names of the source and the order, and the row's key values."""
    return base64.urlsafe_b64encode(orjson.dumps([source.name, order.key, *values])).decode().rstrip("=")


def _keys(text: str | None, source: Source, order: Order, name: str) -> tuple[Any, ...] | None:
    if text is None:
        return None
    fault = InvalidInput(
        "游标无效,或属于另一个列表或另一种排序",
        "The cursor is malformed, or of another connection or order",
        (name,),
    )
    if len(text) > LONGEST:
        raise fault
    try:
        of, key, *values = orjson.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, TypeError, binascii.Error):
        raise fault from None
    if (of, key) != (source.name, order.key) or len(values) != len(order.columns):
        raise fault
    keys = tuple(_checked(value, kind, fault) for value, (_, kind) in zip(values, order.columns, strict=True))
    # The decoder skips what is no base64; only what was given out comes back.
    if cursor(source, order, keys) != text:
        raise fault
    return keys


def _checked(value: Any, kind: Kind, fault: InvalidInput) -> Any:
    if kind is Kind.INTEGER and type(value) is int and abs(value) < 2**63:
        return value
    if kind is Kind.INSTANT and isinstance(value, str):
        try:
            return datetime.fromisoformat(value)
        except ValueError:
            raise fault from None
    if kind is Kind.TEXT and isinstance(value, str) and "\x00" not in value:
        return value
    raise fault
