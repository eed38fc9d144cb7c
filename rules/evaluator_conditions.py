"""Say whether a condition of a document holds for given values, and which comparison decides.

The values may come from raw facts (``rules/evaluator_facts.py``) or from the example of a
rule. The meaning of each operator, of "unknown" and of units is that of
docs/rule-language.md, "Conditions".
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from functools import lru_cache
from typing import Any, Final

from rules.decision import ConditionResult
from rules.evaluator_facts import Value, lineage
from rules.facts import VOCABULARY, Taxonomy
from rules.language import AllOf, AnyOf, Comparison, Condition, NoneOf, Other

Facts = Mapping[str, Value]
"""Values by vocabulary path; None is unknown."""
Outcome = tuple[bool, Any, Any]
"""Whether a comparison holds, the right side, the left side."""


def satisfies(condition: Condition, facts: Facts, taxonomy: Taxonomy) -> bool:
    """Say whether a condition holds for the values."""
    match condition:
        case Comparison():
            return compare(condition, facts, taxonomy)[0]
        case AllOf(members):
            return all(satisfies(member, facts, taxonomy) for member in members)
        case AnyOf(members):
            return any(satisfies(member, facts, taxonomy) for member in members)
        case NoneOf(members):
            return not any(satisfies(member, facts, taxonomy) for member in members)


def results(
    condition: Condition, path: str, facts: Facts, taxonomy: Taxonomy, points: int | None = None
) -> Iterator[ConditionResult]:
    """Yield how each comparison under ``condition`` comes out, in the document's order.

    ``path`` is the document path of ``condition``; ``points`` is written into each result.
    """
    if isinstance(condition, Comparison):
        holds, expected, actual = compare(condition, facts, taxonomy)
        yield ConditionResult(path, condition.field, condition.op, expected, actual, holds, points)
        return
    for member_path, member in _members(condition, path):
        yield from results(member, member_path, facts, taxonomy, points)


def blame(
    condition: Condition, path: str, facts: Facts, taxonomy: Taxonomy, *, wanted: bool
) -> Iterator[ConditionResult]:
    """Yield the comparisons that keep ``condition`` from being ``wanted``.

    A conjunction is blamed on its first wrong member, an alternative on all of them.
    """
    if isinstance(condition, Comparison):
        yield from results(condition, path, facts, taxonomy)
        return
    negated = isinstance(condition, NoneOf)
    inner = wanted is not negated
    # What must agree member by member: "all" wanted true, "any" and "none" wanted empty.
    conjunctive = isinstance(condition, AllOf) is inner
    for member_path, member in _members(condition, path):
        if satisfies(member, facts, taxonomy) is not inner:
            yield from blame(member, member_path, facts, taxonomy, wanted=inner)
            if conjunctive:
                return


def _members(condition: AllOf | AnyOf | NoneOf, path: str) -> Iterator[tuple[str, Condition]]:
    word = {AllOf: "all", AnyOf: "any", NoneOf: "none"}[type(condition)]
    for index, member in enumerate(condition.members):
        yield f"{path}.{word}[{index}]", member


def compare(comparison: Comparison, facts: Facts, taxonomy: Taxonomy) -> Outcome:
    """Return whether one comparison holds, its right side and its left side."""
    op, actual = comparison.op, facts[comparison.field]
    if op in ("known", "unknown"):
        return (actual is not None) is (op == "known"), None, actual
    expected: Any = comparison.value
    comparable = True
    if comparison.other is not None:
        expected = _right_side(comparison.other, facts)
        comparable = _units_agree(comparison.field, comparison.other.field, facts)
    if actual is None or expected is None or not comparable:
        return comparison.unknown == "holds", expected, actual
    if op == "under":
        return expected in lineage(str(actual), taxonomy), expected, actual
    ranks = _RANKS.get(comparison.field)
    if ranks is not None and op in _ORDERINGS:
        return _TESTS[op](ranks[str(actual)], ranks[str(expected)]), expected, actual
    return _TESTS[op](actual, expected), expected, actual


def _right_side(other: Other, facts: Facts) -> Value:
    value = facts[other.field]
    if value is None or (other.times is None and other.plus is None):
        return value
    times = 1 if other.times is None else other.times
    plus = 0 if other.plus is None else other.plus
    # Fractions of the shortest decimal text are exact; float() then rounds only once.
    return float(_exact(value) * _exact(times) + _exact(plus))


@lru_cache(maxsize=4096)
def _exact(number: Any) -> Fraction:
    return Fraction(repr(number))


def _units_agree(left: str, right: str, facts: Facts) -> bool:
    """Say whether two fields may be compared: two quantities need one known unit."""
    units = (_UNIT_FIELDS.get(left), _UNIT_FIELDS.get(right))
    if units[0] is None or units[1] is None:
        return True
    return facts[units[0]] is not None and facts[units[0]] == facts[units[1]]


_UNIT_FIELDS: Final = {"demand.quantity": "demand.unit", "resource.quantity": "resource.unit"}
_RANKS: Final = {
    path: {choice: rank for rank, choice in enumerate(spec.choices)}
    for path, spec in VOCABULARY.items()
    if spec.ordered
}
_ORDERINGS: Final = frozenset({"<", "<=", ">", ">="})
_TESTS: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "between": lambda actual, bounds: bool(bounds[0] <= actual <= bounds[1]),
    "in": lambda actual, listed: actual in listed,
    "notIn": lambda actual, listed: actual not in listed,
    "has": lambda actual, choice: choice in actual,
}
