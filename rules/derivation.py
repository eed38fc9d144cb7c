"""Derive for the engine what lies between a demand and a resource.

The definitions stand in docs/rule-language.md and ``rules/facts.py``. The evaluator
has its own derivation and shares nothing with this module.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from rules.facts import Demand, PlaceFacts, Point, Resource, Taxonomy, Windows
from rules.vocabulary import KINSHIPS

EARTH_RADIUS_METRES: Final = 6_371_008.8
_ORDER: Final[Mapping[str, int]] = {name: at for at, name in enumerate(KINSHIPS)}


@dataclass(frozen=True, slots=True)
class Kin:
    """Say how a resource's category relates to a demand's, and over how many steps."""

    kinship: str
    distance: int


class KinIndex:
    """Find the kindred categories among those that a batch holds."""

    def __init__(self, taxonomy: Taxonomy, resource_categories: Iterable[str]) -> None:
        """Index the categories of the resources by everything they lie below."""
        self._parents = taxonomy.parents
        self._chains: dict[str, tuple[str, ...]] = {}
        self._present = frozenset(resource_categories)
        self._below: dict[str, list[tuple[str, int]]] = defaultdict(list)
        for code in sorted(self._present):
            for steps, above in enumerate(self.chain(code)):
                self._below[above].append((code, steps))
        self._synonyms: dict[str, set[str]] = defaultdict(set)
        for pair in taxonomy.synonyms:
            for code in pair:
                self._synonyms[code] |= pair - {code}

    def chain(self, code: str) -> tuple[str, ...]:
        """Return a code and what lies above it, nearest first.

        A loop ends the chain, and so does a code that the taxonomy does not list.
        """
        held = self._chains.get(code)
        if held is None:
            found = [code]
            above = self._parents.get(code)
            while above in self._parents and above not in found:
                found.append(str(above))
                above = self._parents.get(str(above))
            held = self._chains[code] = tuple(found)
        return held

    def kindred(self, demand_category: str) -> dict[str, Kin]:
        """Return each present resource category that is kin, with its nearest kinship."""
        found: dict[str, Kin] = {}
        for code, steps in self._below.get(demand_category, ()):
            _keep_nearest(found, code, Kin("DESCENDANT" if steps else "SAME", steps))
        for steps, above in enumerate(self.chain(demand_category)):
            if steps and above in self._present:
                _keep_nearest(found, above, Kin("ANCESTOR", steps))
        for steps, anchor in enumerate(self.chain(demand_category)[:2]):
            for partner in self._synonyms.get(anchor, ()):
                for code, below in self._below.get(partner, ()):
                    if below <= 1:
                        _keep_nearest(found, code, Kin("SYNONYM", 1 + steps + below))
        return found


def _keep_nearest(found: dict[str, Kin], code: str, kin: Kin) -> None:
    held = found.get(code)
    if held is None or _rank(kin) < _rank(held):
        found[code] = kin


def _rank(kin: Kin) -> tuple[int, int]:
    return kin.distance, _ORDER[kin.kinship]


def metres(one: Point | None, two: Point | None) -> int | None:
    """Return the great-circle distance (haversine) in whole metres."""
    if one is None or two is None:
        return None
    east = math.radians(two[0] - one[0]) / 2
    north = math.radians(two[1] - one[1]) / 2
    lines = math.cos(math.radians(one[1])) * math.cos(math.radians(two[1]))
    chord = math.sin(north) ** 2 + lines * math.sin(east) ** 2
    return round(2 * EARTH_RADIUS_METRES * math.asin(min(1.0, math.sqrt(chord))))


def overlap_minutes(one: Windows | None, two: Windows | None) -> int | None:
    """Return the longest single overlap of two lists of windows in minutes."""
    if not one or not two:
        return None
    return max(max(0, min(end, until) - max(start, since)) for start, end in one for since, until in two)


def are_adjacent(one: PlaceFacts, two: PlaceFacts) -> bool:
    """Say whether the communities of two places are marked as adjacent by either side."""
    if one.community is None or two.community is None:
        return False
    return one.community in two.adjacent or two.community in one.adjacent


def is_served(demand: Demand, resource: Resource) -> bool:
    """Say whether the demand's place lies in the service area (by default its own place)."""
    area = resource.service_area or (resource.place.path,)
    return any(covers(path, demand) for path in area)


def covers(path: str, demand: Demand) -> bool:
    """Say whether the demand's place is the place of a path or lies below it."""
    return path != "" and demand.place.path.startswith(path)


def is_target_group_shared(demand: Demand, resource: Resource) -> bool:
    """Say whether the sides share a target group; an empty side is for everybody."""
    if not demand.target_groups or not resource.target_groups:
        return True
    return not demand.target_groups.isdisjoint(resource.target_groups)


def is_provider_concerned(demand: Demand, resource: Resource) -> bool:
    """Say whether the demand is about the organisation that provides the resource."""
    return (
        demand.concerns is not None
        and resource.provider_type == "ORGANISATION"
        and resource.provider_id == demand.concerns
    )
