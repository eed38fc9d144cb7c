"""Answer a rule over one pair without the engine: the oracle of ``durable_rules``.

It walks the document as it is written, over raw facts, and shares no code with the
compiler, the normal form, the encoder or the derivation (tests/rules/test_evaluator.py
holds it to that). It checks every stored match, and it answers "why not?".
The meaning of each operator is that of docs/rule-language.md.
"""

from __future__ import annotations

from dataclasses import dataclass

from rules.decision import ConditionResult
from rules.evaluator_conditions import Facts, blame, results, satisfies
from rules.evaluator_facts import Kinship, PairFacts, kinship
from rules.facts import Batch, Demand, Resource, Taxonomy
from rules.language import Rule, RuleDocument


@dataclass(frozen=True, slots=True)
class Verdict:
    """Hold the answer of one rule for one pair, with every comparison it made.

    ``kin``: the categories are kin. ``addressed``: the rule is for this kind of demand.
    ``score`` is the rule's points and those of the preferences that hold; None when
    the rule does not hold. ``conditions`` follow the order of the document, the
    required ones first; they say how each comparison came out on its own, also under
    a ``none``, which turns the answer round.
    """

    holds: bool
    kin: bool
    addressed: bool
    score: int | None
    conditions: tuple[ConditionResult, ...]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Say why a rule does not accept a pair.

    ``failing`` are the comparisons of the first member of ``require`` that fails
    (those that hold, where the member is a ``none``). Empty when the pair already
    fails because it is not ``kin`` or not ``addressed``.
    """

    rule_id: str
    kin: bool
    addressed: bool
    failing: tuple[ConditionResult, ...]


def evaluate(rule: Rule, demand: Demand, resource: Resource, taxonomy: Taxonomy, path: str = "rules[0]") -> Verdict:
    """Evaluate one rule; ``path`` is its place in the document, e.g. ``rules[2]``."""
    kin = kinship(resource.category, demand.category, taxonomy)
    facts = PairFacts(demand, resource, kin)
    required = tuple(results(rule.require, f"{path}.require", facts, taxonomy))
    addressed = addresses(rule, demand.kind)
    holds = kin is not None and addressed and satisfies(rule.require, facts, taxonomy)
    preferred: list[ConditionResult] = []
    for index, preference in enumerate(rule.prefer):
        earned = preference.points if satisfies(preference.when, facts, taxonomy) else 0
        preferred += results(preference.when, f"{path}.prefer[{index}].when", facts, taxonomy, earned)
    score = score_of(rule, facts, taxonomy) if holds else None
    return Verdict(holds, kin is not None, addressed, score, (*required, *preferred))


def decide_all(document: RuleDocument, batch: Batch) -> set[tuple[str, str, str, int]]:
    """Return (rule id, demand id, resource id, score) of every accepted pair.

    Every rule is tried on every pair of the batch, with no index and no shortcut.
    """
    accepted: set[tuple[str, str, str, int]] = set()
    known: dict[tuple[str, str], Kinship | None] = {}
    for demand in batch.demands:
        for resource in batch.resources:
            categories = (resource.category, demand.category)
            if categories not in known:
                known[categories] = kinship(*categories, batch.taxonomy)
            kin = known[categories]
            if kin is None:
                continue
            facts = PairFacts(demand, resource, kin)
            for rule in document.rules:
                if addresses(rule, demand.kind) and satisfies(rule.require, facts, batch.taxonomy):
                    score = score_of(rule, facts, batch.taxonomy)
                    accepted.add((rule.id, demand.id, resource.id, score))
    return accepted


def why_not(document: RuleDocument, demand: Demand, resource: Resource, taxonomy: Taxonomy) -> list[Refusal]:
    """Return one refusal for each rule that does not accept the pair."""
    kin = kinship(resource.category, demand.category, taxonomy)
    facts = PairFacts(demand, resource, kin)
    refusals: list[Refusal] = []
    for index, rule in enumerate(document.rules):
        addressed = addresses(rule, demand.kind)
        failing: tuple[ConditionResult, ...] = ()
        if kin is not None and addressed:
            if satisfies(rule.require, facts, taxonomy):
                continue
            path = f"rules[{index}].require"
            failing = tuple(blame(rule.require, path, facts, taxonomy, wanted=True))
        refusals.append(Refusal(rule.id, kin is not None, addressed, failing))
    return refusals


def addresses(rule: Rule, demand_kind: str) -> bool:
    """Say whether the rule is for demands of this kind (NEED or PROJECT)."""
    return rule.demand == "both" or rule.demand.upper() == demand_kind


def score_of(rule: Rule, facts: Facts, taxonomy: Taxonomy) -> int:
    """Add the rule's points and those of the preferences that hold."""
    return rule.points + sum(
        preference.points for preference in rule.prefer if satisfies(preference.when, facts, taxonomy)
    )
