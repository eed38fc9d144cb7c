"""Write one branch as the patterns of one engine rule.

The order inside a pattern is what makes the library right: constants, then
comparisons with another property, then groups of alternatives. A join condition that
comes after a group would be ignored, and a join whose last condition is false would
read past its end, so the pattern of a join always ends with a group.
"""

from __future__ import annotations

from typing import Any, Final

from rules.atoms import Atom, Branch, Term, TooComplex
from rules.vocabulary import SAME_PLACE

KIND: Final = "k"
DEMAND_KIND: Final = 1.0
RESOURCE_KIND: Final = 2.0
PAIR_KIND: Final = 3.0
CATEGORY: Final = "cat"
MAX_SEQUENCE: Final = 31
"""Places in a pattern: two for the outer group, two a group of alternatives, one a join."""

_SIGNS: Final = {"!=": "$neq", "<": "$lt", "<=": "$lte", ">": "$gt", ">=": "$gte"}
_TURNED: Final = {"=": "=", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


class Names:
    """Give each term of a stage a short property name, in order of first use."""

    def __init__(self) -> None:
        """Begin with no names."""
        self.table: dict[Term, str] = {}

    def __getitem__(self, term: Term) -> str:
        """Return the name of a term."""
        return self.table.setdefault(term, f"f{len(self.table)}")


def on_demand(term: Term) -> bool:
    """Say whether a term is a property of the demand fact in a join."""
    return term.field.startswith(("demand.", "place."))


def join_patterns(branch: Branch, names: Names) -> list[dict[str, Any]]:
    """Write a branch as a join of a demand ``n`` and a resource ``x`` on the category.

    Raises:
        TooComplex: the branch has more places than a pattern of the library.
    """
    demand, resource = _Pattern(DEMAND_KIND), _Pattern(RESOURCE_KIND)
    resource.joins.append({CATEGORY: {"n": CATEGORY}})
    for atom in branch:
        if atom.left.field in SAME_PLACE:
            same = (atom.op == "=") == (atom.right == 1.0)
            name = names[atom.left]
            resource.joins.append(_test(name, "=" if same else "!=", {"n": name}))
        elif not isinstance(atom.right, Term):
            (demand if on_demand(atom.left) else resource).add_constant(atom, names)
        elif on_demand(atom.left) == on_demand(atom.right):
            (demand if on_demand(atom.left) else resource).add_inner(atom, names)
        elif on_demand(atom.right):
            right = {"n": names[atom.right]}
            resource.joins.append(_test(names[atom.left], atom.op, right))
        else:
            right = {"n": names[atom.left]}
            resource.joins.append(_test(names[atom.right], _TURNED[atom.op], right))
    return [{"n": demand.written()}, {"x": resource.written()}]


def pair_pattern(branch: Branch, names: Names, accepted_by: int | None = None) -> list[dict[str, Any]]:
    """Write a branch as a test of one pair fact ``m``.

    With ``accepted_by`` the pair must also have been accepted by that rule.

    Raises:
        TooComplex: the branch has more places than a pattern of the library.
    """
    pattern = _Pattern(PAIR_KIND)
    if accepted_by is not None:
        pattern.constants.append({accepted_name(accepted_by): 1.0})
    for atom in branch:
        if isinstance(atom.right, Term):
            pattern.add_inner(atom, names)
        else:
            pattern.add_constant(atom, names)
    return [{"m": pattern.written()}]


def accepted_name(rule: int) -> str:
    """Name the property that says whether a rule accepted the pair."""
    return f"a{rule}"


class _Pattern:
    """Gather the conditions of one fact in the only order that is right."""

    def __init__(self, kind: float) -> None:
        self.kind = kind
        self.constants: list[dict[str, Any]] = []
        self.joins: list[dict[str, Any]] = []
        self.groups: list[dict[str, Any]] = []

    def add_constant(self, atom: Atom, names: Names) -> None:
        name = names[atom.left]
        if isinstance(atom.right, tuple):
            self.groups.append({"$or": [{name: value} for value in atom.right]})
        else:
            self.constants.append(_test(name, atom.op, atom.right))

    def add_inner(self, atom: Atom, names: Names) -> None:
        assert isinstance(atom.right, Term)
        self.constants.append(_test(names[atom.left], atom.op, {"$m": names[atom.right]}))

    def written(self) -> dict[str, Any]:
        groups = self.groups or [{"$or": [{KIND: self.kind}]}]
        if 2 + len(self.joins) + 2 * len(groups) > MAX_SEQUENCE:
            raise TooComplex(
                "TOO_MANY_COMPARISONS",
                "一个分支里两边相比或“属于列表”的条件太多",
                "A branch has too many comparisons of both sides or lists of values",
            )
        return {"$and": [{KIND: self.kind}, *self.constants, *self.joins, *groups]}


def _test(name: str, op: str, right: object) -> dict[str, Any]:
    return {name: right} if op == "=" else {_SIGNS[op]: {name: right}}
