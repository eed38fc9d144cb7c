"""Life of a registration: 报到 → 社区核对 → 有效 → 结束."""

from enum import StrEnum


class RegistrationStatus(StrEnum):
    """Whether the community knows of it and stands by it."""

    PENDING = "PENDING"
    ACTIVE = "ACTIVE"
    ENDED = "ENDED"


S = RegistrationStatus
TRANSITIONS: dict[RegistrationStatus, frozenset[RegistrationStatus]] = {
    S.PENDING: frozenset({S.ACTIVE, S.ENDED}),
    S.ACTIVE: frozenset({S.ENDED}),
    # Who comes back registers anew, and is confirmed anew.
    S.ENDED: frozenset(),
}
EDITABLE = frozenset({S.PENDING, S.ACTIVE})
