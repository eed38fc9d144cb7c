"""The evaluator's verdicts and refusals, and its promise to stay alone."""

import ast
from pathlib import Path

from rules import evaluator
from rules.evaluator import decide_all, evaluate, why_not
from rules.facts import Batch
from tests.rules.one_pair import DEMAND, RESOURCE, TAXONOMY, TEXT, changed, document

IS_NEED = {"field": "demand.kind", "op": "=", "value": "NEED"}
SAME_CITY = {"field": "pair.sameCity", "op": "=", "value": True}
SAME_GRID = {"field": "pair.sameGrid", "op": "=", "value": True}
AT_HOME = {"field": "resource.atHome", "op": "=", "value": True, "unknown": "fails"}
AT_MARKET_PRICE = {"field": "resource.priceClass", "op": "=", "value": "MARKET", "unknown": "fails"}


def test_a_pair_of_strange_categories_never_matches() -> None:
    stranger = changed(RESOURCE, category="health")

    verdict = evaluate(document(IS_NEED).rules[0], DEMAND, stranger, TAXONOMY)

    assert (verdict.holds, verdict.kin, verdict.addressed) == (False, False, True)
    assert verdict.score is None
    assert verdict.conditions[0].holds
    (refusal,) = why_not(document(IS_NEED), DEMAND, stranger, TAXONOMY)
    assert (refusal.kin, refusal.failing) == (False, ())


def test_a_rule_for_projects_refuses_a_need() -> None:
    verdict = evaluate(document(IS_NEED, demand="project").rules[0], DEMAND, RESOURCE, TAXONOMY)

    assert (verdict.holds, verdict.kin, verdict.addressed) == (False, True, False)


def test_a_refusal_names_the_first_failing_member_and_all_its_alternatives() -> None:
    late = {"field": "demand.urgency", "op": "=", "value": "HIGH"}
    rules = document({"all": [SAME_CITY, {"any": [SAME_GRID, AT_HOME]}, late]})

    (refusal,) = why_not(rules, DEMAND, RESOURCE, TAXONOMY)

    assert refusal.rule_id == "rule-0"
    assert [each.path for each in refusal.failing] == [
        "rules[0].require.all[1].any[0]",
        "rules[0].require.all[1].any[1]",
    ]


def test_a_refusal_by_negation_names_what_holds() -> None:
    rules = document({"none": [SAME_GRID, {"all": [SAME_CITY, IS_NEED]}]})

    (refusal,) = why_not(rules, DEMAND, RESOURCE, TAXONOMY)

    assert [(each.path, each.holds) for each in refusal.failing] == [
        ("rules[0].require.none[1].all[0]", True),
        ("rules[0].require.none[1].all[1]", True),
    ]


def test_a_rule_that_accepts_the_pair_gives_no_refusal() -> None:
    refusals = why_not(document(SAME_CITY, SAME_GRID), DEMAND, RESOURCE, TAXONOMY)

    assert [refusal.rule_id for refusal in refusals] == ["rule-1"]


def test_the_score_adds_what_is_preferred_and_every_comparison_is_reported() -> None:
    prefer = [
        {"when": SAME_CITY, "points": 10, "because": TEXT},
        {"when": {"any": [AT_MARKET_PRICE]}, "points": 5, "because": TEXT},
    ]
    rule = document({"all": [SAME_CITY, {"none": [AT_MARKET_PRICE]}]}, prefer=prefer).rules[0]

    verdict = evaluate(rule, DEMAND, RESOURCE, TAXONOMY, path="rules[3]")

    assert verdict.score == 50
    assert [(each.path, each.holds, each.points) for each in verdict.conditions] == [
        ("rules[3].require.all[0]", True, None),
        ("rules[3].require.all[1].none[0]", False, None),
        ("rules[3].prefer[0].when", True, 10),
        ("rules[3].prefer[1].when.any[0]", False, 0),
    ]
    assert (verdict.conditions[1].expected, verdict.conditions[1].actual) == ("MARKET", "FREE")


def test_all_pairs_and_all_rules_are_decided() -> None:
    same = {"field": "pair.categoryDistance", "op": "=", "value": 0}
    near = {"field": "pair.categoryDistance", "op": "<=", "value": 1}
    resources = (
        RESOURCE,
        changed(RESOURCE, id="r2", category="life"),
        changed(RESOURCE, id="r3", category="health"),
    )

    decided = decide_all(document(same, near), Batch((DEMAND,), resources, TAXONOMY))

    assert decided == {
        ("rule-0", "d1", "r1", 40),
        ("rule-1", "d1", "r1", 40),
        ("rule-1", "d1", "r2", 40),
    }


def test_the_evaluator_knows_only_facts_language_and_decision() -> None:
    allowed = {"rules.facts", "rules.language", "rules.decision"}
    own = Path(evaluator.__file__).parent
    files = sorted(own.glob("evaluator*.py"))
    known = allowed | {f"rules.{file.stem}" for file in files}
    assert len(files) == 3

    for file in files:
        tree = ast.parse(file.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("rules"):
                assert node.module in known, f"{file.name} imports {node.module}"
            if isinstance(node, ast.Import):
                assert not any(name.name.startswith("rules") for name in node.names)
            assert not (isinstance(node, ast.ImportFrom) and node.level)
