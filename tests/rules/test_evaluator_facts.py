"""What the evaluator reads from raw facts, against values worked out by hand."""

from typing import Any

import pytest

from rules.evaluator_facts import kinship, metres_between, overlap_minutes
from rules.facts import VOCABULARY, PlaceFacts, Taxonomy
from tests.rules.one_pair import DEMAND, RESOURCE, TAXONOMY, changed, value


@pytest.mark.parametrize(
    ("resource", "demand", "expected"),
    [
        ("life", "health", None),
        ("life.haircut", "health.care", None),
        ("health.care.wash.hair", "life.haircut.home", ("SYNONYM", 3)),
        ("life", "life", ("SAME", 0)),
        ("life.haircut", "life", ("DESCENDANT", 1)),
        ("life.haircut.home", "life", ("DESCENDANT", 2)),
        ("life", "life.haircut.home", ("ANCESTOR", 2)),
        ("life.haircut", "health.care.wash", ("SYNONYM", 1)),
        ("health.care.wash", "life.haircut", ("SYNONYM", 1)),
        ("life.haircut.home", "health.care.wash", ("SYNONYM", 2)),
        ("not.listed", "not.listed", ("SAME", 0)),
        ("not.listed", "life", None),
    ],
)
def test_kinship_is_found(resource: str, demand: str, expected: object) -> None:
    assert kinship(resource, demand, TAXONOMY) == expected


def test_a_synonym_nearer_than_the_tree_wins_and_at_equal_steps_the_tree_does() -> None:
    tree = {"a": None, "b": "a", "c": "b", "d": "c"}
    taxonomy = Taxonomy(tree, frozenset({frozenset({"a", "c"}), frozenset({"c", "d"})}))

    assert kinship("c", "a", taxonomy) == ("SYNONYM", 1)
    assert kinship("d", "c", taxonomy) == ("DESCENDANT", 1)


def test_an_unlisted_code_may_have_synonyms() -> None:
    taxonomy = Taxonomy({"a": None, "b": "a"}, frozenset({frozenset({"a", "zzz"})}))

    assert kinship("zzz", "b", taxonomy) == ("SYNONYM", 2)
    assert kinship("b", "zzz", taxonomy) == ("SYNONYM", 2)


def test_a_circle_in_the_taxonomy_does_not_hang() -> None:
    assert kinship("a", "c", Taxonomy({"a": "b", "b": "a", "c": None})) is None


@pytest.mark.parametrize(
    ("one", "other", "metres"),
    [
        (None, (0.0, 0.0), None),
        ((116.33, 40.03), (116.33, 40.03), 0),
        # A quarter and a half of a great circle: R × π / 2 and R × π, R = 6,371,008.8 m.
        ((0.0, 0.0), (90.0, 0.0), 10_007_557),
        ((0.0, 0.0), (180.0, 0.0), 20_015_114),
        ((0.0, 90.0), (0.0, -90.0), 20_015_114),
        # One degree of latitude: R × π / 180.
        ((116.0, 40.0), (116.0, 41.0), 111_195),
        # 2R · asin(cos 60° · sin 0.5°).
        ((10.0, 60.0), (11.0, 60.0), 55_597),
    ],
)
def test_metres_are_those_of_the_sphere(one: Any, other: Any, metres: int | None) -> None:
    assert metres_between(one, other) == metres


@pytest.mark.parametrize(
    ("ours", "theirs", "minutes"),
    [
        (None, ((0, 60),), None),
        (((0, 60),), (), None),
        (((0, 60),), ((60, 120),), 0),
        (((0, 60),), ((100, 120),), 0),
        (((0, 60),), ((45, 120),), 15),
        (((600, 720), (2000, 2030)), ((660, 800), (2010, 2100)), 60),
        (((0, 1000),), ((10, 20), (30, 35)), 10),
    ],
)
def test_the_longest_single_overlap_counts(ours: Any, theirs: Any, minutes: int | None) -> None:
    assert overlap_minutes(ours, theirs) == minutes


@pytest.mark.parametrize(
    ("area", "served"),
    [
        (("11/110108/110108029/",), True),
        (("11/",), True),
        (("11/110108/1101/",), False),
        (("11/110108/110108029/9/",), False),
        (("42/", "11/110108/"), True),
        ((), True),
    ],
)
def test_served_means_at_or_below_a_place_of_the_service_area(area: tuple[str, ...], served: bool) -> None:
    assert value("pair.served", resource=changed(RESOURCE, service_area=area)) is served


def test_a_resource_without_place_and_area_serves_nobody() -> None:
    assert value("pair.served", resource=changed(RESOURCE, place=PlaceFacts(path=""))) is False


def test_places_are_the_same_only_when_both_have_one() -> None:
    assert value("pair.sameCommunity") is True
    assert value("pair.sameGrid") is False


@pytest.mark.parametrize(
    ("place", "adjacent"),
    [
        (PlaceFacts(path="x/", community="110108029002"), True),
        (PlaceFacts(path="x/", community="9", adjacent=frozenset({"110108029001"})), True),
        (PlaceFacts(path="x/", community="9"), False),
        (PlaceFacts(path="x/", adjacent=frozenset({"110108029001"})), False),
    ],
)
def test_adjacency_is_marked_on_either_side(place: PlaceFacts, adjacent: bool) -> None:
    assert value("pair.adjacent", resource=changed(RESOURCE, place=place)) is adjacent


@pytest.mark.parametrize(("groups", "shared"), [((), True), (("老年人", "儿童"), True), (("儿童",), False)])
def test_target_groups_agree_when_one_is_common_or_a_side_is_open(groups: tuple[str, ...], shared: bool) -> None:
    resource = changed(RESOURCE, target_groups=frozenset(groups))
    assert value("pair.targetGroupShared", resource=resource) is shared


@pytest.mark.parametrize(
    ("concerns", "provider_type", "concerned"),
    [("o1", "ORGANISATION", True), ("o1", "PERSON", False), (None, "ORGANISATION", False)],
)
def test_only_an_organisation_can_be_concerned(concerns: str | None, provider_type: str, concerned: bool) -> None:
    demand = changed(DEMAND, concerns=concerns)
    resource = changed(RESOURCE, provider_type=provider_type)
    assert value("pair.providerConcerned", demand, resource) is concerned


def test_every_field_of_the_vocabulary_can_be_read() -> None:
    for path in VOCABULARY:
        value(path)
