"""With which codes a WebSocket is closed, and when."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum
from typing import Final

from api.errors import ErrorCode
from api.http.refusals import Refusal


class Close(IntEnum):
    """Why a connection is closed."""

    INTERNAL = 1011
    TRY_LATER = 1013
    BAD_MESSAGE = 4400
    UNAUTHORISED = 4401
    FORBIDDEN = 4403
    NO_INITIALISATION = 4408
    SUBSCRIBER_EXISTS = 4409
    TOO_SLOW = 4413
    TOO_MANY_INITIALISATIONS = 4429


ENDING: Final[dict[str, Close]] = {ErrorCode.UNAUTHENTICATED: Close.FORBIDDEN, ErrorCode.TOO_SLOW: Close.TOO_SLOW}
"""Errors that end the whole connection."""


class Closing(Exception):
    """The connection is to be closed."""

    def __init__(self, code: Close, reason: str) -> None:
        """Take the code, and what the other side is told."""
        super().__init__(reason)
        self.code, self.reason = code, reason


@contextmanager
def seating() -> Iterator[None]:
    """Close what there is no room for."""
    try:
        yield
    except Refusal as refusal:
        raise Closing(Close.TRY_LATER, refusal.en) from None
