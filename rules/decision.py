"""What the engine decided, as plain data, and the caps that trim it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from rules.document import Caps, FactValue, RuleDocument

ConditionValue = FactValue | tuple[float, ...] | None


@dataclass(frozen=True, slots=True)
class ConditionResult:
    """Tell how one comparison of a rule came out for one pair.

    ``path`` is the document path (``rules[0].require.all[1]`` or
    ``rules[0].prefer[0].when``). ``expected`` is the right side as a value: the
    constant, or the value computed from the other field (None when unknown).
    ``actual`` is the value of ``field``, None when unknown. ``points`` is None for
    comparisons of ``require``; in ``prefer`` each comparison carries the points its
    preference earned (0 when the preference does not hold).
    """

    path: str
    field: str
    operator: str
    expected: Any
    actual: Any
    holds: bool
    points: int | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """Name one part of a score: ``label`` is "points" or "prefer[0]"."""

    label: str
    points: int


@dataclass(frozen=True, slots=True)
class Firing:
    """Say that a rule accepts a pair, by which branch, and for how many points.

    ``branch`` is the smallest branch of the expanded condition that fired.
    ``points`` are the rule's own; ``score`` is the sum of ``parts``.
    """

    rule_id: str
    branch: int
    demand_id: str
    resource_id: str
    points: int
    parts: tuple[Part, ...]
    score: int

    def to_json(self) -> list[Any]:
        """Return the firing as a short list."""
        parts = [[part.label, part.points] for part in self.parts]
        return [self.rule_id, self.branch, self.demand_id, self.resource_id, self.points, parts]

    @classmethod
    def from_json(cls, data: list[Any]) -> Self:
        """Read what ``to_json`` wrote."""
        rule_id, branch, demand_id, resource_id, points, raw = data
        parts = tuple(Part(label, value) for label, value in raw)
        score = sum(part.points for part in parts)
        return cls(rule_id, branch, demand_id, resource_id, points, parts, score)


@dataclass(frozen=True, slots=True)
class Decision:
    """Hold every firing of one version over one batch, in a fixed order.

    The order is by demand, resource and the rule's place in the document.
    """

    version_hash: str
    firings: tuple[Firing, ...]
    pairs_considered: int
    engine_rules: int

    def to_json(self) -> dict[str, Any]:
        """Return the decision as JSON."""
        return {
            "version": self.version_hash,
            "firings": [firing.to_json() for firing in self.firings],
            "pairs": self.pairs_considered,
            "engineRules": self.engine_rules,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Read what ``to_json`` wrote."""
        firings = tuple(Firing.from_json(each) for each in data["firings"])
        return cls(data["version"], firings, data["pairs"], data["engineRules"])


def best_per_pair(firings: Iterable[Firing], document: RuleDocument) -> list[Firing]:
    """Keep the highest score of each pair; ties go to the earlier rule of the document."""
    rank = {rule.id: index for index, rule in enumerate(document.rules)}
    best: dict[tuple[str, str], Firing] = {}
    for firing in firings:
        pair = (firing.demand_id, firing.resource_id)
        held = best.get(pair)
        if held is None or _wins(firing, held, rank):
            best[pair] = firing
    return [best[pair] for pair in sorted(best)]


def _wins(firing: Firing, held: Firing, rank: Mapping[str, int]) -> bool:
    mine, theirs = rank[firing.rule_id], rank[held.rule_id]
    return (-firing.score, mine) < (-held.score, theirs)


def apply_caps(firings: Iterable[Firing], document: RuleDocument, provider_of: Mapping[str, str]) -> list[Firing]:
    """Keep the best firings of each rule within its caps (apply before ``best_per_pair``).

    Firings are taken by score, highest first, then by demand and resource id, and
    one is kept while none of its counters is full. ``provider_of`` maps a resource
    id to its provider's id.

    Raises:
        KeyError: a rule has a provider cap and a firing's resource has no provider.
    """
    kept: list[Firing] = []
    ordered = sorted(firings, key=lambda each: (-each.score, each.demand_id, each.resource_id))
    for rule in document.rules:
        mine = (firing for firing in ordered if firing.rule_id == rule.id)
        kept += mine if rule.caps is None else _within(mine, rule.caps, provider_of)
    return kept


def _within(firings: Iterable[Firing], caps: Caps, provider_of: Mapping[str, str]) -> Iterable[Firing]:
    counts: Counter[tuple[str, str]] = Counter()
    for firing in firings:
        limits: list[tuple[tuple[str, str], int]] = []
        if caps.per_demand is not None:
            limits.append((("demand", firing.demand_id), caps.per_demand))
        if caps.per_resource is not None:
            limits.append((("resource", firing.resource_id), caps.per_resource))
        if caps.per_provider is not None:
            limits.append((("provider", provider_of[firing.resource_id]), caps.per_provider))
        if all(counts[key] < limit for key, limit in limits):
            counts.update(key for key, _ in limits)
            yield firing
