"""Life of a list as a document: drafted, handed in, confirmed, published, superseded or withdrawn."""

from enum import StrEnum


class ListStatus(StrEnum):
    """How far a list is on its way to publication, and whether it still stands."""

    DRAFT = "DRAFT"
    SUBMITTED = "SUBMITTED"
    RETURNED = "RETURNED"
    CONFIRMED = "CONFIRMED"
    PUBLISHED = "PUBLISHED"
    SUPERSEDED = "SUPERSEDED"
    WITHDRAWN = "WITHDRAWN"


S = ListStatus
TRANSITIONS: dict[ListStatus, frozenset[ListStatus]] = {
    S.DRAFT: frozenset({S.SUBMITTED, S.PUBLISHED, S.WITHDRAWN}),
    S.SUBMITTED: frozenset({S.CONFIRMED, S.RETURNED, S.WITHDRAWN}),
    S.RETURNED: frozenset({S.SUBMITTED, S.WITHDRAWN}),
    S.CONFIRMED: frozenset({S.PUBLISHED, S.RETURNED, S.WITHDRAWN}),
    S.PUBLISHED: frozenset({S.SUPERSEDED, S.WITHDRAWN}),
    S.SUPERSEDED: frozenset(),
    S.WITHDRAWN: frozenset(),
}
# A list that answers a collection round goes to the committee first.
COLLECTED: dict[ListStatus, frozenset[ListStatus]] = TRANSITIONS | {S.DRAFT: frozenset({S.SUBMITTED, S.WITHDRAWN})}
# What its owner, or who enters it for the owner, may still change.
EDITABLE = frozenset({S.DRAFT, S.RETURNED})
# Handed in and not sent back: the invitation is answered.
HANDED_IN = (S.SUBMITTED, S.CONFIRMED, S.PUBLISHED, S.SUPERSEDED)
