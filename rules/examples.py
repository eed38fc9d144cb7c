"""Run the examples that administrators write beside a rule (docs/rule-language.md).

An example gives values by the paths of the vocabulary, the derived ones included, and
the answer that ``require`` must give. The evaluator answers; tests/rules/test_examples.py
proves that the engine gives the same answer for every pair that has these values.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from rules.decision import ConditionResult
from rules.evaluator_conditions import Facts, results, satisfies
from rules.facts import VOCABULARY, Taxonomy
from rules.language import Example, Rule, RuleDocument
from rules.problems import DocumentProblems, Problem, Severity, errors
from rules.validation import check, comparisons_of

NO_TAXONOMY: Final = Taxonomy({})
_QUANTITIES: Final = ("demand.quantity", "resource.quantity")


@dataclass(frozen=True, slots=True)
class ExampleResult:
    """Hold what an example expects and what the rule answers.

    ``actual`` is None when a problem keeps the example from being run. ``conditions``
    are the comparisons of ``require`` as they came out.
    """

    rule_id: str
    index: int
    title: str
    expected: bool
    actual: bool | None
    problems: tuple[Problem, ...]
    conditions: tuple[ConditionResult, ...]

    @property
    def passed(self) -> bool:
        """Say whether the rule answered as expected."""
        return self.actual is self.expected


def run_examples(document: RuleDocument, taxonomy: Taxonomy = NO_TAXONOMY) -> list[ExampleResult]:
    """Run every example of a document, rule by rule.

    Without ``taxonomy`` each category stands alone, so ``under`` means the category itself.

    Raises:
        DocumentProblems: the document is refused for something else than its examples.
    """
    problems = check(document)
    others = [each for each in errors(problems) if ".examples[" not in each.path]
    if others:
        raise DocumentProblems(others)
    return [
        _run(rule, f"rules[{at}]", index, problems, taxonomy)
        for at, rule in enumerate(document.rules)
        for index in range(len(rule.examples))
    ]


def _run(rule: Rule, path: str, index: int, problems: list[Problem], taxonomy: Taxonomy) -> ExampleResult:
    example = rule.examples[index]
    where = f"{path}.examples[{index}]"
    own = [each for each in problems if each.path.startswith(f"{where}.")]
    actual: bool | None = None
    conditions: tuple[ConditionResult, ...] = ()
    if not errors(own):
        facts = facts_of(example)
        actual = satisfies(rule.require, facts, taxonomy)
        conditions = tuple(results(rule.require, f"{path}.require", facts, taxonomy))
        own += _missing_units(rule, facts, f"{where}.facts")
    return ExampleResult(rule.id, index, example.title, example.expect, actual, tuple(own), conditions)


def facts_of(example: Example) -> Facts:
    """Return a value for every path of the vocabulary; what the example leaves out is None."""
    given = example.facts
    return {path: frozenset(value) if isinstance(value := given.get(path), tuple) else value for path in VOCABULARY}


def _missing_units(rule: Rule, facts: Facts, path: str) -> Iterator[Problem]:
    """Warn when two given quantities are not compared because a unit was left out."""
    compared = any(
        each.other is not None and {each.field, each.other.field} == set(_QUANTITIES)
        for each in comparisons_of(rule.require)
    )
    if not compared or any(facts[quantity] is None for quantity in _QUANTITIES):
        return
    for unit in ("demand.unit", "resource.unit"):
        if facts[unit] is None:
            label = VOCABULARY[unit]
            yield Problem(
                path,
                "UNIT_MISSING",
                f"没有写“{label.label_zh}”({unit}),两个数量就不能相比",
                f"Without “{label.label_en}” ({unit}) the two quantities are not compared",
                unit,
                Severity.WARNING,
            )
