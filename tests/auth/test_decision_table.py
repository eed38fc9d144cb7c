"""The golden decision table, role by role and for every pair of roles."""

from __future__ import annotations

import random
from itertools import combinations

import pytest

from auth.enforcement import Authoriser
from auth.policy import Policy, load_shipped
from auth.roles import INCLUDES, ROLE_BITS, ROLE_LABELS, Role, with_included
from tests.auth.decision_table import (
    ALL_PERMISSIONS,
    RELATIONS,
    golden_lines,
    lines_of,
    verdict,
)

PAIRS = tuple(combinations(Role, 2))


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_shipped()


@pytest.fixture(scope="module")
def authoriser(policy: Policy) -> Authoriser:
    return Authoriser(policy)


@pytest.mark.parametrize("role", Role)
def test_casbin_answers_as_reviewed(authoriser: Authoriser, role: Role) -> None:
    reviewed = [line for line in golden_lines() if line.startswith(f"{role},")]

    found = list(lines_of(authoriser, [role], ALL_PERMISSIONS))

    assert found == reviewed, "run `python -m tests.auth.decision_table` and review the difference"


def test_the_table_names_each_role_that_has_rules_of_its_own(policy: Policy) -> None:
    named = {line.split(",")[0] for line in golden_lines()}

    assert named == {rule.role.value for rule in policy.rules}


def test_which_role_includes_which_is_as_reviewed() -> None:
    assert {role.value: sorted(others) for role, others in INCLUDES.items()} == {
        "OWNER": ["RESIDENT"],
        "OWNERS_COMMITTEE": ["UNIT_REPRESENTATIVE"],
        "PROPERTY_MANAGER": ["PROPERTY_CLERK", "UNIT_REPRESENTATIVE"],
        "GRID_HEAD": ["GRID_WORKER"],
        "COMMUNITY_COMMISSIONER": ["DEPARTMENT_OFFICER"],
        "SUBDISTRICT_OFFICER": ["COMMUNITY_COMMISSIONER"],
        "COMMITTEE_STAFF": ["COMMUNITY_COMMISSIONER"],
        "COMMITTEE_ADMINISTRATOR": ["COMMITTEE_STAFF"],
        "AUDITOR": ["DEPARTMENT_OFFICER"],
    }
    assert with_included(Role.COMMITTEE_ADMINISTRATOR) == (
        Role.COMMITTEE_ADMINISTRATOR,
        Role.COMMITTEE_STAFF,
        Role.COMMUNITY_COMMISSIONER,
        Role.DEPARTMENT_OFFICER,
    )


def test_every_role_may_do_something_and_has_labels(policy: Policy) -> None:
    with_rules = {rule.role for rule in policy.rules}

    for role in Role:
        assert with_rules & set(with_included(role)), role
        assert ROLE_LABELS[role].zh
        assert ROLE_LABELS[role].en


# Eight shares, so that two workers divide them evenly.
@pytest.mark.parametrize("share", range(8))
def test_two_roles_together_may_what_either_may_unless_one_is_denied(
    policy: Policy, authoriser: Authoriser, share: int
) -> None:
    roles_of = {permission: {rule.role for rule in rules} for permission, rules in policy.by_permission.items()}
    chance = random.Random(share)
    differences = []
    for one, other in PAIRS[share::8]:
        for permission in ALL_PERMISSIONS:
            speaking = roles_of.get(permission, set()) & {one, other}
            # Where a rule speaks of both roles everything is asked; of the rest one in thirty.
            if len(speaking) < 2 and chance.random() > 1 / 30:
                continue
            for bits in RELATIONS.values():
                apart = {verdict(authoriser, ROLE_BITS[role], permission, bits) for role in (one, other)}
                expected = "deny" if "deny" in apart else "allow" if "allow" in apart else ""
                both = ROLE_BITS[one] | ROLE_BITS[other]
                if verdict(authoriser, both, permission, bits) != expected:
                    differences.append((one, other, str(permission), bits))

    assert differences == []
