"""Life of a match: suggested by the engine, held back by a cap, or dismissed by a person."""

from enum import StrEnum


class MatchStatus(StrEnum):
    """Whether a match is put before people."""

    SUGGESTED = "SUGGESTED"
    HELD_BACK = "HELD_BACK"
    DISMISSED = "DISMISSED"


S = MatchStatus
TRANSITIONS: dict[MatchStatus, frozenset[MatchStatus]] = {
    S.SUGGESTED: frozenset({S.HELD_BACK, S.DISMISSED}),
    S.HELD_BACK: frozenset({S.SUGGESTED, S.DISMISSED}),
    S.DISMISSED: frozenset(),
}
