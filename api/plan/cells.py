"""How a column's value travels: its SQL, and the Python text that makes of it what the schema serves.

The compiled form writes values out as the executor would: instants and days as ISO texts.
"""

import re
from collections.abc import Callable
from functools import cache
from typing import Any

from tortoise import Tortoise

from api.plan.decoding import decoder
from api.plan.source import Column, Kind

_OWN = re.compile(r't\."?(\w+)"?')
WRITTEN_AS_IT_IS = (Kind.TEXT, Kind.INTEGER)


def within_json(sql: str, kind: Kind) -> str:
    """Return a value for an array of JSON, in which SQLite would write numbers with 15 digits."""
    return f"CASE WHEN {sql} IS NOT NULL THEN printf('%!.17g', {sql}) END" if kind in (Kind.NUMBER, Kind.FEN) else sql


def writer(column: Column) -> Callable[[Any], Any] | None:
    """Return what turns a raw value, or None, into what is written; None: nothing to do."""
    if column.kind in WRITTEN_AS_IT_IS and column.mask is None:
        return None
    return _writer(column)


@cache
def _writer(column: Column) -> Callable[[Any], Any]:
    decode = decoder(column)
    assert decode is not None
    if column.kind in (Kind.INSTANT, Kind.DATE):
        return lambda value: None if value is None else decode(value).isoformat()
    return lambda value: None if value is None else decode(value)


@cache
def _columns_never_null() -> frozenset[tuple[str, str]]:
    models = [model for app in Tortoise.apps.values() for model in app.values()] if Tortoise.apps else []
    return frozenset(
        (model._meta.db_table, column)
        for model in models
        for name, column in model._meta.fields_db_projection.items()
        if not model._meta.fields_map[name].null
    )


def never_null(table: str, column: Column) -> bool:
    """Tell whether the database itself promises a value."""
    own = _OWN.fullmatch(column.sql)
    return own is not None and column.permission is None and (table, own.group(1)) in _columns_never_null()
