"""Reading and printing rule documents."""

from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.language import Caps, Comparison, DocumentProblems, content_hash, parse, to_json
from tests.rules.differential.random_documents import make_document
from tests.rules.one_pair import TEXT

IS_NEED = {"field": "demand.kind", "op": "=", "value": "NEED"}


def a_document(**parts: Any) -> dict[str, Any]:
    rule = {"id": "rule-1", "title": TEXT, "because": TEXT, "demand": "need", "points": 1,
            "require": IS_NEED, **parts}  # fmt: skip
    return {"format": 1, "kind": "match", "id": "doc", "title": TEXT, "rules": [rule]}


@pytest.mark.parametrize(
    ("change", "path", "code"),
    [
        ({"format": 2}, "format", "UNKNOWN_FORMAT"),
        ({"format": True}, "format", "UNKNOWN_FORMAT"),
        ({"kind": "routing"}, "kind", "UNKNOWN_WORD"),
        ({"id": "Großes"}, "id", "BAD_ID"),
        ({"id": "a"}, "id", "BAD_ID"),
        ({"title": {"zh": "标题"}}, "title.en", "MISSING_KEY"),
        ({"title": {"zh": "标\x00题", "en": "a"}}, "title.zh", "CONTROL_CHARACTER"),
        ({"title": {"zh": "\ud800", "en": "a"}}, "title.zh", "CONTROL_CHARACTER"),
        ({"title": {"zh": "题" * 101, "en": "a"}}, "title.zh", "TEXT_TOO_LONG"),
        ({"rules": []}, "rules", "WRONG_LENGTH"),
        ({"rules": a_document()["rules"] * 41}, "rules", "WRONG_LENGTH"),
        ({"rules": a_document()["rules"] * 2}, "rules[1].id", "DUPLICATE_ID"),
        ({"rulez": []}, "", "UNKNOWN_KEY"),
    ],
)
def test_a_document_of_the_wrong_shape_is_refused_in_its_place(change: dict[str, Any], path: str, code: str) -> None:
    with pytest.raises(DocumentProblems) as refusal:
        parse({**a_document(), **change})

    assert (path, code) in {(each.path, each.code) for each in refusal.value.problems}


@pytest.mark.parametrize(
    ("change", "path", "code"),
    [
        ({"demand": "all"}, "demand", "UNKNOWN_WORD"),
        ({"points": 1001}, "points", "OUT_OF_RANGE"),
        ({"points": 1.5}, "points", "OUT_OF_RANGE"),
        ({"points": float("nan")}, "points", "BAD_NUMBER"),
        ({"points": 10**400}, "points", "BAD_NUMBER"),
        ({"points": True}, "points", "NOT_A_NUMBER"),
        ({"because": {"zh": "因" * 301, "en": "b"}}, "because.zh", "TEXT_TOO_LONG"),
        ({"caps": {"perDemand": 0}}, "caps.perDemand", "OUT_OF_RANGE"),
        ({"prefer": [{"when": IS_NEED, "points": 1, "because": TEXT}] * 9}, "prefer",
         "WRONG_LENGTH"),
        ({"prefer": [{"when": IS_NEED, "points": -1001, "because": TEXT}]}, "prefer[0].points",
         "OUT_OF_RANGE"),
        ({"examples": [{"title": "a", "expect": True, "facts": {}}] * 21}, "examples",
         "WRONG_LENGTH"),
        ({"examples": [{"title": "a", "expect": 1, "facts": {}}]}, "examples[0].expect",
         "NOT_A_BOOLEAN"),
        ({"require": {"all": []}}, "require.all", "WRONG_LENGTH"),
        ({"require": {"all": [IS_NEED], "any": [IS_NEED]}}, "require", "UNKNOWN_KEY"),
        ({"require": {**IS_NEED, "other": {"field": "demand.kind"}}}, "require",
         "TWO_RIGHT_SIDES"),
        ({"require": {"field": "demand.kind", "op": "="}}, "require", "MISSING_VALUE"),
        ({"require": {"field": "demand.kind", "op": "=~", "value": "a"}}, "require.op",
         "UNKNOWN_OPERATOR"),
        ({"require": {"field": "demand.kind", "op": "=", "value": "a\x07"}}, "require.value",
         "BAD_VALUE"),
        ({"require": {"field": "demand.kind", "op": "in", "value": ["a"] * 101}},
         "require.value", "WRONG_LENGTH"),
        ({"require": {"field": "demand.quantity", "op": ">", "value": 1e-7}}, "require.value",
         "BAD_NUMBER"),
    ],
)  # fmt: skip
def test_a_rule_of_the_wrong_shape_is_refused_in_its_place(change: dict[str, Any], path: str, code: str) -> None:
    with pytest.raises(DocumentProblems) as refusal:
        parse(a_document(**change))

    assert (f"rules[0].{path}", code) in {(each.path, each.code) for each in refusal.value.problems}


def test_conditions_nested_too_deep_are_refused_without_recursion() -> None:
    deep: Any = IS_NEED
    for _ in range(100_000):
        deep = {"all": [deep]}

    with pytest.raises(DocumentProblems) as refusal:
        parse(a_document(require=deep))

    assert refusal.value.problems[0].code == "TOO_DEEP"
    while "all" in deep:  # Taken apart by hand: freeing it whole would recurse in Python.
        deep = deep["all"].pop()


@given(st.integers(min_value=0))
def test_printing_and_reading_again_changes_nothing(seed: int) -> None:
    document = parse(make_document(Random(seed)))

    printed = to_json(document)

    assert parse(printed) == document
    assert to_json(parse(printed)) == printed
    assert content_hash(parse(printed)) == content_hash(document)


def test_the_canonical_form_leaves_out_what_is_empty_and_writes_whole_numbers_as_integers() -> None:
    document = parse(a_document(points=5.0, prefer=[], examples=[], caps={}))

    assert to_json(document) == a_document(points=5)
    assert document.rules[0].points == 5
    assert document.rules[0].require == Comparison("demand.kind", "=", "NEED")


def test_caps_and_order_of_keys() -> None:
    one = a_document(caps={"perDemand": 2})
    turned = {key: one[key] for key in reversed(one)}

    assert parse(one).rules[0].caps == Caps(per_demand=2)
    assert content_hash(parse(one)) == content_hash(parse(turned))
    assert content_hash(parse(one)) != content_hash(parse(a_document()))
