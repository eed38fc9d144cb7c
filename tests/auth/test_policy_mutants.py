"""Change each rule of the policy in four ways: the decision table must notice every time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from auth.enforcement import Authoriser
from auth.policy import SHIPPED_RULES, load_shipped, policy_of
from auth.policy_rows import Effect, Rule
from auth.relations import Relation
from auth.roles import Role
from tests.auth.decision_table import golden_lines, lines_of

RULES = load_shipped().rules
QUESTIONS = {rule.question for rule in RULES}


def dropped(rule: Rule) -> Iterator[Rule]:
    yield from ()


def flipped(rule: Rule) -> Iterator[Rule]:
    yield replace(rule, effect=Effect.DENY if rule.effect is Effect.ALLOW else Effect.ALLOW)


def with_another_relation(rule: Rule) -> Iterator[Rule]:
    wider = Relation.SELF if rule.relation is Relation.ANY else Relation.ANY
    yield replace(rule, relation=wider)


def with_another_role(rule: Rule) -> Iterator[Rule]:
    others = [role for role in Role if role is not rule.role]
    start = sum(map(ord, rule.id)) % len(others)
    for role in (*others[start:], *others[:start]):
        if (role, *rule.question[1:]) not in QUESTIONS and not covered(role, rule):
            yield replace(rule, role=role)
            return


def covered(role: Role, rule: Rule) -> bool:
    """Tell whether the role has the same for every relation, so that the rule adds nothing."""
    return (role, rule.object, rule.action, Relation.ANY) in QUESTIONS


@pytest.mark.parametrize("mutate", [dropped, flipped, with_another_relation, with_another_role])
def test_the_table_notices_every_changed_rule(mutate: object) -> None:
    assert callable(mutate)
    reviewed = golden_lines()
    unnoticed = []
    for rule in RULES:
        changed = list(mutate(rule))
        # Rules about other things cannot matter to this cell: casbin is asked by both names.
        kept = [other for other in RULES if other.permission == rule.permission and other.id != rule.id]
        roles = [role for role in Role if role in {rule.role, *(each.role for each in changed)}]
        # Casbin needs one rule at least; this one is about something else.
        filler = next(other for other in RULES if other.permission != rule.permission)
        mutant = Authoriser(policy_of((*kept, *changed, filler)))
        expected = [
            line for line in reviewed if line.split(",")[0] in roles and line.split(",")[1] == str(rule.permission)
        ]
        if sorted(lines_of(mutant, roles, [rule.permission])) == sorted(expected):
            unnoticed.append(rule.id)

    assert len(RULES) == SHIPPED_RULES
    assert unnoticed == []
