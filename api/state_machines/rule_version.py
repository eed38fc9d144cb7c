"""Life of a rule version: published, then superseded; quarantined when it harmed the engine."""

from enum import StrEnum


class RuleVersionStatus(StrEnum):
    """Whether a version decides matches. Its content never changes."""

    PUBLISHED = "PUBLISHED"
    SUPERSEDED = "SUPERSEDED"
    QUARANTINED = "QUARANTINED"


S = RuleVersionStatus
TRANSITIONS: dict[RuleVersionStatus, frozenset[RuleVersionStatus]] = {
    S.PUBLISHED: frozenset({S.SUPERSEDED, S.QUARANTINED}),
    S.SUPERSEDED: frozenset(),
    S.QUARANTINED: frozenset({S.SUPERSEDED}),
}
