"""Life of a collection round: open until the committee closes it or calls it off."""

from enum import StrEnum


class CollectionRoundStatus(StrEnum):
    """Whether lists are still taken."""

    OPEN = "OPEN"
    CLOSED = "CLOSED"
    CANCELLED = "CANCELLED"


S = CollectionRoundStatus
TRANSITIONS: dict[CollectionRoundStatus, frozenset[CollectionRoundStatus]] = {
    S.OPEN: frozenset({S.CLOSED, S.CANCELLED}),
    S.CLOSED: frozenset({S.OPEN}),
    S.CANCELLED: frozenset(),
}
