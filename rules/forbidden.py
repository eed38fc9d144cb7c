"""What is never a fact of a rule, and the reason a person reads.

The list follows docs/rule-language.md: party membership, religion, ethnicity,
health details, a resident's points and number of complaints.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

_PARTY = (
    "规则不得使用党派或政治面貌:邻里互助不以身份取舍",
    "A rule may not use party membership: help among neighbours does not depend on it",
)
_RELIGION = (
    "规则不得使用宗教信仰",
    "A rule may not use religion",
)
_ETHNICITY = (
    "规则不得使用民族或种族",
    "A rule may not use ethnicity",
)
_HEALTH = (
    "规则不得使用健康细节;可用面向人群(targetGroups)",
    "A rule may not use health details; use targetGroups instead",
)
_POINTS = (
    "规则不得使用居民的积分:积分不换优先",
    "A rule may not use a resident's points: points buy no priority",
)
_COMPLAINTS = (
    "规则不得使用居民的投诉次数:反映问题不受不利对待",
    "A rule may not use a resident's number of complaints: nobody is treated worse for speaking up",
)

FORBIDDEN: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "party": _PARTY,
        "political": _PARTY,
        "党": _PARTY,
        "政治面貌": _PARTY,
        "religion": _RELIGION,
        "religious": _RELIGION,
        "faith": _RELIGION,
        "宗教": _RELIGION,
        "信仰": _RELIGION,
        "ethnic": _ETHNICITY,
        "nationality": _ETHNICITY,
        "race": _ETHNICITY,
        "民族": _ETHNICITY,
        "种族": _ETHNICITY,
        "health": _HEALTH,
        "disease": _HEALTH,
        "illness": _HEALTH,
        "diagnosis": _HEALTH,
        "medical": _HEALTH,
        "健康": _HEALTH,
        "病": _HEALTH,
        "诊断": _HEALTH,
        "points": _POINTS,
        "pointbalance": _POINTS,
        "积分": _POINTS,
        "complaint": _COMPLAINTS,
        "投诉": _COMPLAINTS,
    }
)
"""Fragments of forbidden field names, lower case, with the reason (zh, en)."""

_LATIN_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


def forbidden_reason(path: str) -> tuple[str, str] | None:
    """Return the reason (zh, en) why a field of this name is never a fact, else None.

    Latin fragments match the beginning of a word of the path, so that
    ``resident.partyMember`` is caught and ``demand.traced`` is not.
    """
    words = [word.lower() for word in _LATIN_WORD.findall(path[:200])]
    for fragment, reason in FORBIDDEN.items():
        if fragment.isascii():
            if any(word.startswith(fragment) for word in words):
                return reason
        elif fragment in path[:200]:
            return reason
    return None
