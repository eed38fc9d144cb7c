"""Life of an agreement: 草稿 → 送签 → 双方签 → 生效 → 履约完、到期或解除."""

from enum import StrEnum


class AgreementStatus(StrEnum):
    """Whether both sides stand by it."""

    DRAFT = "DRAFT"
    PROPOSED = "PROPOSED"
    SIGNED = "SIGNED"
    IN_FORCE = "IN_FORCE"
    FULFILLED = "FULFILLED"
    EXPIRED = "EXPIRED"
    ENDED = "ENDED"


S = AgreementStatus
TRANSITIONS: dict[AgreementStatus, frozenset[AgreementStatus]] = {
    S.DRAFT: frozenset({S.PROPOSED, S.ENDED}),
    # Back to a draft when a side asks for a change; what was signed is signed anew then.
    S.PROPOSED: frozenset({S.DRAFT, S.SIGNED, S.IN_FORCE, S.ENDED}),
    # Signed by both and waiting for its first day.
    S.SIGNED: frozenset({S.IN_FORCE, S.EXPIRED, S.ENDED}),
    S.IN_FORCE: frozenset({S.FULFILLED, S.EXPIRED, S.ENDED}),
    S.FULFILLED: frozenset(),
    S.EXPIRED: frozenset(),
    S.ENDED: frozenset(),
}
# A changed proposal is a draft again, and what was signed is signed anew.
EDITABLE = frozenset({S.DRAFT, S.PROPOSED})
# Both sides stand by it; from its first day to its last one claims can be made under it.
BINDING = frozenset({S.SIGNED, S.IN_FORCE})
OVER = frozenset({S.EXPIRED, S.ENDED})


class PromiseState(StrEnum):
    """What became of a promise; worked out when it is read, from the claims made under it."""

    OPEN = "OPEN"
    KEPT = "KEPT"
    BROKEN = "BROKEN"
    MADE_GOOD = "MADE_GOOD"
