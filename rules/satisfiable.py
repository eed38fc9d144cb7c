"""Tell, where it is simple, that a branch can never be true.

Only contradictions of constants about one property are found: two equalities,
a range without numbers, every choice ruled out. What is not found is not a promise.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable

from rules.atoms import Aspect, Atom, Branch, Term
from rules.fields import FieldType
from rules.vocabulary import VOCABULARY


def is_contradictory(branch: Branch) -> bool:
    """Say whether the constants of a branch contradict each other."""
    about: dict[Term, list[Atom]] = defaultdict(list)
    for atom in branch:
        if not isinstance(atom.right, Term):
            about[atom.left].append(atom)
    return any(_is_empty(term, atoms) for term, atoms in about.items())


def _is_empty(term: Term, atoms: list[Atom]) -> bool:
    domain = _domain(term, atoms)
    if domain is not None:
        return not any(all(_holds(atom, value) for atom in atoms) for value in domain)
    low, high = -math.inf, math.inf
    low_open = high_open = False
    for atom in atoms:
        bound = atom.right
        if isinstance(bound, float) and atom.op in (">", ">="):
            low, low_open = max((low, low_open), (bound, atom.op == ">"))
        elif isinstance(bound, float) and atom.op in ("<", "<="):
            # The lower bound wins; of two equal bounds the open one.
            high, closed = min((high, not high_open), (bound, atom.op == "<="))
            high_open = not closed
    return low > high or (low == high and (low_open or high_open))


def _domain(term: Term, atoms: Iterable[Atom]) -> list[float | str] | None:
    """Return every value the property could have, when they can be listed."""
    spec = VOCABULARY[term.field]
    if term.aspect is not Aspect.VALUE:
        return [0.0, 1.0] if term.aspect is not Aspect.SCALED else None
    if spec.type is FieldType.BOOLEAN:
        return [0.0, 1.0]
    if spec.ordered:
        return [float(rank) for rank in range(len(spec.choices))]
    if spec.choices:
        return list(spec.choices)
    for atom in atoms:
        if atom.op == "=" and isinstance(atom.right, float | str):
            return [atom.right]
        if isinstance(atom.right, tuple):
            return list(atom.right)
    return None


def _holds(atom: Atom, value: float | str) -> bool:
    right = atom.right
    if isinstance(right, tuple):
        return value in right
    if atom.op in ("=", "!="):
        return (value == right) == (atom.op == "=")
    if not isinstance(value, float) or not isinstance(right, float):
        return True
    return {"<": value < right, "<=": value <= right, ">": value > right}.get(atom.op, value >= right)
