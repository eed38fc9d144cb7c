"""Logs: one JSON object a line on standard error, with the request's id and no personal data."""

import logging
import sys
from collections.abc import Callable, MutableMapping
from contextvars import ContextVar
from typing import Any, Final

import orjson
import structlog

from api import clock

REQUEST: Final[ContextVar[str | None]] = ContextVar("request", default=None)
"""The id of the request that is being answered; structlog's own way takes ten times as long, at each request."""


def configure_logs() -> None:
    """Set the form of all logs of this process."""
    structlog.configure(
        processors=[
            _within_request,
            structlog.processors.add_log_level,
            _timed,
            structlog.processors.JSONRenderer(serializer=_json),
        ],
        # Standard output belongs to what a command prints.
        logger_factory=lambda *_: structlog.WriteLogger(sys.stderr),
    )
    # It writes each error with its words and values; `api.http.faults` decides what is written.
    logging.getLogger("strawberry.execution").disabled = True


def _within_request(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    if (request := REQUEST.get()) is not None:
        event["request_id"] = request
    return event


def _timed(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    event["at"] = clock.now().isoformat()
    return event


def _json(event: Any, default: Callable[[Any], Any] = str, **_: Any) -> str:
    return orjson.dumps(event, default=default).decode()
