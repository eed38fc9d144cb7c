"""Life of a resource: offered, paused, used up, withdrawn."""

from enum import StrEnum


class ResourceStatus(StrEnum):
    """Whether a resource can be used now."""

    OFFERED = "OFFERED"
    PAUSED = "PAUSED"
    USED_UP = "USED_UP"
    WITHDRAWN = "WITHDRAWN"


S = ResourceStatus
TRANSITIONS: dict[ResourceStatus, frozenset[ResourceStatus]] = {
    S.OFFERED: frozenset({S.PAUSED, S.USED_UP, S.WITHDRAWN}),
    S.PAUSED: frozenset({S.OFFERED, S.WITHDRAWN}),
    S.USED_UP: frozenset({S.OFFERED, S.WITHDRAWN}),
    S.WITHDRAWN: frozenset(),
}
MATCHABLE = frozenset({S.OFFERED})
EDITABLE = frozenset({S.OFFERED, S.PAUSED, S.USED_UP})
