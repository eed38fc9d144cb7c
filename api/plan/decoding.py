"""Raw column values of both databases become the same Python values."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import orjson

from api import sealing
from api.plan.source import Column, Kind


def _instant(value: Any) -> datetime:
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _date(value: Any) -> date:
    return date.fromisoformat(value[:10]) if isinstance(value, str) else value


def _json(value: Any) -> Any:
    return orjson.loads(value) if isinstance(value, str | bytes) else value


DECODERS: dict[Kind, Callable[[Any], Any] | None] = {
    Kind.TEXT: None,
    Kind.INTEGER: None,
    Kind.NUMBER: float,
    Kind.BOOLEAN: bool,
    Kind.INSTANT: _instant,
    Kind.DATE: _date,
    Kind.JSON: _json,
    Kind.FEN: lambda value: value / 100,
    Kind.ID: str,
    Kind.SEALED: sealing.unseal,
}


def decode(column: Column, value: Any) -> Any:
    """Return the value that the schema serves; None stays None, a masked column is masked here."""
    if value is None:
        return None
    decoder = DECODERS[column.kind]
    plain = value if decoder is None else decoder(value)
    return plain if column.mask is None else column.mask(plain)
