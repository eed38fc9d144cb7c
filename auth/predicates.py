"""Which rows a caller may reach, as a neutral tree that compiles to SQL (api/plan/predicates.py).

The tree is built from the same rule list that casbin gets, so a list never holds a row that
asking for it alone would refuse. tests/auth/test_four_evaluators.py compares the two.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from auth.permissions import Permission
from auth.policy import Policy
from auth.policy_rows import Effect, Rule
from auth.principal import Principal, Standing
from auth.relations import Relation, Visibility
from auth.roles import ROLE_BITS


class Column(StrEnum):
    """Name the facts of a row; each source says which of its columns holds which."""

    PATH = "path"
    OWNER_PERSON = "owner_person"
    OWNER_HOUSEHOLD = "owner_household"
    OWNER_ORGANISATION = "owner_organisation"
    ASSIGNED_PERSON = "assigned_person"
    ASSIGNED_ORGANISATION = "assigned_organisation"
    PARTY_PERSON = "party_person"
    PARTY_HOUSEHOLD = "party_household"
    PARTY_ORGANISATION = "party_organisation"
    VISIBILITY = "visibility"


@dataclass(frozen=True, slots=True)
class Always:
    """True of every row."""


@dataclass(frozen=True, slots=True)
class Never:
    """True of no row: the query need not be sent."""


@dataclass(frozen=True, slots=True)
class Under:
    """The row's place lies at this path or below it."""

    path: str


@dataclass(frozen=True, slots=True)
class Equals:
    """The column has this value; an empty column has none."""

    column: Column
    value: int | str


@dataclass(frozen=True, slots=True)
class In:
    """The column has one of these values; an empty column has none."""

    column: Column
    values: tuple[int | str, ...]


@dataclass(frozen=True, slots=True)
class All:
    """Every part is true."""

    parts: tuple[Predicate, ...]


@dataclass(frozen=True, slots=True)
class Any:
    """At least one part is true."""

    parts: tuple[Predicate, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part is not true; a part that an empty column leaves open counts as not true."""

    part: Predicate


_OPEN_TO_ALL = Equals(Column.VISIBILITY, Visibility.PUBLIC.value)
_OPEN_TO_MEMBERS = (Visibility.PUBLIC.value, Visibility.MEMBERS.value)

Predicate = Always | Never | Under | Equals | In | All | Any | Not


def visible(policy: Policy, principal: Principal, permission: Permission) -> Predicate:
    """Return the rows on which the caller has the permission.

    One allow whose role is in force and whose relation holds, and no such deny. A key has
    nothing outside its scopes.
    """
    scopes = principal.key_scopes
    if scopes is not None and permission not in scopes:
        return Never()
    allow: list[Predicate] = []
    deny: list[Predicate] = []
    rules = policy.by_permission.get(permission, ())
    for standing in principal.standings:
        related: dict[Relation, Predicate] = {}
        for scope, roles in standing.held:
            for effect, relation in _in_force(rules, roles):
                if relation not in related:
                    related[relation] = _related(relation, principal, standing)
                side = allow if effect is Effect.ALLOW else deny
                side.append(both(_under(scope), related[relation]))
    return both(either(allow), negated(either(deny)))


def _in_force(rules: tuple[Rule, ...], roles: int) -> Iterable[tuple[Effect, Relation]]:
    # Several roles often bring the same rule; a dict keeps one of each, in the order of the file.
    return dict.fromkeys((rule.effect, rule.relation) for rule in rules if roles & ROLE_BITS[rule.role])


def both(*parts: Predicate) -> Predicate:
    """Join parts that must all be true, leaving out what does not matter."""
    kept = tuple(dict.fromkeys(part for part in parts if not isinstance(part, Always)))
    if any(isinstance(part, Never) for part in kept):
        return Never()
    return kept[0] if len(kept) == 1 else All(kept) if kept else Always()


def either(parts: Iterable[Predicate]) -> Predicate:
    """Join parts of which one must be true, leaving out what does not matter."""
    kept = tuple(dict.fromkeys(part for part in parts if not isinstance(part, Never)))
    if any(isinstance(part, Always) for part in kept):
        return Always()
    return kept[0] if len(kept) == 1 else Any(kept) if kept else Never()


def negated(part: Predicate) -> Predicate:
    """Return the opposite."""
    if isinstance(part, Always | Never):
        return Never() if isinstance(part, Always) else Always()
    return Not(part)


def _under(scope: str) -> Predicate:
    return Under(scope) if scope else Always()


def _related(relation: Relation, principal: Principal, standing: Standing) -> Predicate:
    match relation:
        case Relation.ANY:
            return Always()
        case Relation.SELF:
            return either(
                (
                    _one_of(Column.OWNER_PERSON, _me(principal)),
                    _one_of(Column.OWNER_HOUSEHOLD, principal.household_ids),
                )
            )
        case Relation.ORG:
            return _one_of(Column.OWNER_ORGANISATION, standing.organisation_ids)
        case Relation.ASSIGNED:
            return either(
                (
                    _one_of(Column.ASSIGNED_PERSON, _me(principal)),
                    _one_of(Column.ASSIGNED_ORGANISATION, standing.organisation_ids),
                )
            )
        case Relation.PARTY:
            return either(
                (
                    _one_of(Column.PARTY_PERSON, _me(principal)),
                    _one_of(Column.PARTY_HOUSEHOLD, principal.household_ids),
                    _one_of(Column.PARTY_ORGANISATION, standing.organisation_ids),
                )
            )
        case Relation.MEMBER:
            open_to = In(Column.VISIBILITY, _OPEN_TO_MEMBERS)
            return both(either(Under(path) for path in principal.community_paths), open_to)
        case Relation.PUBLIC:
            return _OPEN_TO_ALL


def _me(principal: Principal) -> frozenset[int]:
    return frozenset() if principal.person_id is None else frozenset((principal.person_id,))


def _one_of(column: Column, ids: frozenset[int]) -> Predicate:
    if not ids:
        return Never()
    if len(ids) == 1:
        return Equals(column, next(iter(ids)))
    return In(column, tuple(sorted(ids)))
