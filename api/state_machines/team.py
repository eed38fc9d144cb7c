"""Life of a team: active, then disbanded."""

from enum import StrEnum


class TeamStatus(StrEnum):
    """Whether a team takes part."""

    ACTIVE = "ACTIVE"
    DISBANDED = "DISBANDED"


S = TeamStatus
TRANSITIONS: dict[TeamStatus, frozenset[TeamStatus]] = {
    S.ACTIVE: frozenset({S.DISBANDED}),
    S.DISBANDED: frozenset({S.ACTIVE}),
}
EDITABLE = frozenset({S.ACTIVE})
