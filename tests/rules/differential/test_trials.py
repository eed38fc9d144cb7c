"""The differential test's own parts, and the corners that its small batches do not reach."""

import json

import pytest

from rules import compiler, encoder
from rules.compiler import Mode
from rules.engine import Engine
from rules.evaluator import decide_all
from rules.facts import Batch
from rules.language import RuleDocument, parse, to_json
from rules.problems import Severity
from rules.validation import check
from tests.rules.differential.trials import (
    Decided,
    cases,
    engine_answers,
    run_trials,
)

TOO_LARGE = {"TOO_MANY_BRANCHES", "TOO_MANY_COMPARISONS"}


def forgetful(document: RuleDocument, batch: Batch) -> tuple[Decided, tuple[Mode, ...]]:
    """Answer like the engine, but forget what the first demand is offered."""
    found = decide_all(document, batch)
    first = batch.demands[0].id
    return {each for each in found if each[1] != first}, (Mode.JOIN,) * len(document.rules)


def test_a_difference_is_reported_as_one_rule_and_one_pair_that_can_be_replayed() -> None:
    report = run_trials(1, 50, forgetful, stop_after=1)

    (difference,) = report.differences
    case = json.loads(difference)
    document, batch = parse(case["document"]), Batch.from_json(case["batch"])
    assert (len(document.rules), len(batch.demands), len(batch.resources)) == (1, 1, 1)
    assert sorted(map(list, decide_all(document, batch))) == case["evaluatorOnly"]
    assert case["engineOnly"] == []


def test_a_seed_gives_the_same_cases_again() -> None:
    def printed(seed: int) -> list[str]:
        return [json.dumps([to_json(document), batch.to_json()]) for document, batch in cases(seed, 5)]

    assert printed(4) == printed(4) != printed(5)


def test_the_random_documents_are_sound_but_for_those_too_large_or_contradictory() -> None:
    found = {
        problem.code
        for document, _ in cases(2, 400)
        for problem in check(document)
        if problem.severity is Severity.ERROR
    }

    assert found <= TOO_LARGE | {"NEVER_TRUE"}


def test_what_the_validation_calls_never_or_always_true_is_so() -> None:
    claims = 0
    for document, batch in cases(3, 1_500):
        for problem in check(document):
            rule = next(
                (each for at, each in enumerate(document.rules) if problem.path == f"rules[{at}].require"),
                None,
            )
            if rule is None or problem.code not in ("NEVER_TRUE", "ALWAYS_TRUE"):
                continue
            claims += 1
            alone = RuleDocument(document.id, document.title, (rule,))
            accepted = decide_all(alone, batch)
            if problem.code == "NEVER_TRUE":
                assert accepted == set(), to_json(alone)
            else:
                assert accepted == decide_all(_anything(alone), batch), to_json(alone)

    assert claims >= 50


def _anything(document: RuleDocument) -> RuleDocument:
    """Replace the requirement by one that every pair meets."""
    raw = to_json(document)
    for rule in raw["rules"]:
        rule["require"] = {"field": "pair.categoryDistance", "op": ">=", "value": 0}
    return parse(raw)


def test_cut_into_small_chunks_and_handles_the_answers_stay_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(encoder, "FACTS_A_CHUNK", 4)
    monkeypatch.setattr(encoder, "PAIRS_A_CHUNK", 3)
    monkeypatch.setattr(compiler, "RULES_A_HANDLE", 2)
    monkeypatch.setattr(compiler, "ALTERNATIVES_A_HANDLE", 3)

    report = run_trials(21, 300, engine_answers(Engine()))

    assert report.differences == []
    assert report.sets == 300


def test_one_community_as_a_whole_is_decided_the_same() -> None:
    report = run_trials(22, 30, engine_answers(Engine()), batch_size=60)

    assert report.differences == []
    assert report.true_pairs_a_set > 500
