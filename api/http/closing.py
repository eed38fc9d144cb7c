"""Why a WebSocket is closed."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum

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


class Closing(Exception):
    """The connection is to be closed."""

    def __init__(self, code: Close, reason: str) -> None:
        super().__init__(reason)
        self.code, self.reason = code, reason


@contextmanager
def seating() -> Iterator[None]:
    """Close what there is no room for."""
    try:
        yield
    except Refusal as refusal:
        raise Closing(Close.TRY_LATER, refusal.en) from None
