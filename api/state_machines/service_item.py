"""Life of a service item: listed, paused, retired."""

from enum import StrEnum


class ServiceItemStatus(StrEnum):
    """Whether a service item can be ordered."""

    LISTED = "LISTED"
    PAUSED = "PAUSED"
    RETIRED = "RETIRED"


S = ServiceItemStatus
TRANSITIONS: dict[ServiceItemStatus, frozenset[ServiceItemStatus]] = {
    S.LISTED: frozenset({S.PAUSED, S.RETIRED}),
    S.PAUSED: frozenset({S.LISTED, S.RETIRED}),
    S.RETIRED: frozenset(),
}
EDITABLE = frozenset({S.LISTED, S.PAUSED})
