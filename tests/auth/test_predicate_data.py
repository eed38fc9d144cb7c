"""A predicate that was kept as data decides as before, in Python as in casbin."""

import dataclasses
import json
import random
from typing import Any

import pytest

from auth.enforcement import Authoriser
from auth.policy import load_shipped
from auth.predicate_data import from_data, holds, to_data
from auth.predicates import All, Column, Equals, In, Not, Under, visible
from auth.predicates import Any as AnyOf
from auth.relations import RowScope
from auth.roles import Role
from tests.auth.worlds import World


def columns(row: RowScope) -> dict[str, Any]:
    return {field.name.removesuffix("_id"): getattr(row, field.name) for field in dataclasses.fields(row)}


def test_what_was_kept_as_text_decides_as_casbin_does() -> None:
    chance = random.Random("predicate data")
    policy = load_shipped()
    authoriser, world = Authoriser(policy), World(chance)
    rows = [world.row() for _ in range(60)]
    permissions = tuple(policy.by_permission)
    allowed = 0

    for _ in range(150):
        caller = world.principal(tuple(role for role in Role if role is not Role.ANONYMOUS), permissions)
        permission = chance.choice(permissions)
        kept = from_data(json.loads(json.dumps(to_data(visible(policy, caller, permission)))))
        for row in rows:
            expected = authoriser.ask(caller, permission, row)
            assert holds(kept, columns(row)) == expected, (caller, permission, row)
            allowed += expected

    assert allowed > 500


def test_the_order_of_parts_makes_no_difference() -> None:
    one, other = Under("11/"), Equals(Column.OWNER_PERSON, 5)

    assert to_data(AnyOf((one, other))) == to_data(AnyOf((other, one)))
    assert to_data(All((one, Not(other)))) != to_data(AnyOf((one, Not(other))))
    assert to_data(In(Column.OWNER_PERSON, (5,))) == to_data(other)


@pytest.mark.parametrize("data", [None, 5, "perhaps", [], ["under"], ["under", 5], ["in", "path"], ["or", []]])
def test_what_is_no_predicate_is_refused(data: object) -> None:
    with pytest.raises(ValueError, match="not a predicate"):
        from_data(data)
