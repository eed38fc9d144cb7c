"""What the register says of a provider, derived twice: once for the engine, once for the evaluator."""

from random import Random
from typing import Any

import pytest

from rules import provider
from rules.encoder_values import EncodingRefused
from rules.evaluator_facts import PairFacts
from rules.explanation import value_label
from rules.facts import Demand, PlaceFacts, Resource
from tests.rules.differential.random_facts import make_pool
from tests.rules.one_pair import DEMAND, RESOURCE, changed

HERE = DEMAND.place.path
DERIVED = {
    "pair.providerPaired": provider.is_paired,
    "pair.providerRegistered": provider.is_registered,
    "pair.providerFallback": provider.is_fallback,
    "pair.promised": provider.is_promised,
    "pair.promisedLeft": provider.promised_left,
    "pair.skillsMet": provider.are_skills_met,
}


def both(path: str, demand: Demand, resource: Resource) -> Any:
    """Return the value on which the two derivations agree."""
    found = PairFacts(demand, resource, None)[path]
    assert DERIVED[path](demand, resource) == found
    return found


@pytest.mark.parametrize(
    ("resource", "demand", "paired"),
    [
        ({}, {}, False),
        ({"paired": (HERE,)}, {}, True),
        ({"paired": ("11/110108/",)}, {}, True),
        ({"paired": (f"{HERE}1/",)}, {}, False),
        ({"paired": ("11/1101/", "")}, {}, False),
        ({"paired_households": frozenset({"h1"})}, {"household": "h1"}, True),
        ({"paired_households": frozenset({"h1"})}, {"household": "h2"}, False),
        ({"paired_households": frozenset({"h1"})}, {}, False),
    ],
)
def test_paired_is_who_looks_after_the_place_one_above_it_or_the_household(
    resource: dict[str, Any], demand: dict[str, Any], paired: bool
) -> None:
    found = both("pair.providerPaired", changed(DEMAND, **demand), changed(RESOURCE, **resource))

    assert found is paired


def test_registered_is_who_registered_to_the_community_of_the_demand() -> None:
    here = changed(RESOURCE, registered=frozenset({DEMAND.place.community}))

    assert both("pair.providerRegistered", DEMAND, here) is True
    assert both("pair.providerRegistered", DEMAND, RESOURCE) is False
    assert both("pair.providerRegistered", changed(DEMAND, place=PlaceFacts(HERE)), here) is False


def test_who_steps_in_is_the_organisation_named_for_the_place() -> None:
    named = changed(DEMAND, fallback=RESOURCE.provider_id)

    assert both("pair.providerFallback", named, RESOURCE) is True
    assert both("pair.providerFallback", DEMAND, RESOURCE) is False
    assert both("pair.providerFallback", named, changed(RESOURCE, provider_id="o9")) is False
    assert both("pair.providerFallback", named, changed(RESOURCE, provider_type="PERSON")) is False


@pytest.mark.parametrize(
    ("promise", "promised", "left"),
    [
        ((HERE, "life.haircut", 12, "人次"), True, 12),
        ((HERE, "life", 12, "人次"), True, 12),
        ((HERE, "life.haircut.home", 12.5, "人次"), True, 12.5),
        ((HERE, "life.hair", 12, "人次"), False, None),
        ((HERE, "health.care.wash", 12, "人次"), False, None),
        ((HERE, "life.haircut", 0, "人次"), False, 0),
        ((HERE, "life.haircut", 12, "小时"), False, None),
        ((HERE, "life.haircut", 12, None), True, None),
        ((HERE, "life.haircut", None, "人次"), True, None),
        (("11/", "life.haircut", 12, "人次"), True, 12),
        ((f"{HERE}1/", "life.haircut", 12, "人次"), False, None),
        (("11/1101/", "life.haircut", 12, "人次"), False, None),
    ],
)
def test_promised_is_what_an_agreement_names_here_and_is_not_used_up(
    promise: Any, promised: bool, left: float | None
) -> None:
    resource = changed(RESOURCE, promises=(promise,))

    assert both("pair.promised", DEMAND, resource) is promised
    assert both("pair.promisedLeft", DEMAND, resource) == left


def test_of_several_promises_the_largest_rest_counts_since_a_claim_is_made_under_one() -> None:
    rests = tuple((HERE, "life", left, "人次") for left in (3, 8.5, None, 5))

    assert both("pair.promisedLeft", DEMAND, changed(RESOURCE, promises=rests)) == 8.5
    assert both("pair.promisedLeft", changed(DEMAND, unit=None), changed(RESOURCE, promises=rests)) is None


@pytest.mark.parametrize(
    ("needed", "met"), [((), True), (("急救",), True), (("急救", "电工证"), True), (("急救", "木工"), False)]
)
def test_skills_are_met_by_skills_and_certificates_together(needed: tuple[str, ...], met: bool) -> None:
    able = changed(RESOURCE, skills=frozenset({"急救"}), certificates=frozenset({"电工证"}))

    assert both("pair.skillsMet", changed(DEMAND, skills=frozenset(needed)), able) is met


def test_the_engine_is_given_no_path_that_would_reach_beyond_its_place() -> None:
    with pytest.raises(EncodingRefused):
        provider.is_paired(DEMAND, changed(RESOURCE, paired=("11/1101",)))
    with pytest.raises(EncodingRefused):
        provider.is_promised(DEMAND, changed(RESOURCE, promises=(("11/1101", "life", 1, None),)))


def test_facts_of_a_provider_come_back_from_their_printed_form() -> None:
    pool = make_pool(Random("provider"))

    assert all(Demand.from_json(each.to_json()) == each for each in pool.demands)
    assert all(Resource.from_json(each.to_json()) == each for each in pool.resources)


def test_the_random_facts_give_each_word_every_kind_of_answer() -> None:
    pool = make_pool(Random("answers"))
    seen: dict[str, set[Any]] = {path: set() for path in DERIVED}
    for demand in pool.demands:
        for resource in pool.resources:
            for path in DERIVED:
                value = both(path, demand, resource)
                seen[path].add(value if isinstance(value, bool) else value is None)

    assert all(answers == {True, False} for answers in seen.values()), seen


def test_who_has_no_skill_has_none_and_not_everybody_s() -> None:
    assert value_label("provider.skills", frozenset()).zh == "无"
    assert value_label("demand.targetGroups", frozenset()).en == "everybody"
