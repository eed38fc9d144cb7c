"""Caps and the best firing of a pair."""

import json

from rules.decision import Decision, Firing, Part, apply_caps, best_per_pair
from tests.rules.one_pair import document

SERVED = {"field": "pair.served", "op": "=", "value": True}
PROVIDERS = {"r1": "o1", "r2": "o1", "r3": "o2"}


def fired(rule: str, demand: str, resource: str, score: int) -> Firing:
    return Firing(rule, 0, demand, resource, score, (Part("points", score),), score)


def test_a_rule_without_caps_keeps_everything() -> None:
    firings = [fired("rule-0", "d1", "r1", 1), fired("rule-0", "d1", "r2", 1)]

    assert apply_caps(firings, document(SERVED), {}) == firings


def test_the_best_by_score_stay_within_every_cap() -> None:
    rules = document(SERVED, caps={"perDemand": 2, "perResource": 1, "perProvider": 2})
    firings = [
        fired("rule-0", "d2", "r1", 7),
        fired("rule-0", "d1", "r1", 9),
        fired("rule-0", "d1", "r2", 8),
        fired("rule-0", "d1", "r3", 5),
        fired("rule-0", "d2", "r3", 4),
    ]

    kept = apply_caps(reversed(firings), rules, PROVIDERS)

    # r1 went to d1, d1 was full before r3, and r3 was still free for d2.
    assert [(each.demand_id, each.resource_id) for each in kept] == [
        ("d1", "r1"), ("d1", "r2"), ("d2", "r3"),
    ]  # fmt: skip


def test_equal_scores_go_by_id_and_each_rule_has_its_own_caps() -> None:
    rules = document(SERVED, SERVED, caps={"perDemand": 1})
    firings = [fired(rule, "d1", r, 5) for rule in ("rule-1", "rule-0") for r in ("r2", "r1")]

    kept = apply_caps(firings, rules, PROVIDERS)

    assert [(each.rule_id, each.resource_id) for each in kept] == [
        ("rule-0", "r1"), ("rule-1", "r1"),
    ]  # fmt: skip


def test_the_highest_score_is_the_reason_and_ties_go_to_the_earlier_rule() -> None:
    rules = document(SERVED, SERVED, SERVED)
    firings = [
        fired("rule-2", "d1", "r1", 9),
        fired("rule-1", "d1", "r1", 9),
        fired("rule-0", "d1", "r1", 3),
        fired("rule-0", "d1", "r2", 1),
    ]

    best = best_per_pair(firings, rules)

    assert [(each.rule_id, each.resource_id) for each in best] == [
        ("rule-1", "r1"), ("rule-0", "r2"),
    ]  # fmt: skip


def test_a_decision_survives_json() -> None:
    firing = Firing("rule-0", 3, "d", "r", 5, (Part("points", 5), Part("prefer[1]", -2)), 3)
    decision = Decision("hash", (firing,), 7, 2)

    assert Decision.from_json(json.loads(json.dumps(decision.to_json()))) == decision
