"""The examples beside a rule: what they answer, and that the engine answers the same."""

from random import Random
from typing import Any

import pytest

from rules.atoms import TooComplex
from rules.deciding import decide
from rules.engine import Engine
from rules.evaluator_facts import PairFacts, kinship
from rules.examples import run_examples
from rules.facts import Batch, Taxonomy
from rules.language import DocumentProblems, RuleDocument, parse, to_json
from rules.validation import comparisons_of
from tests.rules.differential.trials import cases
from tests.rules.one_pair import TAXONOMY, TEXT, document

AT_HOME = {"field": "resource.atHome", "op": "=", "value": True, "unknown": "fails"}
NEAR = {"field": "pair.sameCommunity", "op": "=", "value": True}
ENOUGH = {
    "field": "resource.quantity",
    "op": ">=",
    "other": {"field": "demand.quantity", "times": 0.9},
    "unknown": "fails",
}
HAIRCUT = {"field": "resource.category", "op": "under", "value": "life"}


def with_example(require: dict[str, Any], expect: bool, **facts: Any) -> RuleDocument:
    named = {path.replace("_", ".", 1): value for path, value in facts.items()}
    example = {"title": "例子", "expect": expect, "facts": named}
    return document(require, examples=[example])


def test_a_document_refused_for_something_else_is_not_run() -> None:
    with pytest.raises(DocumentProblems):
        run_examples(
            with_example({"field": "resource.atHome", "op": "known", "unknown": "holds"}, True, resource_atHome=True)
        )


def test_a_missing_value_that_cannot_be_unknown_is_a_problem() -> None:
    (result,) = run_examples(with_example({"all": [AT_HOME, NEAR]}, True, resource_atHome=True))

    assert (result.actual, result.passed, result.conditions) == (None, False, ())
    assert [(each.code, each.path) for each in result.problems] == [("MISSING_FACT", "rules[0].examples[0].facts")]


def test_a_value_of_another_type_is_a_problem() -> None:
    (result,) = run_examples(with_example(NEAR, True, pair_sameCommunity="yes"))

    assert result.actual is None
    assert [each.code for each in result.problems] == ["TYPE_MISMATCH"]


def test_quantities_without_units_are_not_compared_and_that_is_said() -> None:
    (result,) = run_examples(with_example(ENOUGH, True, resource_quantity=9, demand_quantity=10, demand_unit="件"))

    assert result.actual is False
    assert [(each.code, each.suggestion) for each in result.problems] == [("UNIT_MISSING", "resource.unit")]


def test_an_example_that_expects_the_wrong_answer_shows_how_it_came_out() -> None:
    (result,) = run_examples(with_example({"any": [AT_HOME, NEAR]}, True, pair_sameCommunity=False))

    assert (result.rule_id, result.index, result.expected, result.actual) == (
        "rule-0",
        0,
        True,
        False,
    )
    assert not result.passed
    assert [(each.path, each.actual, each.holds) for each in result.conditions] == [
        ("rules[0].require.any[0]", None, False),
        ("rules[0].require.any[1]", False, False),
    ]


def test_examples_pass_when_the_rule_answers_as_expected() -> None:
    units = {"resource_unit": "件", "demand_unit": "件"}
    enough = with_example(ENOUGH, True, resource_quantity=9, demand_quantity=10, **units)
    too_few = with_example(ENOUGH, False, resource_quantity=8.9999, demand_quantity=10, **units)

    for each in (enough, too_few):
        (result,) = run_examples(each)
        assert result.passed
        assert result.problems == ()


def test_below_a_category_needs_the_taxonomy() -> None:
    below = with_example(HAIRCUT, True, resource_category="life.haircut")

    assert [each.passed for each in run_examples(below, TAXONOMY)] == [True]
    assert [each.passed for each in run_examples(below, Taxonomy({}))] == [False]


def test_the_values_of_any_pair_given_as_an_example_are_answered_as_the_engine_answers() -> None:
    engine, random, answers = Engine(), Random(5), []
    for drawn, batch in cases(31, 400):
        pair = Batch((random.choice(batch.demands),), (random.choice(batch.resources),), batch.taxonomy)
        alone = with_values_of(drawn, pair)
        if alone is None:
            continue
        try:
            decided = bool(decide(alone, pair, engine).firings)
            (result,) = run_examples(alone, batch.taxonomy)
        except (TooComplex, DocumentProblems):
            # Too large once written out, or refused because it can never hold.
            continue
        assert result.actual is decided, to_json(alone)
        answers.append(decided)

    assert min(answers.count(True), answers.count(False)) >= 40


def with_values_of(drawn: RuleDocument, pair: Batch) -> RuleDocument | None:
    """Return the document's first rule with the pair's values as its only example."""
    (demand,), (resource,) = pair.demands, pair.resources
    kin = kinship(resource.category, demand.category, pair.taxonomy)
    if kin is None:
        return None
    facts = PairFacts(demand, resource, kin)
    used = {"demand.unit", "resource.unit"}
    for each in comparisons_of(drawn.rules[0].require):
        used |= {each.field} if each.other is None else {each.field, each.other.field}
    values = {path: facts[path] for path in sorted(used)}
    raw = to_json(drawn)
    rule = raw["rules"][0] | {"demand": "both"}
    rule["examples"] = [
        {
            "title": "例子",
            "expect": True,
            "facts": {
                path: sorted(value) if isinstance(value, frozenset) else value
                for path, value in values.items()
                if value is not None
            },
        }
    ]
    return parse({**raw, "title": TEXT, "rules": [rule]})
