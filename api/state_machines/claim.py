"""Life of a claim: 认领 → 社区同意 → 办完 → 互评, with refusing, handing back and running out on the way."""

from enum import StrEnum


class ClaimStatus(StrEnum):
    """How far a commitment is."""

    PROPOSED = "PROPOSED"
    ACCEPTED = "ACCEPTED"
    COMPLETED = "COMPLETED"
    EVALUATED = "EVALUATED"
    DECLINED = "DECLINED"
    RELEASED = "RELEASED"
    EXPIRED = "EXPIRED"


S = ClaimStatus
TRANSITIONS: dict[ClaimStatus, frozenset[ClaimStatus]] = {
    S.PROPOSED: frozenset({S.ACCEPTED, S.DECLINED, S.RELEASED, S.EXPIRED}),
    S.ACCEPTED: frozenset({S.COMPLETED, S.RELEASED, S.EXPIRED}),
    S.COMPLETED: frozenset({S.EVALUATED}),
    S.EVALUATED: frozenset(),
    S.DECLINED: frozenset(),
    S.RELEASED: frozenset(),
    S.EXPIRED: frozenset(),
}
# What a claim in these states holds, nobody else can claim: quantity of the need, capacity of the resource.
HOLDING = frozenset({S.PROPOSED, S.ACCEPTED, S.COMPLETED, S.EVALUATED})
# While a claim is being worked on, its claimant may know whom to meet.
OPEN = frozenset({S.PROPOSED, S.ACCEPTED})
DONE = frozenset({S.COMPLETED, S.EVALUATED})
