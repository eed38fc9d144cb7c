"""Derive for the engine what the register says of a provider with regard to a demand.

The definitions stand in docs/rule-language.md, "The provider". The evaluator has its own derivation and
shares nothing with this module.
"""

from __future__ import annotations

from collections.abc import Iterator

from rules.derivation import covers
from rules.encoder_values import check_paths
from rules.facts import Demand, Promise, Resource


def is_paired(demand: Demand, resource: Resource) -> bool:
    """Say whether the provider is paired with the demand's household, its place or one above it."""
    check_paths("pair.providerPaired", (demand.place.path, *resource.paired))
    if demand.household in resource.paired_households:
        return True
    return any(covers(path, demand) for path in resource.paired)


def is_registered(demand: Demand, resource: Resource) -> bool:
    """Say whether the provider is registered to the demand's community."""
    return demand.place.community is not None and demand.place.community in resource.registered


def is_fallback(demand: Demand, resource: Resource) -> bool:
    """Say whether the provider is the organisation that steps in at the demand's place."""
    return (
        demand.fallback is not None
        and resource.provider_type == "ORGANISATION"
        and resource.provider_id == demand.fallback
    )


def is_promised(demand: Demand, resource: Resource) -> bool:
    """Say whether something is left of what the provider promised and the demand asks for."""
    return any(left is None or left > 0 for _, _, left, _ in _covering(demand, resource))


def promised_left(demand: Demand, resource: Resource) -> float | None:
    """Return the most that is left of one promise in the demand's unit; None when it cannot be told."""
    most: float | None = None
    for _, _, left, unit in _covering(demand, resource):
        if left is not None and unit is not None and demand.unit == unit and (most is None or left > most):
            most = left
    return most


def are_skills_met(demand: Demand, resource: Resource) -> bool:
    """Say whether the provider has all the skills or certificates that the demand asks for."""
    return all(word in resource.skills or word in resource.certificates for word in demand.skills)


def _covering(demand: Demand, resource: Resource) -> Iterator[Promise]:
    check_paths("pair.promised", (demand.place.path, *(promise[0] for promise in resource.promises)))
    for promise in resource.promises:
        path, category, _, unit = promise
        same_unit = unit is None or demand.unit is None or unit == demand.unit
        if same_unit and covers(path, demand) and _kindred(category, demand.category):
            yield promise


def _kindred(one: str, other: str) -> bool:
    return one == other or one.startswith(f"{other}.") or other.startswith(f"{one}.")
