"""Which types the feed follows."""

from collections.abc import Mapping
from typing import Final

from api.plan.source import Parent

FEED: Final = (
    "Place",
    "Organisation",
    "Resource",
    "ServiceItem",
    "Need",
    "Project",
    "ResourceList",
    "NeedList",
    "ProjectList",
    "RuleVersion",
    "Match",
    "Agreement",
    "Claim",
    "Team",
    "Registration",
    "Pairing",
    "ServicePoint",
)
"""Names of sources, what is pointed to first. A new type is added at the end; cursors know types by name."""

BORROWED: Final[Mapping[str, tuple[Parent, ...]]] = {
    "Claim": (Parent("Need", "t.need_id"), Parent("Project", "t.project_id")),
}
"""Rows from which a type takes columns of its own permissions; the parents that its source declares come by themselves.
"""
