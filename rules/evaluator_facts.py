"""Read every vocabulary value of one pair straight from raw facts, for the evaluator.

This is the second, independent derivation of the values of ``pair.*``: it shares no
code with the engine's path, so that a mistake in one of the two shows as a difference.
The definitions are those of docs/rule-language.md and of the docstring of ``rules/facts.py``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from rules.facts import Demand, Point, Resource, Taxonomy, Windows

Value = bool | int | float | str | frozenset[str] | None
Kinship = tuple[str, int]

_EARTH_RADIUS_METRES: Final = 6_371_008.8


class PairFacts(dict[str, Value]):
    """Map vocabulary paths to the values of one pair, each read when first asked for."""

    def __init__(self, demand: Demand, resource: Resource, kin: Kinship | None) -> None:
        """Keep the two sides; ``kin`` is what ``kinship`` returned for their categories."""
        super().__init__()
        self.demand = demand
        self.resource = resource
        self["pair.categoryKinship"] = kin[0] if kin else None
        self["pair.categoryDistance"] = kin[1] if kin else None

    def __missing__(self, path: str) -> Value:
        """Read the value and remember it; an unknown path is a KeyError."""
        value = self[path] = _READERS[path](self.demand, self.resource)
        return value


def lineage(code: str, taxonomy: Taxonomy) -> list[str]:
    """Return the category and everything above it, nearest first.

    A code the taxonomy does not list stands alone; a circle is left where it closes.
    """
    line = [code]
    above = taxonomy.parents.get(code)
    while above is not None and above in taxonomy.parents and above not in line:
        line.append(above)
        above = taxonomy.parents.get(above)
    return line


def kinship(resource_category: str, demand_category: str, taxonomy: Taxonomy) -> Kinship | None:
    """Return how the two categories are kin and the steps between them, None for strangers.

    The smallest distance wins, then SAME, DESCENDANT, ANCESTOR, SYNONYM in this order
    (docs/rule-language.md, "The vocabulary").
    """
    order = ("SAME", "DESCENDANT", "ANCESTOR", "SYNONYM")
    found = list(_relations(resource_category, demand_category, taxonomy))
    return min(found, key=lambda each: (each[1], order.index(each[0])), default=None)


def _relations(resource: str, demand: str, taxonomy: Taxonomy) -> Iterator[Kinship]:
    if resource == demand:
        yield "SAME", 0
        return
    above_resource, above_demand = lineage(resource, taxonomy), lineage(demand, taxonomy)
    if demand in above_resource:
        yield "DESCENDANT", above_resource.index(demand)
    if resource in above_demand:
        yield "ANCESTOR", above_demand.index(resource)
    for link in taxonomy.synonyms:
        if len(link) == 2:
            one, other = link
            for left, right in ((one, other), (other, one)):
                # Only the category itself and its direct parent reach the link.
                if left in above_resource[:2] and right in above_demand[:2]:
                    extra = above_resource.index(left) + above_demand.index(right)
                    yield "SYNONYM", 1 + extra


def metres_between(one: Point | None, other: Point | None) -> int | None:
    """Return the great-circle distance in whole metres, None when a point is missing.

    The angle is taken between the two unit vectors (atan2 of the halves of their
    difference and sum), which equals the haversine formula and is exact near the
    antipode as well.
    """
    if one is None or other is None:
        return None
    a, b = _unit_vector(one), _unit_vector(other)
    angle = 2 * math.atan2(math.dist(a, b), math.hypot(*(p + q for p, q in zip(a, b, strict=True))))
    return round(_EARTH_RADIUS_METRES * angle)


def _unit_vector(point: Point) -> tuple[float, float, float]:
    longitude, latitude = math.radians(point[0]), math.radians(point[1])
    level = math.cos(latitude)
    return level * math.cos(longitude), level * math.sin(longitude), math.sin(latitude)


def overlap_minutes(ours: Windows | None, theirs: Windows | None) -> int | None:
    """Return the longest overlap of one window with one other, in minutes.

    None when either side has no window, 0 when none of them meet.
    """
    if not ours or not theirs:
        return None
    return max(len(range(max(start, begin), min(end, finish))) for start, end in ours for begin, finish in theirs)


def _steps(path: str) -> list[str]:
    return [step for step in path.split("/") if step]


def _lies_in(demand: Demand, path: str) -> bool:
    here, there = _steps(demand.place.path), _steps(path)
    return bool(there) and here[: len(there)] == there


def _served(demand: Demand, resource: Resource) -> bool:
    return any(_lies_in(demand, path) for path in resource.service_area or (resource.place.path,))


def _adjacent(demand: Demand, resource: Resource) -> bool:
    ours, theirs = demand.place, resource.place
    if ours.community is None or theirs.community is None:
        return False
    return theirs.community in ours.adjacent or ours.community in theirs.adjacent


def _groups_agree(demand: Demand, resource: Resource) -> bool:
    asked, offered = demand.target_groups, resource.target_groups
    return not asked or not offered or not asked.isdisjoint(offered)


def _provider_concerned(demand: Demand, resource: Resource) -> bool:
    return resource.provider_type == "ORGANISATION" and resource.provider_id == demand.concerns


def _provider_paired(demand: Demand, resource: Resource) -> bool:
    if demand.household is not None and demand.household in resource.paired_households:
        return True
    return any(_lies_in(demand, path) for path in resource.paired)


def _promises(demand: Demand, resource: Resource) -> Iterator[tuple[float | None, str | None]]:
    """Yield what is left, and its unit, of each promise that covers the demand."""
    wanted = demand.category.split(".")
    for path, category, left, unit in resource.promises:
        promised = category.split(".")
        shared = min(len(wanted), len(promised))
        if not _lies_in(demand, path) or wanted[:shared] != promised[:shared]:
            continue
        if unit is None or demand.unit is None or unit == demand.unit:
            yield left, unit


def _promised_left(demand: Demand, resource: Resource) -> float | None:
    found = [left for left, unit in _promises(demand, resource) if unit is not None and unit == demand.unit]
    return max((left for left in found if left is not None), default=None)


def _same(kind: str) -> Callable[[Demand, Resource], Value]:
    def same_place(demand: Demand, resource: Resource) -> bool:
        ours = getattr(demand.place, kind)
        return ours is not None and ours == getattr(resource.place, kind)

    return same_place


_READERS: Final[Mapping[str, Callable[[Demand, Resource], Value]]] = {
    "demand.kind": lambda d, r: d.kind,
    "demand.lineKind": lambda d, r: d.line_kind,
    "demand.category": lambda d, r: d.category,
    "demand.quantity": lambda d, r: d.quantity,
    "demand.unit": lambda d, r: d.unit,
    "demand.targetGroups": lambda d, r: d.target_groups,
    "demand.urgency": lambda d, r: d.urgency,
    "demand.estimatedCost": lambda d, r: d.estimated_cost,
    "demand.estimatedEffort": lambda d, r: d.estimated_effort,
    "demand.source": lambda d, r: d.source,
    "demand.family": lambda d, r: d.family,
    "demand.skills": lambda d, r: d.skills,
    "resource.kind": lambda d, r: r.kind,
    "resource.category": lambda d, r: r.category,
    "resource.quantity": lambda d, r: r.quantity,
    "resource.unit": lambda d, r: r.unit,
    "resource.targetGroups": lambda d, r: r.target_groups,
    "resource.recurs": lambda d, r: r.recurs,
    "resource.priceClass": lambda d, r: r.price_class,
    "resource.price": lambda d, r: r.price,
    "resource.responseMinutes": lambda d, r: r.response_minutes,
    "resource.atHome": lambda d, r: r.at_home,
    "provider.type": lambda d, r: r.provider_type,
    "provider.family": lambda d, r: r.provider_family,
    "provider.organisationKind": lambda d, r: r.provider_organisation_kind,
    "provider.skills": lambda d, r: r.skills,
    "provider.certificates": lambda d, r: r.certificates,
    "place.estateKind": lambda d, r: d.place.estate_kind,
    "place.shareOver60": lambda d, r: d.place.share_over_60,
    "place.hasPropertyFirm": lambda d, r: d.place.has_property_firm,
    "pair.sameEntrance": _same("entrance"),
    "pair.sameBuilding": _same("building"),
    "pair.sameCourtyard": _same("courtyard"),
    "pair.sameEstate": _same("estate"),
    "pair.sameGrid": _same("grid"),
    "pair.sameCommunity": _same("community"),
    "pair.sameSubdistrict": _same("subdistrict"),
    "pair.sameDistrict": _same("district"),
    "pair.sameCity": _same("city"),
    "pair.adjacent": _adjacent,
    "pair.served": _served,
    "pair.metres": lambda d, r: metres_between(d.point, r.point),
    "pair.overlapMinutes": lambda d, r: overlap_minutes(d.windows, r.windows),
    "pair.targetGroupShared": _groups_agree,
    "pair.providerConcerned": _provider_concerned,
    "pair.providerPaired": _provider_paired,
    "pair.providerRegistered": lambda d, r: d.place.community in r.registered,
    "pair.providerFallback": lambda d, r: (r.provider_type, r.provider_id) == ("ORGANISATION", d.fallback),
    "pair.promised": lambda d, r: any(left is None or left > 0 for left, _ in _promises(d, r)),
    "pair.promisedLeft": _promised_left,
    "pair.skillsMet": lambda d, r: d.skills <= r.skills | r.certificates,
}
