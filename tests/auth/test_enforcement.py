"""The traps of casbin, each closed at our boundary."""

from __future__ import annotations

import importlib.metadata
import logging
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import files

import pytest

from auth.enforcement import Authoriser, AuthoriserHolder
from auth.permissions import Action, Object, Permission
from auth.policy import load_shipped, parse_policy, policy_of, with_overlay
from auth.principal import ANONYMOUS, HeldRole, Principal, PrincipalKind
from auth.relations import RowScope, Visibility
from auth.roles import ROLE_BITS, Role
from tests.auth.decision_table import ALL_PERMISSIONS, RELATIONS

READ_NEED = Permission(Object.NEED, Action.READ)
UPDATE_ITEM = Permission(Object.SERVICE_ITEM, Action.UPDATE)
PUBLIC_ROW = RowScope("CN/11/", visibility=Visibility.PUBLIC)


@pytest.fixture
def authoriser() -> Authoriser:
    return Authoriser(load_shipped())


def test_a_switched_off_enforcement_stops_everything_instead_of_allowing_it(
    authoriser: Authoriser,
) -> None:
    authoriser._enforcer.enable_enforce(False)

    with pytest.raises(RuntimeError, match="switched off"):
        authoriser.ask(ANONYMOUS, READ_NEED, RowScope())


def test_a_policy_without_rules_builds_no_authoriser() -> None:
    with pytest.raises(ValueError, match="without rules"):
        Authoriser(policy_of(()))


def test_no_decision_parses_the_matcher_again(authoriser: Authoriser, monkeypatch: pytest.MonkeyPatch) -> None:
    def parse(*_: object, **__: object) -> None:
        raise SystemError("AST constructor recursion depth mismatch")

    monkeypatch.setattr("ast.parse", parse)

    assert authoriser.ask(ANONYMOUS, READ_NEED, PUBLIC_ROW)


def test_memberships_cannot_be_put_into_casbin(authoriser: Authoriser) -> None:
    with pytest.raises(RuntimeError, match="not policy"):
        authoriser._enforcer.add_grouping_policy("alice", "AUDITOR")


def test_the_safe_packages_are_installed_and_the_frozen_twin_is_not() -> None:
    version = tuple(int(part) for part in importlib.metadata.version("simpleeval").split(".")[:3])

    assert version >= (1, 0, 5)
    assert importlib.metadata.version("pycasbin").startswith("2.")
    with pytest.raises(importlib.metadata.PackageNotFoundError):
        importlib.metadata.distribution("casbin")


def test_the_matcher_evaluates_no_text_and_repeats_what_the_look_up_compares() -> None:
    lines = files("auth").joinpath("model.conf").read_text(encoding="utf-8").splitlines()
    matcher = next(line for line in lines if line.startswith("m ="))

    assert "eval" not in matcher
    assert "Match" not in matcher
    assert "r.obj == p.obj && r.act == p.act" in matcher
    # A comment behind a definition would become part of its fields.
    assert [line for line in lines if "#" in line and not line.startswith("#")] == []


def test_a_question_no_rule_speaks_of_is_refused_without_a_rule(authoriser: Authoriser) -> None:
    explanation = authoriser.explain(ANONYMOUS, Permission(Object.JOB, Action.RUN), PUBLIC_ROW)

    assert (explanation.allowed, explanation.rule_id) == (False, None)
    assert (explanation.zh, explanation.en) == ("没有规则允许此操作", "no rule allows this")


def test_a_denial_names_its_rule_and_is_not_logged(authoriser: Authoriser, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        explanation = authoriser.explain(ANONYMOUS, Permission(Object.RULE_VERSION, Action.UPDATE), PUBLIC_ROW)

    assert (explanation.allowed, explanation.rule_id) == (False, "R804")
    assert explanation.zh == "规则 R804 禁止（任何人）"
    assert "ANONYMOUS" not in caplog.text


def test_a_key_does_no_more_than_its_scopes(authoriser: Authoriser) -> None:
    key = Principal(PrincipalKind.ORGANISATION_KEY, key_scopes=frozenset({READ_NEED}))
    resource = Permission(Object.RESOURCE, Action.READ)

    assert authoriser.ask(key, READ_NEED, PUBLIC_ROW)
    assert authoriser.explain(key, resource, PUBLIC_ROW).en == ("the key's scopes do not include resource:read")
    assert not authoriser.may_somewhere(key, resource)
    # Nor does a scope give what the roles do not.
    assert not authoriser.ask(key, READ_NEED, RowScope("CN/11/"))


def test_a_role_held_for_one_firm_gives_nothing_at_another() -> None:
    authoriser = Authoriser(load_shipped())
    both = frozenset({1, 2})
    clerk_of_one = Principal(
        PrincipalKind.PERSON,
        person_id=1,
        organisation_ids=both,
        held=(HeldRole(Role.PROPERTY_CLERK, "CN/11/", 1), HeldRole(Role.EXPERT, "CN/11/", 2)),
    )

    assert authoriser.ask(clerk_of_one, UPDATE_ITEM, RowScope("CN/11/1/", owner_organisation_id=1))
    assert not authoriser.ask(clerk_of_one, UPDATE_ITEM, RowScope("CN/11/1/", owner_organisation_id=2))
    assert not authoriser.ask(clerk_of_one, UPDATE_ITEM, RowScope("CN/110/", owner_organisation_id=1))


def test_four_threads_get_the_answers_of_one() -> None:
    policy = load_shipped()
    permissions = [permission for permission in ALL_PERMISSIONS if permission in policy.by_permission]
    questions = [
        (ROLE_BITS[role], permission, bits)
        for role in (Role.ANONYMOUS, Role.RESIDENT, Role.COMMITTEE_STAFF, Role.AUDITOR)
        for permission in permissions[:50]
        for bits in RELATIONS.values()
    ]
    alone = Authoriser(policy)
    expected = [alone.decide(*question) for question in questions]
    shared = Authoriser(policy, remembered=0)

    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda question: shared.decide(*question), questions))

    assert found == expected


def test_the_memory_is_bounded_and_only_casbin_fills_it() -> None:
    policy = load_shipped()
    small, large = Authoriser(policy, remembered=50), Authoriser(policy)
    for permission in ALL_PERMISSIONS[:120]:
        answers = {each.decide(ROLE_BITS[Role.AUDITOR], permission, 0) for each in (small, large)}
        assert len(answers) == 1
        assert len(small._memory) <= 50
    assert len(large._memory) == 120


def test_callers_and_places_leave_nothing_behind(authoriser: Authoriser) -> None:
    for number in range(3_000):
        caller = Principal(PrincipalKind.PERSON, person_id=number, held=(HeldRole(Role.RESIDENT, "CN/11/"),))
        authoriser.ask(caller, READ_NEED, RowScope(f"CN/11/{number}/", owner_person_id=5))

    assert len(authoriser._memory) <= 4


def test_a_new_policy_is_swapped_in_whole_and_the_old_one_stays_as_it_was() -> None:
    shipped = load_shipped()
    holder = AuthoriserHolder(shipped)
    before = holder.current
    permission = Permission(Object.SERVICE_ITEM, Action.DISMISS)
    changed = with_overlay(shipped, [("ANONYMOUS", "ServiceItem", "dismiss", "public", "allow", "X01")])

    assert holder.swap(shipped) is before
    after = holder.swap(changed)

    assert holder.current is after
    assert not before.ask(ANONYMOUS, permission, PUBLIC_ROW)
    assert after.explain(ANONYMOUS, permission, PUBLIC_ROW).rule_id == "X01"


def test_every_process_names_the_same_rule() -> None:
    # Strings hash differently in each process; the first matching rule of the file decides.
    program = (
        "from auth.enforcement import Authoriser; from auth.policy import load_shipped;"
        "from auth.permissions import parse_permission;"
        "from auth.roles import ROLE_BITS;"
        "print([Authoriser(load_shipped()).decide(sum(ROLE_BITS.values()), parse_permission(p),"
        " 31).rule_id for p in ('need:read', 'resource:read', 'person.contact:read')])"
    )
    answers = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }

    assert len(answers) == 1


def test_a_deny_beats_every_allow_wherever_it_stands() -> None:
    rows = [
        "p, RESIDENT, Need, read, any, allow, R001",
        "p, EXPERT, Need, read, assigned, deny, R002",
        "p, OWNER, Need, read, public, allow, R003",
    ]
    roles = ROLE_BITS[Role.RESIDENT] | ROLE_BITS[Role.EXPERT] | ROLE_BITS[Role.OWNER]
    for order in (rows, rows[::-1], [rows[1], rows[0], rows[2]]):
        authoriser = Authoriser(parse_policy("\n".join(order)))
        assert authoriser.decide(roles, READ_NEED, 31).rule_id == "R002"
        assert authoriser.decide(roles, READ_NEED, 0).rule_id == "R001"
