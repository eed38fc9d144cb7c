"""Which types the feed follows."""

from typing import Final

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
)
"""Names of sources, what is pointed to first. A new type is added at the end; cursors know types by name."""
