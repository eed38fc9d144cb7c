"""What the encoder derives: kinship, distances, overlaps, relations."""

import pytest

from rules import derivation
from rules.derivation import Kin, KinIndex
from rules.facts import PlaceFacts, Taxonomy
from tests.rules.one_pair import DEMAND, QINGHE, RESOURCE, TAXONOMY, changed


@pytest.mark.parametrize(
    ("demand", "resource", "kin"),
    [
        ("life.haircut", "health.care", None),
        ("life.haircut", "nowhere", None),
        ("life.haircut.home", "health.care.wash.hair", Kin("SYNONYM", 3)),
        ("nowhere", "nowhere", Kin("SAME", 0)),
        ("life.haircut", "life.haircut", Kin("SAME", 0)),
        ("life", "life.haircut.home", Kin("DESCENDANT", 2)),
        ("life.haircut.home", "life", Kin("ANCESTOR", 2)),
        ("life.haircut", "health.care.wash", Kin("SYNONYM", 1)),
        ("life.haircut", "health.care.wash.hair", Kin("SYNONYM", 2)),
        ("life.haircut.home", "health.care.wash", Kin("SYNONYM", 2)),
    ],
)
def test_kinship_takes_the_nearest_way(demand: str, resource: str, kin: Kin | None) -> None:
    index = KinIndex(TAXONOMY, ["life.haircut.home", resource])

    assert index.kindred(demand).get(resource) == kin


def test_a_circle_of_categories_ends() -> None:
    taxonomy = Taxonomy({"a": "b", "b": "a", "c": "ghost"})
    index = KinIndex(taxonomy, ["a", "b"])

    assert index.chain("a") == ("a", "b")
    assert index.chain("c") == ("c",)
    assert index.kindred("a") == {"a": Kin("SAME", 0), "b": Kin("DESCENDANT", 1)}


def test_metres_are_whole_and_unknown_without_a_point() -> None:
    assert derivation.metres(None, (116.0, 40.0)) is None
    assert derivation.metres((116.0, 40.0), (116.0, 40.0)) == 0
    assert derivation.metres((116.0, 40.0), (116.0, 41.0)) == 111_195
    assert derivation.metres((0.0, 0.0), (180.0, 0.0)) == 20_015_114


def test_the_longest_single_overlap_counts() -> None:
    assert derivation.overlap_minutes(None, ((0, 9),)) is None
    assert derivation.overlap_minutes((), ((0, 9),)) is None
    assert derivation.overlap_minutes(((0, 5),), ((5, 9),)) == 0
    assert derivation.overlap_minutes(((0, 10), (20, 50)), ((5, 30), (45, 60))) == 10


def test_adjacent_needs_two_communities_and_holds_from_either_side() -> None:
    next_door = PlaceFacts("11/110108/x/", community="110108029002")

    assert not derivation.are_adjacent(QINGHE, QINGHE)
    assert not derivation.are_adjacent(QINGHE, PlaceFacts("11/"))
    assert derivation.are_adjacent(QINGHE, next_door)
    assert derivation.are_adjacent(next_door, QINGHE)


def test_a_resource_serves_its_area_or_else_its_own_place() -> None:
    far = changed(RESOURCE, place=PlaceFacts("12/"))

    assert derivation.is_served(DEMAND, RESOURCE)
    assert not derivation.is_served(DEMAND, far)
    assert derivation.is_served(DEMAND, changed(far, service_area=("12/", "11/110108/")))
    assert not derivation.is_served(DEMAND, changed(far, service_area=("11/1101/",)))
    assert not derivation.is_served(DEMAND, changed(RESOURCE, place=PlaceFacts("")))


def test_target_groups_agree_when_one_side_is_for_everybody() -> None:
    children = changed(RESOURCE, target_groups=frozenset({"儿童"}))

    assert derivation.is_target_group_shared(DEMAND, RESOURCE)
    assert not derivation.is_target_group_shared(DEMAND, children)
    assert derivation.is_target_group_shared(changed(DEMAND, target_groups=frozenset()), children)


def test_only_the_organisation_that_a_demand_is_about_is_concerned() -> None:
    about = changed(DEMAND, concerns="o1")

    assert derivation.is_provider_concerned(about, RESOURCE)
    assert not derivation.is_provider_concerned(DEMAND, RESOURCE)
    assert not derivation.is_provider_concerned(about, changed(RESOURCE, provider_type="PERSON"))
