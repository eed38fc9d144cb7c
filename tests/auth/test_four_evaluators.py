"""Casbin, what is remembered of it, SQL and a plain oracle answer alike, decision by decision."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Mapping
from importlib.resources import files

import pytest

from api.plan.predicates import to_sql
from auth.enforcement import Authoriser
from auth.permissions import Action, Object, Permission
from auth.policy import Policy, load_shipped, parse_policy
from auth.predicates import Column, visible
from auth.principal import Principal
from auth.relations import Relation, RowScope
from auth.roles import Role
from tests.auth.oracle import oracle, plain_rules
from tests.auth.worlds import World

SHARES, CALLERS, ROWS = 8, 108, 120
COLUMNS: Mapping[str, str | None] = {name.value: f"t.{name.value}" for name in Column}


def shipped_text() -> str:
    return files("auth").joinpath("policy.csv").read_text(encoding="utf-8")


def random_text(chance: random.Random) -> str:
    """Write a policy of 400 rules in which one of twelve is a deny."""
    drawn = {
        (chance.choice(tuple(Role)), chance.choice(tuple(Object)[:12]), action, relation)
        for action in tuple(Action)[:3]
        for relation in Relation
        for _ in range(23)
    }
    return "\n".join(
        f"p, {', '.join(question)}, {'deny' if chance.random() < 1 / 12 else 'allow'}, R{number:03}"
        for number, question in enumerate(sorted(drawn))
    )


def stored(rows: list[RowScope]) -> sqlite3.Connection:
    database = sqlite3.connect(":memory:")
    database.execute(f"CREATE TABLE t (id INTEGER PRIMARY KEY, {', '.join(Column)})")
    database.executemany(
        "INSERT INTO t VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                number,
                row.path,
                row.owner_person_id,
                row.owner_household_id,
                row.owner_organisation_id,
                row.assigned_person_id,
                row.assigned_organisation_id,
                row.party_person_id,
                row.party_household_id,
                row.party_organisation_id,
                row.visibility,
            )
            for number, row in enumerate(rows)
        ],
    )
    return database


def listed(database: sqlite3.Connection, policy: Policy, caller: Principal, permission: Permission) -> set[int]:
    values: list[object] = []

    def bind(value: object) -> str:
        values.append(value)
        return f"?{len(values)}"

    condition = to_sql(visible(policy, caller, permission), COLUMNS, bind)
    found = database.execute(f"SELECT id FROM t WHERE {condition}", values)
    return {row[0] for row in found}


@pytest.mark.parametrize("share", range(SHARES))
def test_four_evaluators_never_differ(share: int) -> None:
    chance = random.Random(f"four evaluators {share}")
    text = shipped_text() if share % 2 else random_text(chance)
    policy = load_shipped() if share % 2 else parse_policy(text)
    rules, world = plain_rules(text), World(chance)
    remembering, forgetful = Authoriser(policy), Authoriser(policy, remembered=0)
    permissions = tuple(policy.by_permission)
    roles = tuple(role for role in Role if role is not Role.ANONYMOUS)
    rows = [world.row() for _ in range(ROWS)]
    database = stored(rows)
    differences, allowed, decided = [], 0, 0

    for _ in range(CALLERS):
        caller, permission = world.principal(roles, permissions), chance.choice(permissions)
        in_list = listed(database, policy, caller, permission)
        somewhere = remembering.may_somewhere(caller, permission)
        for number, row in enumerate(rows):
            expected = oracle(rules, caller, permission, row)
            answers = (
                forgetful.ask(caller, permission, row),
                remembering.ask(caller, permission, row),
                number in in_list,
            )
            decided += 1
            allowed += expected
            if answers != (expected,) * 3 or (expected and not somewhere):
                differences.append((caller, permission, row, expected, answers))

    database.close()
    assert differences == []
    # Eight shares make more than 100,000 decisions; a test of denials alone would prove nothing.
    assert decided * SHARES >= 100_000
    assert allowed >= 0.03 * decided
