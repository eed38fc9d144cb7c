"""Values that durable_rules would misread: each is refused, or written so that it cannot be."""

import uuid
from typing import Any

import pytest

from rules.encoder import MAX_FACTS_A_CHUNK, PAIRS_A_CHUNK
from rules.encoder_values import EncodingRefused
from rules.facts import PlaceFacts
from tests.rules.engine_cases import a_batch, agreed, engine_answer, fnv
from tests.rules.one_pair import DEMAND, RESOURCE, changed, document
from tests.rules.test_engine_boundary import ENOUGH, SAME_GRID


def test_five_and_five_point_nought_are_equal() -> None:
    equal = {**ENOUGH, "op": "="}
    batch = a_batch([changed(DEMAND, quantity=5)], [changed(RESOURCE, quantity=5.0)])

    assert len(agreed(document(equal), batch)) == 1


def test_a_product_is_exact_where_binary_fractions_are_not() -> None:
    thrice = {**ENOUGH, "other": {"field": "demand.quantity", "times": 3}}
    batch = a_batch([changed(DEMAND, quantity=0.1)], [changed(RESOURCE, quantity=0.3)])

    assert 0.3 < 0.1 * 3
    assert len(agreed(document(thrice), batch)) == 1


@pytest.mark.parametrize(
    "quantity",
    ["5", True, 10**30, 2**53 * 1000, 1e16, 1e-07, 0.123456, float("inf"), float("nan")],
)
def test_a_number_that_the_engine_would_misread_is_refused(quantity: Any) -> None:
    with pytest.raises(EncodingRefused, match=r"resource\.quantity"):
        engine_answer(document(ENOUGH), a_batch([DEMAND], [changed(RESOURCE, quantity=quantity)]))


@pytest.mark.parametrize(
    "unit",
    ["b" + "x" * 65_536, "x" * 1_000, "人" * 334, "a\x00b", "a\nb", "\ud800", "?d", 5],
)
def test_a_text_that_the_engine_would_misread_is_refused(unit: Any) -> None:
    same_unit = {"field": "resource.unit", "op": "=", "value": "b", "unknown": "fails"}

    with pytest.raises(EncodingRefused, match=r"resource\.unit"):
        engine_answer(document(same_unit), a_batch([DEMAND], [changed(RESOURCE, unit=unit)]))


@pytest.mark.parametrize("unit", ['护"理', "a\\b", "it's", "😀", "人" * 300, "", "{}", "],["])
def test_an_unusual_text_is_compared_as_it_is(unit: str) -> None:
    same_unit = {"field": "resource.unit", "op": "=", "other": {"field": "demand.unit"},
                 "unknown": "fails"}  # fmt: skip
    demand = changed(DEMAND, unit=unit)
    resources = [changed(RESOURCE, id="same", unit=unit), changed(RESOURCE, unit=unit + "x")]

    assert {each[2] for each in agreed(document(same_unit), a_batch([demand], resources))} == {"same"}


def test_ids_of_any_kind_stay_outside_and_local_ids_never_collide() -> None:
    demands = [changed(DEMAND, id=str(uuid.UUID(int=at)), quantity=at) for at in range(300)]
    resources = [changed(RESOURCE, id=name, quantity=150) for name in ("c693596", "c1170850", "")]

    answer = agreed(document(ENOUGH), a_batch(demands, resources))

    assert len(answer) == 3 * 151
    local = [f"{side}{at}" for side in "dr" for at in range(MAX_FACTS_A_CHUNK)]
    local += [f"p{at}" for at in range(PAIRS_A_CHUNK)] + ["_end", "sid-0"]
    assert len({fnv(each) for each in local}) == len(local)


def test_places_whose_hashes_are_equal_are_different_places() -> None:
    assert fnv("c693596") == fnv("c1170850")
    demand = changed(DEMAND, place=PlaceFacts("1/", grid="c693596"))
    resource = changed(RESOURCE, place=PlaceFacts("1/", grid="c1170850"))

    assert agreed(document(SAME_GRID), a_batch([demand], [resource])) == set()


def test_property_names_never_collide() -> None:
    names = [f"f{at}" for at in range(240)] + [f"a{at}" for at in range(40)]
    names += ["id", "sid", "k", "cat", "_end", "n", "x", "m", "$forward", "$s"]

    assert len({fnv(name) for name in names}) == len(names)
