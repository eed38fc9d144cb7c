"""Documents become rulesets: modes, names, handles."""

import json
from typing import Any

import pytest

from rules.compiler import Mode, compile_document, read_rule_name, rule_name
from rules.vocabulary import DERIVED, SAME_PLACE
from tests.rules.one_pair import TEXT, document

NEED = {"field": "demand.kind", "op": "=", "value": "NEED"}
METRES = {"field": "pair.metres", "op": "<", "value": 500, "unknown": "fails"}


def mode(requirement: dict[str, Any]) -> Mode:
    (only,) = compile_document(document(requirement)).modes
    return only


@pytest.mark.parametrize("field", sorted(DERIVED))
def test_a_derived_value_needs_pair_mode(field: str) -> None:
    number = field in ("pair.metres", "pair.overlapMinutes")
    value: dict[str, Any] = {"value": 5, "unknown": "holds"} if number else {"value": True}

    assert mode({"any": [NEED, {"none": [{"field": field, "op": "=", **value}]}]}) is Mode.PAIR


@pytest.mark.parametrize("field", sorted(SAME_PLACE))
def test_a_same_place_boolean_is_joined_unless_compared_with_another_field(field: str) -> None:
    assert mode({"field": field, "op": "!=", "value": True}) is Mode.JOIN
    other = {"field": field, "op": "=", "other": {"field": "resource.atHome"}, "unknown": "fails"}
    assert mode(other) is Mode.PAIR


def test_a_derived_value_in_a_preference_alone_leaves_the_join() -> None:
    prefer = [{"when": METRES, "points": 1, "because": TEXT}]

    version = compile_document(document(NEED, prefer=prefer))

    assert version.modes == (Mode.JOIN,)
    assert version.pair is None
    assert version.prefer is not None
    assert version.engine_rules == 2


def test_the_name_of_an_engine_rule_tells_what_it_stands_for() -> None:
    for parts in ((0, None, 31), (39, 0, 7), (3, 12, 0)):
        assert read_rule_name(rule_name(*parts)) == parts


def test_a_branch_becomes_one_flat_engine_rule_with_guard_and_sentinel() -> None:
    quantity = {"field": "demand.quantity", "op": "<=", "other": {"field": "resource.quantity"},
                "unknown": "fails"}  # fmt: skip
    grid = {"field": "pair.sameGrid", "op": "=", "value": False}
    version = compile_document(document({"all": [quantity, grid, NEED]}))

    assert version.join is not None
    rules = json.loads(version.join.rulesets[0].rules_json)

    assert rules["_end"] == {"all": [{"m": {"_end": 1}}], "pri": 999}
    names = {(term.field, term.aspect.value): name for term, name in version.join.names.items()}
    asked = names["demand.quantity", "value"]
    unit_asked = names["demand.quantity", "measure"]
    place = names["pair.sameGrid", "value"]
    demand, resource = rules["0::0"]["all"]
    assert demand["n"]["$and"] == [
        {"k": 1.0}, {names["demand.kind", "value"]: "NEED"}, {"$or": [{"k": 1.0}]},
    ]  # fmt: skip
    assert resource["x"]["$and"] == [
        {"k": 2.0},
        {"cat": {"n": "cat"}},
        {names["resource.quantity", "measure"]: {"n": unit_asked}},
        {"$gte": {names["resource.quantity", "value"]: {"n": asked}}},
        {"$neq": {place: {"n": place}}},
        {"$or": [{"k": 2.0}]},
    ]
