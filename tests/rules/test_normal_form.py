"""Branches: negation inward, unknown written out, limits."""

import pytest

from rules.atoms import Aspect, Atom, Term, TooComplex
from rules.document import AllOf, AnyOf, Comparison, Condition, NoneOf, Other
from rules.normal_form import branches
from rules.satisfiable import is_contradictory

NEED = Comparison("demand.kind", "=", "NEED")
PRICE = Term("resource.price")
PRICE_KNOWN = Atom(Term("resource.price", Aspect.KNOWN), "=", 1.0)
PRICE_UNKNOWN = Atom(Term("resource.price", Aspect.KNOWN), "=", 0.0)


def price(op: str, unknown: str) -> Comparison:
    return Comparison("resource.price", op, 5, unknown=unknown)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (price("<", "fails"), ((PRICE_KNOWN, Atom(PRICE, "<", 5.0)),)),
        (price("<", "holds"), ((PRICE_UNKNOWN,), (Atom(PRICE, "<", 5.0),))),
        (NoneOf((price("<", "fails"),)), ((PRICE_UNKNOWN,), (Atom(PRICE, ">=", 5.0),))),
        (NoneOf((price("<", "holds"),)), ((PRICE_KNOWN, Atom(PRICE, ">=", 5.0)),)),
        (Comparison("resource.price", "known"), ((PRICE_KNOWN,),)),
        (NoneOf((Comparison("resource.price", "known"),)), ((PRICE_UNKNOWN,),)),
    ],
)
def test_negation_flips_the_finished_answer_of_an_unknown(
    condition: Condition, expected: tuple[tuple[Atom, ...], ...]
) -> None:
    assert branches(condition) == expected


def test_two_quantities_are_compared_in_equal_known_units_only() -> None:
    asked, offered = Term("demand.quantity"), Term("resource.quantity")
    same = Atom(Term("resource.quantity", Aspect.MEASURE), "=", Term("demand.quantity", Aspect.MEASURE))
    fails = Comparison("resource.quantity", ">=", other=Other("demand.quantity"), unknown="fails")

    assert branches(fails) == ((same, Atom(offered, ">=", asked)),)
    assert branches(NoneOf((fails,))) == (
        (Atom(same.left, "!=", same.right),),
        (Atom(offered, "<", asked),),
    )


def test_a_range_a_list_and_their_opposites() -> None:
    distance = Term("pair.categoryDistance")
    between = Comparison("pair.categoryDistance", "between", (1, 2))
    one_of = Comparison("demand.source", "in", ("HOTLINE", "RESIDENT", "HOTLINE"))
    source = Term("demand.source")

    assert branches(between) == ((Atom(distance, ">=", 1.0), Atom(distance, "<=", 2.0)),)
    assert branches(NoneOf((between,))) == (
        (Atom(distance, "<", 1.0),),
        (Atom(distance, ">", 2.0),),
    )
    assert branches(one_of) == ((Atom(source, "in", ("HOTLINE", "RESIDENT")),),)
    excluded = (Atom(source, "!=", "HOTLINE"), Atom(source, "!=", "RESIDENT"))
    assert branches(NoneOf((one_of,))) == (excluded,)
    assert branches(Comparison("demand.source", "notIn", ("HOTLINE", "RESIDENT"))) == (excluded,)


def test_ordered_choices_compare_by_rank() -> None:
    assert branches(Comparison("demand.urgency", ">=", "HIGH")) == ((Atom(Term("demand.urgency"), ">=", 2.0),),)


def test_equal_branches_are_written_once() -> None:
    assert branches(AnyOf((NEED, NEED))) == branches(AllOf((NEED, NEED))) == branches(NEED)


def test_thirty_three_branches_are_too_many() -> None:
    kinds = tuple(Comparison("resource.category", "=", f"c{at}") for at in range(33))

    assert len(branches(AnyOf(kinds[:32]))) == 32
    with pytest.raises(TooComplex) as refusal:
        branches(AnyOf(kinds))
    assert refusal.value.code == "TOO_MANY_BRANCHES"


def test_an_explosion_of_branches_is_stopped_on_the_way() -> None:
    pairs = tuple(
        AnyOf(tuple(Comparison("resource.category", "=", f"{row}.{at}") for at in range(2))) for row in range(64)
    )

    with pytest.raises(TooComplex):
        branches(AllOf(pairs))


def test_twenty_five_comparisons_in_one_branch_are_too_many() -> None:
    members = tuple(Comparison("demand.targetGroups", "has", f"g{at}") for at in range(25))
    excluded = Comparison("resource.category", "notIn", tuple(f"c{at}" for at in range(100)))

    with pytest.raises(TooComplex) as refusal:
        branches(AllOf(members))
    assert refusal.value.code == "TOO_MANY_COMPARISONS"
    assert len(branches(AllOf((*members[:23], excluded)))) == 1


def test_only_plain_contradictions_are_found() -> None:
    cost = Term("demand.estimatedCost")

    assert is_contradictory((Atom(cost, ">", 3.0), Atom(cost, "<=", 3.0)))
    assert is_contradictory((Atom(cost, "=", 3.0), Atom(cost, "!=", 3.0)))
    assert not is_contradictory((Atom(cost, ">=", 3.0), Atom(cost, "<=", 3.0)))
    assert not is_contradictory((Atom(cost, ">=", 3.0), Atom(cost, "!=", 3.0)))
