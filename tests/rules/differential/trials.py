"""Ask engine and evaluator the same random questions and keep every difference."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

from rules.atoms import TooComplex
from rules.compiler import Mode, compile_document
from rules.deciding import decide_compiled
from rules.engine import Engine
from rules.evaluator import decide_all
from rules.facts import Batch
from rules.language import RuleDocument, parse, to_json
from tests.rules.differential.coverage import Coverage, observe
from tests.rules.differential.random_documents import make_document
from tests.rules.differential.random_facts import make_pool

Decided = set[tuple[str, str, str, int]]
"""Rule id, demand id, resource id and score of every accepted pair."""
EngineAnswer = Callable[[RuleDocument, Batch], tuple[Decided, tuple[Mode, ...]]]

BATCH_SIZE = 6
SETS_A_POOL = 100


@dataclass(slots=True)
class Report:
    """Hold the figures of many trials, and each difference as JSON that can be replayed."""

    sets: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    modes: Counter[Mode] = field(default_factory=Counter)
    decisions: int = 0
    true_pairs: int = 0
    differences: list[str] = field(default_factory=list)
    coverage: Coverage = field(default_factory=Coverage)

    @property
    def true_pairs_a_set(self) -> float:
        """Return the average number of distinct (demand, resource) pairs that match."""
        return self.true_pairs / self.sets if self.sets else 0.0


def engine_answers(engine: Engine) -> EngineAnswer:
    """Return the engine's whole path, from the document to its matches."""

    def answer(document: RuleDocument, batch: Batch) -> tuple[Decided, tuple[Mode, ...]]:
        version = compile_document(document)
        decision = decide_compiled(version, batch, engine)
        found = {(each.rule_id, each.demand_id, each.resource_id, each.score) for each in decision.firings}
        return found, version.modes

    return answer


def cases(seed: int, sets: int, batch_size: int = BATCH_SIZE) -> Iterator[tuple[RuleDocument, Batch]]:
    """Yield the first ``sets`` cases of a seed; the same ones on every machine."""
    for index in range(sets):
        if index % SETS_A_POOL == 0:
            pool = make_pool(Random(f"{seed}:pool:{index}"))
        random = Random(f"{seed}:{index}")
        yield parse(make_document(random)), pool.batch(random, batch_size)


def run_trials(
    seed: int,
    sets: int,
    answer: EngineAnswer,
    *,
    batch_size: int = BATCH_SIZE,
    observe_every: int = 0,
    stop_after: int = 3,
) -> Report:
    """Compare engine and evaluator over random cases until ``stop_after`` differences.

    A document that is too complex once written out is counted as refused and replaced
    by a further one. ``observe_every`` says how often coverage is counted, 0 for never.
    """
    report = Report()
    for document, batch in cases(seed, sets * 2, batch_size):
        try:
            found, modes = answer(document, batch)
        except TooComplex as refusal:
            report.refused[refusal.code] += 1
            continue
        expected = decide_all(document, batch)
        report.sets += 1
        report.modes.update(modes)
        report.decisions += len(expected)
        report.true_pairs += len({(demand, resource) for _, demand, resource, _ in expected})
        if found != expected:
            report.differences.append(smallest_case(document, batch, answer))
        if observe_every and report.sets % observe_every == 0:
            observe(document, batch, report.coverage)
        if report.sets == sets or len(report.differences) == stop_after:
            break
    return report


def smallest_case(document: RuleDocument, batch: Batch, answer: EngineAnswer) -> str:
    """Return a case as JSON, cut down to one rule and one pair where these differ alone."""
    for rule in document.rules:
        for demand in batch.demands:
            for resource in batch.resources:
                alone = RuleDocument(document.id, document.title, (rule,))
                pair = Batch((demand,), (resource,), batch.taxonomy)
                if answer(alone, pair)[0] != decide_all(alone, pair):
                    return case_json(alone, pair, answer)
    return case_json(document, batch, answer)


def case_json(document: RuleDocument, batch: Batch, answer: EngineAnswer) -> str:
    """Print a case with what only the engine and only the evaluator accept."""
    found, expected = answer(document, batch)[0], decide_all(document, batch)
    case: dict[str, Any] = {
        "engineOnly": sorted(found - expected),
        "evaluatorOnly": sorted(expected - found),
        "document": to_json(document),
        "batch": batch.to_json(),
    }
    return json.dumps(case, ensure_ascii=False)
