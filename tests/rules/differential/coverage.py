"""Count what the random rule sets exercised, so that the proof cannot become hollow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from rules.evaluator_conditions import compare
from rules.evaluator_facts import PairFacts, kinship
from rules.facts import VOCABULARY, Batch
from rules.language import AllOf, AnyOf, Comparison, Condition, NoneOf, RuleDocument

_EVERY_ORDERING: Final = ("<", "<=", ">", ">=")
OPERATORS: Final = (
    "=",
    "!=",
    *_EVERY_ORDERING,
    "between",
    "in",
    "notIn",
    "under",
    "has",
    "known",
    "unknown",
)
_NULLABLE_OPERATORS: Final = ("=", "!=", *_EVERY_ORDERING, "between", "in", "notIn")

Answer = tuple[str, str, bool]
"""Operator, form of the right side (or how unknown was answered), and the outcome."""


@dataclass(slots=True)
class Coverage:
    """Hold how often each form of each operator came out true and false, and each field."""

    answers: Counter[Answer] = field(default_factory=Counter)
    fields: Counter[str] = field(default_factory=Counter)
    groups: Counter[str] = field(default_factory=Counter)

    def add(self, other: Coverage) -> None:
        """Take in the counts of other trials."""
        self.answers.update(other.answers)
        self.fields.update(other.fields)
        self.groups.update(other.groups)

    def missing(self, least: int) -> list[str]:
        """Name every form seen true or false fewer than ``least`` times; unused fields too."""
        rare = [
            f"{op} {form} {outcome}: {self.answers[op, form, outcome]}"
            for op, form, outcome in required_answers()
            if self.answers[op, form, outcome] < least
        ]
        unused = [f"field {path}" for path in VOCABULARY if not self.fields[path]]
        nested = [
            f"{outer} in {inner}"
            for outer in ("all", "any", "none")
            for inner in ("require", "all", "any", "none")
            if not self.groups[f"{outer} in {inner}"]
        ]
        return rare + unused + nested

    def lines(self) -> list[str]:
        """Print the counts, one operator a line: form, true and false."""
        shown: list[str] = []
        for op in OPERATORS:
            forms = sorted({form for each, form, _ in self.answers if each == op})
            counts = (f"{form} {self.answers[op, form, True]}/{self.answers[op, form, False]}" for form in forms)
            shown.append(f"{op:8} {'  '.join(counts)}")
        return shown


def required_answers() -> Iterator[Answer]:
    """Yield every answer that must have been seen often."""
    for op in OPERATORS:
        yield from ((op, "value", True), (op, "value", False))
    for op in ("=", "!=", *_EVERY_ORDERING):
        yield from ((op, "other", True), (op, "other", False))
        yield from ((op, "other unknown", True), (op, "other unknown", False))
    for op in ("=", "!="):
        yield from ((op, "units equal", True), (op, "units equal", False))
    for op in _EVERY_ORDERING:
        yield from ((op, "ordered", True), (op, "ordered", False))
        yield from ((op, "units equal", True), (op, "units equal", False))
        yield from ((op, "units unequal", True), (op, "units unequal", False))
        yield from ((op, "times", True), (op, "times", False))
        yield from ((op, "plus", True), (op, "plus", False))
    for op in _NULLABLE_OPERATORS:
        yield from ((op, "value unknown", True), (op, "value unknown", False))


def observe(document: RuleDocument, batch: Batch, coverage: Coverage) -> None:
    """Count how every comparison of the document comes out on every kindred pair."""
    conditions = [
        condition
        for rule in document.rules
        for condition in (rule.require, *(preference.when for preference in rule.prefer))
    ]
    flat = [each for one in conditions for each in _comparisons(one, "require", coverage)]
    for comparison in flat:
        coverage.fields[comparison.field] += 1
        if comparison.other is not None:
            coverage.fields[comparison.other.field] += 1
    for demand in batch.demands:
        for resource in batch.resources:
            kin = kinship(resource.category, demand.category, batch.taxonomy)
            if kin is None:
                continue
            facts = PairFacts(demand, resource, kin)
            for comparison in flat:
                holds = compare(comparison, facts, batch.taxonomy)[0]
                for form in _forms(comparison, facts):
                    coverage.answers[comparison.op, form, holds] += 1


def _comparisons(condition: Condition, outer: str, coverage: Coverage) -> Iterator[Comparison]:
    match condition:
        case Comparison():
            yield condition
            return
        case AllOf():
            word = "all"
        case AnyOf():
            word = "any"
        case NoneOf():
            word = "none"
    coverage.groups[f"{word} in {outer}"] += 1
    for member in condition.members:
        yield from _comparisons(member, word, coverage)


def _forms(comparison: Comparison, facts: PairFacts) -> Iterator[str]:
    op, spec, other = comparison.op, VOCABULARY[comparison.field], comparison.other
    if op in ("known", "unknown"):
        yield "value"
    elif other is None:
        if facts[spec.path] is None:
            yield "value unknown"
        else:
            yield "ordered" if spec.ordered and op in _EVERY_ORDERING else "value"
    elif facts[spec.path] is None or facts[other.field] is None:
        yield "other unknown"
    elif spec.is_quantity and VOCABULARY[other.field].is_quantity:
        known = None not in (facts["demand.unit"], facts["resource.unit"])
        equal = known and facts["demand.unit"] == facts["resource.unit"]
        yield "units equal" if equal else "units unequal"
    else:
        yield "other"
        if other.times is not None:
            yield "times"
        if other.plus is not None:
            yield "plus"
