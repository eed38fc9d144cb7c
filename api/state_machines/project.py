"""Life of a project: proposed, planned, in progress, completed; suspended or cancelled on the way."""

from enum import StrEnum


class ProjectStatus(StrEnum):
    """How far a project is."""

    PROPOSED = "PROPOSED"
    PLANNED = "PLANNED"
    IN_PROGRESS = "IN_PROGRESS"
    COMPLETED = "COMPLETED"
    SUSPENDED = "SUSPENDED"
    CANCELLED = "CANCELLED"


S = ProjectStatus
TRANSITIONS: dict[ProjectStatus, frozenset[ProjectStatus]] = {
    S.PROPOSED: frozenset({S.PLANNED, S.IN_PROGRESS, S.SUSPENDED, S.CANCELLED}),
    S.PLANNED: frozenset({S.IN_PROGRESS, S.SUSPENDED, S.CANCELLED}),
    S.IN_PROGRESS: frozenset({S.COMPLETED, S.SUSPENDED, S.CANCELLED}),
    S.SUSPENDED: frozenset({S.PLANNED, S.IN_PROGRESS, S.CANCELLED}),
    S.COMPLETED: frozenset({S.IN_PROGRESS}),
    S.CANCELLED: frozenset(),
}
MATCHABLE = frozenset({S.PROPOSED, S.PLANNED, S.IN_PROGRESS})
EDITABLE = frozenset({S.PROPOSED, S.PLANNED, S.IN_PROGRESS, S.SUSPENDED})
