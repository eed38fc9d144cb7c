"""Say for each term how its text is taken from a demand, a resource or a pair."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import attrgetter
from types import MappingProxyType
from typing import Any, Final

from rules import derivation, provider
from rules.atoms import Aspect, Term
from rules.derivation import Kin, KinIndex
from rules.encoder_values import (
    FALSE,
    TRUE,
    UNKNOWN_DEMAND,
    UNKNOWN_RESOURCE,
    EncodingRefused,
    check_paths,
    double_text,
    is_finite_point,
    place_text,
    plain_text,
    scaled_text,
    value_text,
)
from rules.facts import Demand, Resource
from rules.vocabulary import SAME_PLACE, VOCABULARY

FactText = Callable[[Any], str]
PairText = Callable[[Demand, Resource, Kin], str]

_SOURCES: Final[Mapping[str, Callable[[Any], Any]]] = MappingProxyType(
    {
        "demand.kind": attrgetter("kind"),
        "demand.lineKind": attrgetter("line_kind"),
        "demand.category": attrgetter("category"),
        "demand.quantity": attrgetter("quantity"),
        "demand.unit": attrgetter("unit"),
        "demand.targetGroups": attrgetter("target_groups"),
        "demand.urgency": attrgetter("urgency"),
        "demand.estimatedCost": attrgetter("estimated_cost"),
        "demand.estimatedEffort": attrgetter("estimated_effort"),
        "demand.source": attrgetter("source"),
        "demand.family": attrgetter("family"),
        "demand.skills": attrgetter("skills"),
        "resource.kind": attrgetter("kind"),
        "resource.category": attrgetter("category"),
        "resource.quantity": attrgetter("quantity"),
        "resource.unit": attrgetter("unit"),
        "resource.targetGroups": attrgetter("target_groups"),
        "resource.recurs": attrgetter("recurs"),
        "resource.priceClass": attrgetter("price_class"),
        "resource.price": attrgetter("price"),
        "resource.responseMinutes": attrgetter("response_minutes"),
        "resource.atHome": attrgetter("at_home"),
        "provider.type": attrgetter("provider_type"),
        "provider.family": attrgetter("provider_family"),
        "provider.organisationKind": attrgetter("provider_organisation_kind"),
        "provider.skills": attrgetter("skills"),
        "provider.certificates": attrgetter("certificates"),
        "place.estateKind": attrgetter("place.estate_kind"),
        "place.shareOver60": attrgetter("place.share_over_60"),
        "place.hasPropertyFirm": attrgetter("place.has_property_firm"),
    }
)


def fact_text(term: Term, kin: KinIndex) -> FactText:
    """Return how a term of one side is written for a demand or a resource."""
    spec = VOCABULARY[term.field]
    source = _SOURCES[term.field]
    stand_in = UNKNOWN_RESOURCE if _is_resource(term) else UNKNOWN_DEMAND
    match term.aspect:
        case Aspect.VALUE:
            return lambda fact: value_text(spec, source(fact), stand_in)
        case Aspect.KNOWN:
            return lambda fact: FALSE if source(fact) is None else TRUE
        case Aspect.SCALED:
            return lambda fact: double_text(0.0) if source(fact) is None else scaled_text(source(fact), term, spec.path)
        case Aspect.MEASURE:
            return lambda fact: (
                stand_in
                if source(fact) is None or fact.unit is None
                else value_text(VOCABULARY[str(spec.unit)], fact.unit, stand_in)
            )
        case Aspect.HAS:
            return lambda fact: _has_text(source(fact), term)
        case Aspect.UNDER:
            return lambda fact: TRUE if term.argument in kin.chain(source(fact)) else FALSE


def _is_resource(term: Term) -> bool:
    return term.field.startswith(("resource.", "provider."))


def _has_text(members: object, term: Term) -> str:
    if not isinstance(members, frozenset) or not all(isinstance(each, str) for each in members):
        raise EncodingRefused(term.field, "这里应是文字的集合", "a frozen set of texts is expected")
    return TRUE if term.argument in members else FALSE


def join_place_text(term: Term, *, of_resource: bool) -> FactText:
    """Return how a join writes the place code behind a same-place boolean."""
    source = attrgetter(f"place.{SAME_PLACE[term.field]}")
    stand_in = UNKNOWN_RESOURCE if of_resource else UNKNOWN_DEMAND
    return lambda fact: place_text(source(fact), term.field, stand_in)


def kin_text(term: Term) -> Callable[[Kin], str]:
    """Return how a category relation is written."""
    if term.field == "pair.categoryKinship":
        return lambda kin: plain_text(kin.kinship, term.field)
    if term.aspect is Aspect.SCALED:
        return lambda kin: scaled_text(kin.distance, term, term.field)
    return lambda kin: double_text(float(kin.distance))


def pair_text(term: Term) -> PairText:
    """Return how a ``pair.*`` term is written for a pair."""
    if term.field in ("pair.categoryKinship", "pair.categoryDistance"):
        write = kin_text(term)
        return lambda demand, resource, kin: write(kin)
    if term.field in SAME_PLACE:
        one = join_place_text(term, of_resource=False)
        two = join_place_text(term, of_resource=True)
        return lambda demand, resource, kin: TRUE if one(demand) == two(resource) else FALSE
    if term.field in _RELATIONS:
        relation = _RELATIONS[term.field]
        return lambda demand, resource, kin: TRUE if relation(demand, resource) else FALSE
    spec, measure = VOCABULARY[term.field], _MEASURES[term.field]
    if term.aspect is Aspect.KNOWN:
        return lambda demand, resource, kin: FALSE if measure(demand, resource) is None else TRUE
    if term.aspect is Aspect.SCALED:
        return lambda demand, resource, kin: scaled_text(measure(demand, resource) or 0, term, spec.path)
    return lambda demand, resource, kin: value_text(spec, measure(demand, resource), FALSE)


def _metres(demand: Demand, resource: Resource) -> int | None:
    for point in (demand.point, resource.point):
        if point is not None and not is_finite_point(point):
            raise EncodingRefused("pair.metres", "坐标应是经度和纬度", "a point is a longitude and a latitude")
    return derivation.metres(demand.point, resource.point)


def _overlap(demand: Demand, resource: Resource) -> int | None:
    for window in (*(demand.windows or ()), *(resource.windows or ())):
        if len(window) != 2 or any(type(each) is not int for each in window):
            raise EncodingRefused(
                "pair.overlapMinutes",
                "时间窗应是两个整分钟数",
                "a window is a start and an end in whole minutes",
            )
    return derivation.overlap_minutes(demand.windows, resource.windows)


def _served(demand: Demand, resource: Resource) -> bool:
    check_paths("pair.served", (demand.place.path, resource.place.path, *resource.service_area))
    return derivation.is_served(demand, resource)


_RELATIONS: Final[Mapping[str, Callable[[Demand, Resource], bool]]] = MappingProxyType(
    {
        "pair.adjacent": lambda demand, resource: derivation.are_adjacent(demand.place, resource.place),
        "pair.served": _served,
        "pair.targetGroupShared": derivation.is_target_group_shared,
        "pair.providerConcerned": derivation.is_provider_concerned,
        "pair.providerPaired": provider.is_paired,
        "pair.providerRegistered": provider.is_registered,
        "pair.promised": provider.is_promised,
        "pair.providerFallback": provider.is_fallback,
        "pair.skillsMet": provider.are_skills_met,
    }
)
_MEASURES: Final[Mapping[str, Callable[[Demand, Resource], float | None]]] = MappingProxyType(
    {"pair.metres": _metres, "pair.overlapMinutes": _overlap, "pair.promisedLeft": provider.promised_left}
)
