"""Life of a service point: open, then closed."""

from enum import StrEnum


class ServicePointStatus(StrEnum):
    """Whether people find anybody there."""

    OPEN = "OPEN"
    CLOSED = "CLOSED"


S = ServicePointStatus
TRANSITIONS: dict[ServicePointStatus, frozenset[ServicePointStatus]] = {
    S.OPEN: frozenset({S.CLOSED}),
    S.CLOSED: frozenset({S.OPEN}),
}
EDITABLE = frozenset({S.OPEN})
