"""Problems of a document: named in place, in two languages, whatever the input."""

from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.language import parse
from rules.problems import Problem, Severity, errors
from rules.validation import check
from tests.rules.differential.random_documents import make_document
from tests.rules.test_language import IS_NEED, a_document

SERVED = {"field": "pair.served", "op": "=", "value": True}


def problems_of(*requirements: dict[str, Any], **parts: Any) -> list[Problem]:
    require = {"all": [*requirements, SERVED]}
    return check(a_document(require=require, **parts))


@pytest.mark.parametrize(
    ("comparison", "code", "suggestion"),
    [
        ({"field": "demand.categroy", "op": "=", "value": "a"}, "UNKNOWN_FIELD", "demand.category"),
        ({"field": "need.urgency", "op": "=", "value": "LOW"}, "UNKNOWN_FIELD", "demand.urgency"),
        ({"field": "person.partyMember", "op": "=", "value": True}, "FORBIDDEN_FACT", None),
        ({"field": "居民.积分", "op": ">", "value": 3}, "FORBIDDEN_FACT", None),
        ({"field": "demand.urgency", "op": "==", "value": "LOW"}, "UNKNOWN_OPERATOR", "="),
        ({"field": "demand.urgency", "op": "in", "value": ["HIHG"]}, "UNKNOWN_CHOICE", "HIGH"),
        ({"field": "demand.kind", "op": "<", "value": "NEED"}, "OPERATOR_DOES_NOT_FIT", "="),
        ({"field": "demand.targetGroups", "op": "=", "value": "a"}, "OPERATOR_DOES_NOT_FIT", "has"),
        ({"field": "demand.kind", "op": "known"}, "ALWAYS_KNOWN", None),
        ({"field": "resource.atHome", "op": "=", "value": True}, "UNKNOWN_MISSING", "fails"),
        ({**IS_NEED, "unknown": "holds"}, "UNKNOWN_NOT_NEEDED", None),
        ({"field": "resource.atHome", "op": "known", "unknown": "holds"}, "UNKNOWN_NOT_NEEDED",
         None),
        ({"field": "resource.price", "op": "<", "value": "10", "unknown": "fails"},
         "TYPE_MISMATCH", None),
        ({"field": "resource.atHome", "op": "=", "value": 1, "unknown": "fails"},
         "TYPE_MISMATCH", None),
        ({"field": "resource.price", "op": "=", "value": True, "unknown": "fails"},
         "TYPE_MISMATCH", None),
        ({"field": "demand.kind", "op": "=", "value": ["NEED"]}, "NOT_A_SINGLE_VALUE", None),
        ({"field": "demand.kind", "op": "in", "value": "NEED"}, "NOT_A_LIST", None),
        ({"field": "pair.metres", "op": "between", "value": [1, 2, 3], "unknown": "fails"},
         "WRONG_LENGTH", None),
        ({"field": "pair.metres", "op": "between", "value": [9, 2], "unknown": "fails"},
         "EMPTY_RANGE", None),
        ({"field": "demand.category", "op": "=", "other": {"field": "demand.kind"}},
         "TYPE_MISMATCH", None),
        ({"field": "demand.kind", "op": "=", "other": {"field": "resource.kind"}},
         "TYPE_MISMATCH", None),
        ({"field": "demand.kind", "op": "=", "other": {"field": "demand.kind"}}, "SAME_FIELD",
         None),
        ({"field": "demand.category", "op": "=",
          "other": {"field": "resource.category", "times": 2}}, "NUMBERS_ONLY", None),
    ],
)  # fmt: skip
def test_a_wrong_word_is_named_with_the_nearest_right_one(
    comparison: dict[str, Any], code: str, suggestion: str | None
) -> None:
    found = problems_of(comparison)

    (problem,) = errors(found)
    assert problem.path.startswith("rules[0].require.all[0]")
    assert (problem.code, problem.suggestion) == (code, suggestion)
    assert problem.message_zh
    assert problem.message_en


def test_every_mistake_of_a_draft_is_named_at_once() -> None:
    found = problems_of(
        {"field": "demand.categroy", "op": "=", "value": "a"},
        {"field": "demand.kind", "op": "?", "value": "NEED"},
        {"field": "demand.kind", "op": "=", "value": "NEDE"},
        because={"zh": "{demand.titel} {", "en": "{resident.religion}"},
        points=-1,
    )

    assert {(each.path, each.code) for each in found} == {
        ("rules[0].because.zh", "UNKNOWN_FIELD"),
        ("rules[0].because.zh", "BROKEN_PLACEHOLDER"),
        ("rules[0].because.en", "FORBIDDEN_FACT"),
        ("rules[0].points", "OUT_OF_RANGE"),
        ("rules[0].require.all[0].field", "UNKNOWN_FIELD"),
        ("rules[0].require.all[1].op", "UNKNOWN_OPERATOR"),
        ("rules[0].require.all[2].value", "UNKNOWN_CHOICE"),
    }


def test_category_codes_are_checked_when_they_are_known() -> None:
    raw = a_document(require={"all": [{"field": "demand.category", "op": "under", "value": "lief"}, SERVED]})

    assert check(raw) == []
    (problem,) = check(raw, {"life", "health"})
    assert (problem.code, problem.suggestion) == ("UNKNOWN_CATEGORY", "life")


@pytest.mark.parametrize(
    "members",
    [
        [IS_NEED, {"field": "demand.kind", "op": "=", "value": "PROJECT"}],
        [IS_NEED, {"none": [IS_NEED]}],
        [{"field": "demand.urgency", "op": "<", "value": "LOW"}],
        [{"field": "pair.metres", "op": "<", "value": 3, "unknown": "fails"},
         {"field": "pair.metres", "op": ">=", "value": 3, "unknown": "fails"}],
        [{"field": "pair.metres", "op": "known"}, {"field": "pair.metres", "op": "unknown"}],
        [{"field": "demand.category", "op": "in", "value": ["a", "b"]},
         {"field": "demand.category", "op": "=", "value": "c"}],
    ],
)  # fmt: skip
def test_a_condition_that_can_never_hold_is_refused(members: list[dict[str, Any]]) -> None:
    (problem,) = problems_of(*members)

    assert (problem.path, problem.code) == ("rules[0].require", "NEVER_TRUE")


def test_a_condition_that_always_holds_and_a_missing_place_are_warnings() -> None:
    always = {"any": [IS_NEED, {"field": "demand.kind", "op": "!=", "value": "NEED"}]}

    found = check(a_document(require=always))

    assert {each.code for each in found} == {"ALWAYS_TRUE", "NO_PLACE"}
    assert {each.severity for each in found} == {Severity.WARNING}
    assert errors(found) == []


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({}, "MISSING_FACT"),
        ({"pair.served": "yes"}, "TYPE_MISMATCH"),
        ({"pair.served": True, "demand.targetGroups": "老人"}, "TYPE_MISMATCH"),
        ({"pair.served": True, "resident.religion": "x"}, "FORBIDDEN_FACT"),
        ({"pair.served": True, "demand.kind": "NEDE"}, "UNKNOWN_CHOICE"),
        ({"pair.served": [[True]]}, "BAD_FACT"),
    ],
)
def test_an_example_with_wrong_facts_is_refused(facts: dict[str, Any], code: str) -> None:
    example = {"title": "例", "expect": True, "facts": facts}

    found = check(a_document(require=SERVED, examples=[example]))

    assert [each.code for each in found] == [code]
    assert found[0].path.startswith("rules[0].examples[0].facts")


def test_too_many_branches_are_counted_after_expansion() -> None:
    either = {"any": [IS_NEED, {"field": "demand.urgency", "op": "=", "value": "LOW"}]}
    plain = [
        {"any": [{"field": "resource.category", "op": "=", "value": f"{place}{at}"}
                 for at in range(3)]}
        for place in "abcd"
    ]  # fmt: skip

    assert "TOO_MANY_BRANCHES" in {each.code for each in problems_of(either, *plain)}


_SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
    | st.sampled_from(["all", "any", "demand.kind", "=", "holds", "\ud800", "{", "{demand.title}"])
)  # fmt: skip
_KEYS = st.sampled_from(
    ["all", "any", "none", "field", "op", "value", "other", "unknown", "times", "rules", "id",
     "title", "zh", "en", "require", "prefer", "caps", "examples", "facts", "points", "x"]
)  # fmt: skip
_JSON = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_KEYS, inner, max_size=4),
    max_leaves=12,
)


@given(_JSON)
def test_no_value_at_all_makes_the_check_raise(raw: object) -> None:
    assert isinstance(check(raw), list)


@given(st.integers(min_value=0), _JSON, st.integers(min_value=0))
def test_no_damage_to_a_document_makes_the_check_raise(seed: int, junk: object, where: int) -> None:
    raw = make_document(Random(seed))
    places = list(_places(raw))
    holder, key = places[where % len(places)]
    holder[key] = junk

    found = check(raw)

    if not errors(found):
        parse(raw)
    for problem in found:
        problem.path.encode("utf-8")
        problem.message_zh.encode("utf-8")
        problem.message_en.encode("utf-8")


def _places(raw: Any) -> list[tuple[Any, Any]]:
    if not isinstance(raw, dict | list):
        return []
    own = list(raw) if isinstance(raw, dict) else list(range(len(raw)))
    return [(raw, key) for key in own] + [place for key in own for place in _places(raw[key])]
