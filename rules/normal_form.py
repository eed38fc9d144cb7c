"""Turn a condition into branches of plain atoms that an engine rule can hold.

Negation is pushed to the comparisons, ``unknown`` is written out ("holds" becomes
unknown or compared, "fails" becomes known and compared), and the rest is brought
into disjunctive normal form: a pair is accepted when every atom of at least one
branch is true (docs/rule-language.md, "Conditions").
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from rules.atoms import Aspect, Atom, Branch, Term, TooComplex
from rules.document import AllOf, AnyOf, Comparison, Condition, NoneOf
from rules.fields import FieldSpec, FieldType
from rules.vocabulary import VOCABULARY

MAX_BRANCHES: Final = 32
MAX_PREFERENCE_BRANCHES: Final = 8
MAX_COMPARISONS: Final = 24

_OPPOSITE: Final[Mapping[str, str]] = MappingProxyType(
    {"=": "!=", "!=": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
)


def branches(condition: Condition, most: int = MAX_BRANCHES) -> tuple[Branch, ...]:
    """Return the branches of a condition in a fixed order, without repetitions.

    Raises:
        TooComplex: more than ``most`` branches, or 24 atoms in one of them (the
            members of a ``notIn`` count as one).
    """
    found = _expand(condition, True, most)
    distinct = tuple(dict.fromkeys(tuple(dict.fromkeys(branch)) for branch in found))
    for branch in distinct:
        if comparisons_in(branch) > MAX_COMPARISONS:
            raise TooComplex(
                "TOO_MANY_COMPARISONS",
                f"展开后一个分支最多 {MAX_COMPARISONS} 个比较",
                f"A branch may have {MAX_COMPARISONS} comparisons at most after expansion",
            )
    return distinct


def comparisons_in(branch: Branch) -> int:
    """Count the atoms of a branch; the ``!=`` constants of one field count as one."""
    unequal = {atom.left for atom in branch if _is_exclusion(atom)}
    return len(unequal) + sum(not _is_exclusion(atom) for atom in branch)


def _is_exclusion(atom: Atom) -> bool:
    return atom.op == "!=" and not isinstance(atom.right, Term)


def _expand(condition: Condition, wanted: bool, most: int) -> list[Branch]:
    match condition:
        case Comparison():
            return _comparison(condition, wanted)
        case AllOf(members):
            join = _conjunction if wanted else _disjunction
            return join(members, wanted, most)
        case AnyOf(members):
            join = _disjunction if wanted else _conjunction
            return join(members, wanted, most)
        case NoneOf(members):
            join = _conjunction if wanted else _disjunction
            return join(members, not wanted, most)


def _disjunction(members: tuple[Condition, ...], wanted: bool, most: int) -> list[Branch]:
    found = [branch for member in members for branch in _expand(member, wanted, most)]
    return _bounded(found, most)


def _conjunction(members: tuple[Condition, ...], wanted: bool, most: int) -> list[Branch]:
    product: list[Branch] = [()]
    for member in members:
        more = _expand(member, wanted, most)
        product = _bounded([left + right for left in product for right in more], most)
    return product


def _bounded(found: list[Branch], most: int) -> list[Branch]:
    distinct = list(dict.fromkeys(found))
    if len(distinct) > most:
        raise TooComplex(
            "TOO_MANY_BRANCHES",
            f"展开后最多 {most} 个分支,请拆成几条规则或少用“任一”",
            f"At most {most} branches are allowed after expansion; split the rule",
        )
    return distinct


def _comparison(comparison: Comparison, wanted: bool) -> list[Branch]:
    """Write out one comparison, or its opposite when ``wanted`` is false."""
    if comparison.op in ("known", "unknown"):
        known = (comparison.op == "known") == wanted
        return [(_flag(Term(comparison.field, Aspect.KNOWN), known),)]
    answer = _plain(comparison, wanted)
    needed = _needed(comparison)
    if (comparison.unknown == "holds") == wanted:
        return [(_not(atom),) for atom in needed] + answer
    return [(*needed, *branch) for branch in answer]


def _needed(comparison: Comparison) -> Branch:
    """Return what must be true before the operands can be compared at all."""
    spec = VOCABULARY[comparison.field]
    other = comparison.other
    if other is not None and spec.is_quantity and VOCABULARY[other.field].is_quantity:
        left, right = Term(spec.path, Aspect.MEASURE), Term(other.field, Aspect.MEASURE)
        return (Atom(left, "=", right),)
    paths = [spec.path] if other is None else [spec.path, other.field]
    return tuple(_flag(Term(path, Aspect.KNOWN), True) for path in paths if VOCABULARY[path].nullable)


def _plain(comparison: Comparison, wanted: bool) -> list[Branch]:
    """Write out a comparison of known operands."""
    spec = VOCABULARY[comparison.field]
    return _WRITERS[comparison.op](comparison, spec, wanted)


def _simple(comparison: Comparison, spec: FieldSpec, wanted: bool) -> list[Branch]:
    op = comparison.op if wanted else _OPPOSITE[comparison.op]
    left = Term(spec.path)
    other = comparison.other
    if other is None:
        return [(Atom(left, op, constant(spec, comparison.value)),)]
    if other.times is None and other.plus is None:
        return [(Atom(left, op, Term(other.field)),)]
    times = 1 if other.times is None else other.times
    scaled = Term(other.field, Aspect.SCALED, "", times, other.plus or 0)
    return [(Atom(left, op, scaled),)]


def _between(comparison: Comparison, spec: FieldSpec, wanted: bool) -> list[Branch]:
    assert isinstance(comparison.value, tuple)
    low, high = (constant(spec, bound) for bound in comparison.value)
    left = Term(spec.path)
    if wanted:
        return [(Atom(left, ">=", low), Atom(left, "<=", high))]
    return [(Atom(left, "<", low),), (Atom(left, ">", high),)]


def _membership(comparison: Comparison, spec: FieldSpec, wanted: bool) -> list[Branch]:
    assert isinstance(comparison.value, tuple)
    values = tuple(dict.fromkeys(constant(spec, value) for value in comparison.value))
    left = Term(spec.path)
    if (comparison.op == "in") == wanted:
        return [(Atom(left, "in", values),)]
    return [tuple(Atom(left, "!=", value) for value in values)]


def _under(comparison: Comparison, spec: FieldSpec, wanted: bool) -> list[Branch]:
    return [(_flag(Term(spec.path, Aspect.UNDER, str(comparison.value)), wanted),)]


def _has(comparison: Comparison, spec: FieldSpec, wanted: bool) -> list[Branch]:
    return [(_flag(Term(spec.path, Aspect.HAS, str(comparison.value)), wanted),)]


_WRITERS: Final[Mapping[str, Callable[[Comparison, FieldSpec, bool], list[Branch]]]] = MappingProxyType(
    {
        **dict.fromkeys(_OPPOSITE, _simple),
        "between": _between,
        "in": _membership,
        "notIn": _membership,
        "under": _under,
        "has": _has,
    }
)


def constant(spec: FieldSpec, value: object) -> float | str:
    """Return a constant as the engine sees it: ordered choices by rank, truth as 1 or 0."""
    if spec.ordered:
        return float(spec.choices.index(str(value)))
    if spec.type in (FieldType.NUMBER, FieldType.BOOLEAN):
        assert isinstance(value, bool | int | float)
        return float(value)
    return str(value)


def _flag(term: Term, is_true: bool) -> Atom:
    return Atom(term, "=", 1.0 if is_true else 0.0)


def _not(atom: Atom) -> Atom:
    if isinstance(atom.right, Term):
        return Atom(atom.left, _OPPOSITE[atom.op], atom.right)
    return _flag(atom.left, atom.right == 0.0)
