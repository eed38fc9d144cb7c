"""Life of a list as a document: draft, published, superseded or withdrawn."""

from enum import StrEnum


class ListStatus(StrEnum):
    """Whether a list stands as published."""

    DRAFT = "DRAFT"
    PUBLISHED = "PUBLISHED"
    SUPERSEDED = "SUPERSEDED"
    WITHDRAWN = "WITHDRAWN"


S = ListStatus
TRANSITIONS: dict[ListStatus, frozenset[ListStatus]] = {
    S.DRAFT: frozenset({S.PUBLISHED, S.WITHDRAWN}),
    S.PUBLISHED: frozenset({S.SUPERSEDED, S.WITHDRAWN}),
    S.SUPERSEDED: frozenset(),
    S.WITHDRAWN: frozenset(),
}
