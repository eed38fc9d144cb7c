"""The operators, unknown values and units, as the evaluator understands them."""

import pytest

from rules.evaluator import evaluate
from tests.rules.one_pair import DEMAND, RESOURCE, TAXONOMY, answer, changed, document


@pytest.mark.parametrize("op", ["=", "!=", "<", "<=", ">", ">="])
def test_an_unknown_operand_gives_the_answer_the_rule_names(op: str) -> None:
    resource = changed(RESOURCE, quantity=None)
    other = {"field": "resource.quantity"}

    for unknown, expected in (("holds", True), ("fails", False)):
        assert answer("resource.quantity", op, resource=resource, value=1, unknown=unknown) is expected
        assert answer("demand.quantity", op, resource=resource, other=other, unknown=unknown) is expected


@pytest.mark.parametrize(("ours", "theirs"), [("人次", "次"), (None, "人次"), (None, None)])
def test_quantities_in_unequal_or_unknown_units_are_not_compared(ours: str | None, theirs: str | None) -> None:
    demand, resource = changed(DEMAND, unit=ours), changed(RESOURCE, unit=theirs)
    other = {"field": "demand.quantity"}

    assert answer("resource.quantity", "<", demand, resource, other=other, unknown="holds")
    assert not answer("resource.quantity", "<", demand, resource, other=other, unknown="fails")


def test_a_quantity_is_compared_with_a_constant_whatever_its_unit() -> None:
    resource = changed(RESOURCE, unit=None)
    assert answer("resource.quantity", ">", resource=resource, value=2, unknown="fails")


def test_negation_turns_the_finished_answer() -> None:
    resource = changed(RESOURCE, quantity=None)
    none = {"none": [{"field": "resource.quantity", "op": ">", "value": 1, "unknown": "fails"}]}

    assert evaluate(document(none).rules[0], DEMAND, resource, TAXONOMY).holds


def test_known_and_unknown_ask_for_the_value_itself() -> None:
    assert answer("resource.price", "unknown")
    assert not answer("resource.price", "known")
    assert answer("resource.quantity", "known")


def test_the_right_side_is_computed_exactly() -> None:
    # In doubles 3 × 0.9 is 2.7 and 3 × 0.1 is 0.30000000000000004.
    assert answer("resource.quantity", ">=", other={"field": "demand.quantity", "times": 0.9}, unknown="fails")
    assert answer(
        "resource.quantity",
        ">=",
        resource=changed(RESOURCE, quantity=0.3),
        other={"field": "demand.quantity", "times": 0.1},
        unknown="fails",
    )
    assert not answer(
        "resource.quantity",
        ">",
        resource=changed(RESOURCE, quantity=0.3),
        other={"field": "demand.quantity", "times": 0.1},
        unknown="holds",
    )


@pytest.mark.parametrize(
    ("op", "right", "expected"),
    [
        ("<", "FREE", False),
        ("<=", "FREE", True),
        (">", "WITHIN_FEE", True),
        ("<", "MARKET", True),
        (">=", "LOW_PRICE", False),
        ("in", ["FREE", "MARKET"], True),
        ("notIn", ["FREE", "MARKET"], False),
    ],
)
def test_ordered_choices_compare_by_their_place_in_the_list(op: str, right: object, expected: bool) -> None:
    assert answer("resource.priceClass", op, value=right, unknown="fails") is expected


@pytest.mark.parametrize(
    ("bounds", "expected"),
    [([2.7, 3], True), ([0, 2.7], True), ([2.7, 2.7], True), ([2.8, 9], False), ([0, 2.6], False)],
)
def test_both_ends_of_between_belong_to_it(bounds: list[float], expected: bool) -> None:
    assert answer("resource.quantity", "between", value=bounds, unknown="fails") is expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [("life", True), ("life.haircut", True), ("life.haircut.home", False), ("health", False)],
)
def test_under_means_this_category_or_below(code: str, expected: bool) -> None:
    assert answer("demand.category", "under", value=code) is expected


def test_has_looks_into_the_set() -> None:
    assert answer("demand.targetGroups", "has", value="老年人")
    assert not answer("resource.targetGroups", "has", value="老年人")
