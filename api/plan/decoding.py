"""Raw column values of both databases become the same Python values."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import orjson

from api import sealing
from api.plan.source import Column, Kind


def instant(value: Any) -> datetime:
    """Return an instant, which SQLite gives as text."""
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _date(value: Any) -> date:
    return date.fromisoformat(value[:10]) if isinstance(value, str) else value


def _json(value: Any) -> Any:
    return orjson.loads(value) if isinstance(value, str | bytes) else value


Decoder = Callable[[Any], Any]
DECODERS: dict[Kind, Decoder | None] = {
    Kind.TEXT: None,
    Kind.INTEGER: None,
    Kind.NUMBER: float,
    Kind.BOOLEAN: bool,
    Kind.INSTANT: instant,
    Kind.DATE: _date,
    Kind.JSON: _json,
    # From an array of JSON it arrives as text.
    Kind.FEN: lambda value: float(value) / 100,
    Kind.ID: str,
    Kind.SEALED: sealing.unseal,
}


def decoder(column: Column) -> Decoder | None:
    """Return what turns a raw value that is not None into the one that is served; None: nothing to do.

    A masked column is masked here.
    """
    decode, mask = DECODERS[column.kind], column.mask
    if decode is None or mask is None:
        return decode or mask
    return lambda value: mask(decode(value))
