"""What is left out before the engine is asked could never have matched."""

import itertools

import pytest

from api.matching import batches as cutting
from api.matching.batches import batches
from api.matching.facts import DemandRow, ResourceRow
from api.matching.reach import ANYWHERE, LEVELS, around, reach, within
from api.matching.taxonomy import Known
from api.models.choices import ItemKind
from rules.evaluator_facts import kinship
from rules.facts import Demand, PlaceFacts, Resource, Taxonomy
from rules.language import Text, parse
from tests.api.matching.town import rule

PARENTS = {
    "life": None, "life.hair": "life", "life.hair.home": "life.hair", "life.repair": "life",
    "care": None, "care.meal": "care", "care.meal.home": "care.meal", "space": None, "space.room": "space",
}  # fmt: skip
LINKS = (("care.meal", "life.repair"), ("care", "space"))
KNOWN = Known(Taxonomy(PARENTS, frozenset(frozenset(link) for link in LINKS)), {})
CODES = (*PARENTS, "not.listed")


def comparison(field: str, op: str = "=", value: object = True) -> dict[str, object]:
    return {"field": field, "op": op, "value": value}


def reach_of(*conditions: dict[str, object]) -> int:
    rules = [rule(f"rule-{at}", require=condition) for at, condition in enumerate(conditions)]
    title = {"zh": "试", "en": "Test"}
    return reach(parse({"format": 1, "kind": "match", "id": "rules", "title": title, "rules": rules}))


def test_every_kinship_that_the_evaluator_sees_is_among_the_kindred() -> None:
    for demand, resource in itertools.product(CODES, repeat=2):
        if kinship(resource, demand, KNOWN.taxonomy) is not None:
            assert resource in KNOWN.kindred((demand,)), (demand, resource)
            assert demand in KNOWN.kindred((resource,)), (demand, resource)


def test_strangers_are_left_out() -> None:
    assert KNOWN.kindred(("life.hair",)) == {"life", "life.hair", "life.hair.home"}
    assert KNOWN.kindred(()) == frozenset()


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ([comparison("demand.kind", value="NEED")], ANYWHERE),
        ([comparison("pair.adjacent")], ANYWHERE),
        ([comparison("pair.sameCommunity", value=False)], ANYWHERE),
        ([comparison("pair.sameCommunity", op="!=", value=True)], ANYWHERE),
        ([{"none": [comparison("pair.sameCommunity")]}], ANYWHERE),
        ([{"any": [comparison("pair.sameCommunity"), comparison("demand.kind", value="NEED")]}], ANYWHERE),
        ([comparison("pair.sameCommunity"), comparison("pair.adjacent")], ANYWHERE),
        ([comparison("pair.served")], LEVELS.index("community")),
        ([comparison("pair.sameBuilding", op="!=", value=False)], LEVELS.index("community")),
        ([{"any": [comparison("pair.served"), comparison("pair.sameSubdistrict")]}], LEVELS.index("subdistrict")),
        ([{"all": [comparison("pair.sameCity"), comparison("pair.sameDistrict")]}], LEVELS.index("district")),
        ([comparison("pair.sameCommunity"), comparison("pair.sameCity")], LEVELS.index("city")),
    ],
)
def test_the_reach_is_as_wide_as_the_widest_rule_allows(conditions: list[dict[str, object]], expected: int) -> None:
    assert reach_of(*conditions) == expected


def test_a_place_is_widened_to_its_level_and_never_beyond_the_bound() -> None:
    place = PlaceFacts(path="T/D/S/A/A1/", community="A", subdistrict="S", district="D", city="T")
    assert around(0, place, "T/") == "T/D/S/A/"
    assert around(1, place, "T/") == "T/D/S/"
    assert around(ANYWHERE, place, "T/D/") == "T/D/"
    assert around(0, PlaceFacts(path="T/D/", district="D"), "T/") == "T/"
    assert within(["T/D/S/A/", "T/D/S/"], "T/D/") == ("T/D/S/",)
    assert within(["T/"], "T/D/") == ("T/D/",)
    assert within(["T/F/"], "T/D/") == ()
    assert within(["T/D/S/A/", "T/D/S/AB/"], "T/") == ("T/D/S/A/", "T/D/S/AB/")


def test_batches_hold_every_kindred_pair_once_and_stay_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cutting, "MOST_PAIRS", 7)
    monkeypatch.setattr(cutting, "MOST_RESOURCES", 4)
    monkeypatch.setattr(cutting, "MOST_DEMANDS", 3)
    demands = [_demand(at, code) for at, code in enumerate(CODES * 3)]
    resources = [_resource(at, code) for at, code in enumerate(CODES)]
    seen: list[tuple[str, str]] = []
    for asked, offered in batches(demands, resources, KNOWN):
        assert len(asked) <= 3
        assert len(offered) <= 4
        pairs = [
            (demand.fact.id, resource.fact.id)
            for demand in asked
            for resource in offered
            if resource.fact.category in KNOWN.kindred((demand.fact.category,))
        ]
        assert len(pairs) <= 7
        seen += pairs
    assert len(seen) == len(set(seen))
    assert set(seen) == {
        (demand.fact.id, resource.fact.id)
        for demand in demands
        for resource in resources
        if resource.fact.category in KNOWN.kindred((demand.fact.category,))
    }


def _demand(at: int, code: str) -> DemandRow:
    fact = Demand(id=f"d{at}", item_id="i", kind="NEED", category=code, urgency="NORMAL", source="RESIDENT")
    return DemandRow(fact, at, ItemKind.NEED, at, None, "T/", Text("", ""))


def _resource(at: int, code: str) -> ResourceRow:
    fact = Resource(
        id=f"r{at}", kind="RESOURCE", category=code, recurs="NEVER", provider_type="PERSON", provider_id="p"
    )
    return ResourceRow(fact, at, Text("", ""), None)
