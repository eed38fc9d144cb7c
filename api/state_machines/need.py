"""Life of a need: 点单 → 议单 → 派单 → 办理中 → 已清单 → 评单, with ways aside and back."""

from enum import StrEnum


class NeedStatus(StrEnum):
    """The public board's words and what stands beside them."""

    REQUESTED = "REQUESTED"
    DELIBERATING = "DELIBERATING"
    DISPATCHED = "DISPATCHED"
    IN_PROGRESS = "IN_PROGRESS"
    CLEARED = "CLEARED"
    EVALUATED = "EVALUATED"
    WITHDRAWN = "WITHDRAWN"
    MERGED = "MERGED"
    DEFERRED = "DEFERRED"


S = NeedStatus
ASIDE = frozenset({S.WITHDRAWN, S.MERGED, S.DEFERRED})
TRANSITIONS: dict[NeedStatus, frozenset[NeedStatus]] = {
    S.REQUESTED: frozenset({S.DELIBERATING, S.DISPATCHED}) | ASIDE,
    S.DELIBERATING: frozenset({S.DISPATCHED}) | ASIDE,
    S.DISPATCHED: frozenset({S.IN_PROGRESS, S.DELIBERATING}) | ASIDE,
    S.IN_PROGRESS: frozenset({S.CLEARED, S.DISPATCHED, S.DEFERRED, S.WITHDRAWN}),
    S.CLEARED: frozenset({S.EVALUATED, S.REQUESTED}),
    S.EVALUATED: frozenset({S.REQUESTED}),
    S.DEFERRED: frozenset({S.REQUESTED, S.DELIBERATING, S.DISPATCHED, S.WITHDRAWN}),
    S.WITHDRAWN: frozenset({S.REQUESTED}),
    S.MERGED: frozenset(),
}
MATCHABLE = frozenset({S.REQUESTED, S.DELIBERATING, S.DISPATCHED})
EDITABLE = frozenset({S.REQUESTED, S.DELIBERATING, S.DISPATCHED, S.IN_PROGRESS, S.DEFERRED})
UNASSIGNED = frozenset({S.REQUESTED, S.DELIBERATING, S.WITHDRAWN, S.MERGED})
NEEDS_REASON = frozenset({S.WITHDRAWN, S.DEFERRED, S.MERGED})
