"""What a programmer would write for the two rule documents: a hash join in plain Python.

It is the yardstick and no more: these eight rules are cast into code, nobody can change them at run time,
and it gives no reason.
"""

from collections.abc import Iterator

from rules.decision import Decision
from rules.derivation import Kin, KinIndex, metres, overlap_minutes
from rules.facts import Batch, Demand, Resource

Found = set[tuple[str, str, str, int]]
"""Rule, demand, resource and score of every match."""

HIGH = ("HIGH", "EMERGENCY")
FREE = ("WITHIN_FEE", "FREE")


def join_rules(batch: Batch) -> Found:
    """Return what the document JOIN accepts."""
    found: Found = set()
    for demand, resource, kin in _kindred(batch):
        here, there = demand.place, resource.place
        near = here.estate is not None and here.estate == there.estate
        if near and kin.distance <= 1 and _enough(demand, resource):
            score = 10 + (5 if here.building is not None and here.building == there.building else 0)
            score += 3 if resource.price_class in FREE else 0
            found.add(("near-and-enough", demand.id, resource.id, score))
        if demand.kind == "NEED":
            if (
                resource.at_home
                and here.share_over_60 is not None
                and here.share_over_60 >= 0.3
                and resource.category.split(".")[0] in ("life", "care")
            ):
                found.add(("at-home-where-many-are-old", demand.id, resource.id, 30))
            minutes = resource.response_minutes
            quick = minutes is not None and minutes <= 120
            if demand.urgency in HIGH and quick and resource.provider_type != "PERSON":
                found.add(("urgent-and-quick", demand.id, resource.id, 15))
        elif resource.provider_organisation_kind in ("ENTERPRISE", "MERCHANT"):
            cheap = demand.estimated_cost is None or demand.estimated_cost <= 8000
            if cheap and here.subdistrict is not None and here.subdistrict == there.subdistrict:
                found.add(("firms-for-projects", demand.id, resource.id, 20))
    return found


def pair_rules(batch: Batch) -> Found:
    """Return what the document PAIR accepts."""
    found: Found = set()
    for demand, resource, _ in _kindred(batch):
        if _enough(demand, resource):
            away = metres(demand.point, resource.point)
            if away is not None and away <= 300:
                found.add(("within-walking-distance", demand.id, resource.id, 16 if away <= 150 else 10))
        if _for_the_same(demand, resource):
            together = overlap_minutes(demand.windows, resource.windows)
            if together is not None and together >= 60:
                found.add(("has-time-then", demand.id, resource.id, 12))
        if demand.kind == "NEED":
            if demand.urgency in HIGH and _served(demand, resource):
                found.add(("served-and-urgent", demand.id, resource.id, 25))
        elif _adjacent(demand, resource) or (
            resource.provider_type == "ORGANISATION" and resource.provider_id == demand.concerns
        ):
            found.add(("next-door-or-concerned", demand.id, resource.id, 8))
    return found


def found_in(decision: Decision) -> Found:
    """Return the matches of a decision of the engine in the same form."""
    return {(each.rule_id, each.demand_id, each.resource_id, each.score) for each in decision.firings}


HASH_JOINS = {"join": join_rules, "pair": pair_rules}


def _kindred(batch: Batch) -> Iterator[tuple[Demand, Resource, Kin]]:
    """Yield the pairs of kindred categories: hashed by category, one look-up a demand."""
    of_category: dict[str, list[Resource]] = {}
    for resource in batch.resources:
        of_category.setdefault(resource.category, []).append(resource)
    index = KinIndex(batch.taxonomy, of_category)
    kindred: dict[str, list[tuple[Resource, Kin]]] = {}
    for demand in batch.demands:
        fitting = kindred.get(demand.category)
        if fitting is None:
            fitting = kindred[demand.category] = [
                (resource, kin)
                for code, kin in index.kindred(demand.category).items()
                for resource in of_category[code]
            ]
        for resource, kin in fitting:
            yield demand, resource, kin


def _enough(demand: Demand, resource: Resource) -> bool:
    wanted, offered = demand.quantity, resource.quantity
    if wanted is None or offered is None or demand.unit is None or demand.unit != resource.unit:
        return True
    return offered >= wanted


def _for_the_same(demand: Demand, resource: Resource) -> bool:
    asked, offered = demand.target_groups, resource.target_groups
    return not asked or not offered or not asked.isdisjoint(offered)


def _served(demand: Demand, resource: Resource) -> bool:
    return any(demand.place.path.startswith(path) for path in resource.service_area or (resource.place.path,))


def _adjacent(demand: Demand, resource: Resource) -> bool:
    here, there = demand.place, resource.place
    return here.community is not None and here.community in there.adjacent
