"""How far apart the two sides of a match can lie at most, read off the rules of a version.

Where every rule asks for the same community (or to be served), a city's rule set need
not look at the resources of the whole city for one need. It only leaves out pairs that
no rule can accept, so the answer is the same; the engine still decides every pair.
"""

from collections.abc import Iterable
from typing import Final

from api.matching.places import prefixes, steps
from rules.facts import PlaceFacts
from rules.language import AllOf, AnyOf, Comparison, Condition, RuleDocument

# Narrow to wide. Everything below a community, and being served, counts as the community's.
LEVELS: Final = ("community", "subdistrict", "district", "city")
ANYWHERE: Final = len(LEVELS)
_FIELDS: Final = {
    **dict.fromkeys(
        (
            "pair.sameEntrance", "pair.sameBuilding", "pair.sameCourtyard", "pair.sameEstate",
            "pair.sameGrid", "pair.sameCommunity", "pair.served",
        ),
        0,
    ),
    "pair.sameSubdistrict": 1,
    "pair.sameDistrict": 2,
    "pair.sameCity": 3,
}  # fmt: skip


def reach(document: RuleDocument) -> int:
    """Return the index in LEVELS within which every match lies, or ANYWHERE."""
    return max((_reach(rule.require) for rule in document.rules), default=ANYWHERE)


def _reach(condition: Condition) -> int:
    match condition:
        case AllOf(members):
            return min(_reach(member) for member in members)
        case AnyOf(members):
            return max(_reach(member) for member in members)
        case Comparison(field=field, op="=", value=True):
            return _FIELDS.get(field, ANYWHERE)
        case Comparison(field=field, op="!=", value=False):
            return _FIELDS.get(field, ANYWHERE)
        case _:
            return ANYWHERE


def around(level: int, place: PlaceFacts, bound: str) -> str:
    """Return the path of the place of that level in which `place` lies; `bound` when there is none."""
    code = None if level == ANYWHERE else getattr(place, LEVELS[level])
    return next((path for path in prefixes(place.path) if steps(path)[-1] == code), bound)


def within(paths: Iterable[str], bound: str) -> tuple[str, ...]:
    """Return what of the places lies within `bound`, none inside another."""
    parts = {
        path if path.startswith(bound) else bound for path in paths if path.startswith(bound) or bound.startswith(path)
    }
    return tuple(sorted(part for part in parts if not any(part != other and part.startswith(other) for other in parts)))
