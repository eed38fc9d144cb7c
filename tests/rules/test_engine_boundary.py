"""Every wrong answer that durable_rules is known to give, asked through our path.

The library, fed carelessly, drops conditions, loses matches and mixes up values. Each
test takes one such case: either it cannot be expressed, or it is refused with a clear
error, or the answer is right. What kills the process is in test_engine_crashes.py.
"""

import ast
from pathlib import Path
from random import Random
from typing import Any

import pytest

import rules
from rules.compiler import EngineRuleset, compile_document
from rules.encoder import FACTS_A_CHUNK, PAIRS_A_CHUNK
from rules.encoder_values import EncodingRefused
from rules.engine import Engine, EngineFault
from rules.facts import Batch, PlaceFacts
from tests.rules.differential.random_facts import make_pool
from tests.rules.engine_cases import (
    a_batch,
    agreed,
    encoded_facts,
    engine_answer,
    engine_rules,
    random_versions,
    stages,
)
from tests.rules.one_pair import DEMAND, RESOURCE, changed, document

ENOUGH = {"field": "resource.quantity", "op": ">=", "other": {"field": "demand.quantity"},
          "unknown": "fails"}  # fmt: skip
FREE = {"field": "resource.priceClass", "op": "=", "value": "FREE", "unknown": "fails"}
AT_HOME = {"field": "resource.atHome", "op": "=", "value": True, "unknown": "fails"}
WEEKLY = {"field": "resource.recurs", "op": "=", "value": "WEEKLY"}
ONE_OF = {"field": "resource.recurs", "op": "in", "value": ["DAILY", "WEEKLY"]}
SAME_GRID = {"field": "pair.sameGrid", "op": "=", "value": True}
SERVED = {"field": "pair.served", "op": "=", "value": True}
PLENTY = changed(RESOURCE, id="plenty", quantity=9)
SCARCE = changed(RESOURCE, id="scarce", quantity=1)


def test_conditions_written_after_a_group_count_as_much_as_the_others() -> None:
    rules_ = document({"all": [{"any": [WEEKLY, FREE]}, ONE_OF, ENOUGH]})

    answer = agreed(rules_, a_batch([DEMAND], [PLENTY, SCARCE]))

    assert {each[2] for each in answer} == {"plenty"}


def test_in_every_engine_rule_groups_come_last_and_hold_constants_only() -> None:
    for version in random_versions(200):
        for ruleset in engine_rules(version):
            for name, rule in ruleset.items():
                if name == "_end":
                    continue
                for pattern in rule["all"]:
                    (condition,) = pattern.values()
                    members = condition["$and"]
                    groups = ["$or" in member for member in members]
                    first = groups.index(True)
                    assert all(groups[first:])
                    for group in members[first:]:
                        values = [value for each in group["$or"] for value in each.values()]
                        assert values
                        assert all(isinstance(value, str | float) for value in values)


def test_a_constant_beside_a_comparison_of_both_sides_keeps_its_weight() -> None:
    rules_ = document({"any": [ENOUGH, AT_HOME]})
    at_home = changed(SCARCE, id="home", at_home=True)

    answer = agreed(rules_, a_batch([DEMAND], [PLENTY, SCARCE, at_home]))

    assert {each[2] for each in answer} == {"plenty", "home"}


def test_an_unknown_quantity_costs_no_other_demand_its_match() -> None:
    demands = [
        changed(DEMAND, id="d1"),
        changed(DEMAND, id="d2", quantity=None),
        changed(DEMAND, id="d3", unit=None),
        changed(DEMAND, id="d4"),
    ]

    answer = agreed(document(ENOUGH), a_batch(demands, [PLENTY]))

    assert {each[1] for each in answer} == {"d1", "d4"}


def test_two_unknowns_are_not_equal() -> None:
    nowhere = PlaceFacts("11/")
    demand, resource = changed(DEMAND, place=nowhere, unit=None), changed(RESOURCE, place=nowhere)
    same_unit = {"field": "resource.unit", "op": "=", "other": {"field": "demand.unit"},
                 "unknown": "fails"}  # fmt: skip

    batch = a_batch([demand], [changed(resource, unit=None)])

    assert agreed(document(SAME_GRID, same_unit), batch) == set()


def test_every_fact_has_every_property_and_no_null() -> None:
    batch = make_pool(Random(3)).batch(Random(4), 12)
    seen = 0
    for version in random_versions(120):
        used = {name for stage in stages(version) for name in stage.names.values()}
        for facts in encoded_facts(version, batch):
            shapes: dict[float, set[frozenset[str]]] = {}
            for fact in facts[:-1]:
                assert fact.keys() - used - {"id", "k", "cat"} <= {f"a{at}" for at in range(40)}
                assert all(isinstance(value, str | float) for value in fact.values())
                shapes.setdefault(fact["k"], set()).add(frozenset(fact))
                seen += 1
            assert all(len(shape) == 1 for shape in shapes.values())
            assert facts[-1] == {"id": "_end", "_end": 1}
    assert seen > 1_000


def test_nothing_but_plain_comparisons_can_be_expressed() -> None:
    signs: set[str] = set()

    def walk(value: Any) -> None:
        if isinstance(value, dict):
            signs.update(key for key in value if key.startswith("$"))
            for member in value.values():
                walk(member)
        elif isinstance(value, list):
            for member in value:
                walk(member)

    for version in random_versions(300):
        for ruleset in engine_rules(version):
            walk(ruleset)

    assert signs == {"$and", "$or", "$neq", "$lt", "$lte", "$gt", "$gte", "$m"}


def test_a_pair_that_meets_two_branches_fires_once() -> None:
    batch = a_batch([DEMAND], [PLENTY])
    rules_ = document({"any": [WEEKLY, FREE, ENOUGH]}, {"all": [SERVED, {"any": [WEEKLY, FREE]}]})

    assert len(agreed(rules_, batch)) == 2


def test_a_pair_that_meets_two_rules_fires_for_both() -> None:
    answer = agreed(document(WEEKLY, FREE, SERVED), a_batch([DEMAND], [PLENTY]))

    assert {each[0] for each in answer} == {"rule-0", "rule-1", "rule-2"}


def test_an_id_used_twice_is_refused() -> None:
    with pytest.raises(EncodingRefused, match="demands"):
        engine_answer(document(WEEKLY), a_batch([DEMAND, DEMAND], [RESOURCE]))
    with pytest.raises(EncodingRefused, match="resources"):
        engine_answer(document(WEEKLY), a_batch([DEMAND], [RESOURCE, RESOURCE]))


def test_facts_that_meet_no_condition_cost_no_other_its_match() -> None:
    resources = [changed(RESOURCE, id=f"x{at}", recurs="DAILY") for at in range(20)]

    answer = agreed(document(WEEKLY), a_batch([DEMAND], [*resources, RESOURCE]))

    assert len(answer) == 1


def test_a_large_batch_is_cut_without_losing_a_pair() -> None:
    side = 90
    categories = ["life", "life.haircut", "health.care", "nowhere"]
    demands = [changed(DEMAND, id=f"d{at}", category=categories[at % 4]) for at in range(side)]
    resources = [changed(RESOURCE, id=f"r{at}", category=categories[at % 4]) for at in range(side)]

    answer = agreed(document(WEEKLY, SERVED), a_batch(demands, resources))

    assert len(answer) > 2 * PAIRS_A_CHUNK
    assert side < FACTS_A_CHUNK


def test_an_answer_without_the_sentinel_last_is_not_used() -> None:
    engine = Engine()
    plain = '{"0::0":{"all":[{"m":{"a":1}}]}}'
    late = '{"0::0":{"all":[{"m":{"a":1}}],"pri":9},"_end":{"all":[{"m":{"_end":1}}],"pri":1}}'
    facts = '[{"id":"m0","a":1},{"id":"_end","_end":1}]'

    with pytest.raises(EngineFault, match="before the sentinel"):
        list(engine.run(EngineRuleset("plain", plain, 1), facts))
    with pytest.raises(EngineFault, match="after the sentinel"):
        list(engine.run(EngineRuleset("late", late, 1), facts))


def test_ids_that_the_engine_takes_for_one_are_a_fault() -> None:
    rules_ = '{"0::0":{"all":[{"m":{"a":1}}]},"_end":{"all":[{"m":{"_end":1}}],"pri":9}}'
    facts = '[{"id":"m0","a":1},{"id":"m0","a":1},{"id":"_end","_end":1}]'

    with pytest.raises(EngineFault, match="two ids for one"):
        list(Engine().run(EngineRuleset("twice", rules_, 1), facts))


def test_a_fault_leaves_the_engine_usable() -> None:
    engine = Engine()
    version = compile_document(document(WEEKLY))
    assert version.join is not None
    (ruleset,) = version.join.rulesets
    with pytest.raises(EngineFault):
        list(engine.run(ruleset, '[{"id":"d0","k":1.0}]'))

    assert len(agreed(document(WEEKLY), a_batch([DEMAND], [RESOURCE]), engine)) == 1


def test_only_the_engine_module_knows_the_library_and_uses_no_host() -> None:
    users: dict[str, set[str]] = {}
    for path in Path(rules.__path__[0]).glob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Import | ast.ImportFrom):
                names = [alias.name for alias in node.names]
                if any("durable" in name for name in [*names, getattr(node, "module", "") or ""]):
                    users.setdefault(path.name, set())
            is_call = isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
            if is_call and node.value.id == "durable_rules_engine":  # type: ignore[attr-defined]  # a C extension without types
                users.setdefault(path.name, set()).add(node.attr)  # type: ignore[attr-defined]  # a C extension without types

    # Facts only, one state, no events, no callbacks, no threads, no timers.
    assert users == {
        "engine.py": {
            "create_ruleset", "delete_ruleset", "assert_facts", "start_action_for_state",
            "complete_and_start_action", "delete_state",
        }
    }  # fmt: skip


def test_an_empty_side_needs_no_engine() -> None:
    rules_ = document(WEEKLY, SERVED)

    assert agreed(rules_, Batch((), ())) == set()
    assert agreed(rules_, a_batch([DEMAND], [])) == set()
    assert agreed(rules_, a_batch([DEMAND], [changed(RESOURCE, category="health")])) == set()
    for version in random_versions(20):
        assert list(encoded_facts(version, Batch((DEMAND,), ()))) == []
