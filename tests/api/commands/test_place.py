"""Places: codes, paths and communities, and links beside the tree."""

from typing import Any

import pytest

from api.commands.place import create_place, link_places
from api.errors import Duplicate, Forbidden, InvalidInput, NotFound, Unauthenticated
from api.models import Job, Place, PlaceLink
from api.models.choices import PlaceKind, PlaceLinkKind
from auth.roles import Role
from tests.api.commands.records import actions
from tests.factories import Town


def values_of(town: Town, **more: Any) -> dict[str, Any]:
    return {"code": "A9", "kind": "ESTATE", "name": "新小区", "parent": town.id("A")} | more


async def test_only_who_keeps_the_register_creates_places_and_only_within_reach(town: Town) -> None:
    with pytest.raises(Unauthenticated):
        await create_place(town.anonymous(), values_of(town))
    for viewer in (town.administrator("B"), town.viewer(Role.COMMITTEE_STAFF)):
        with pytest.raises(Forbidden):
            await create_place(viewer, values_of(town))
    assert not await Place.exists(code="A9")


@pytest.mark.parametrize(
    ("values", "path"),
    [
        ({"code": ""}, ("code",)),
        ({"code": "a/b"}, ("code",)),
        ({"code": "a b"}, ("code",)),
        ({"code": "1101", "official": True, "parent_official": "14"}, ("code",)),
        ({"code": "11010", "official": True}, ("code",)),
        ({"name": None}, ("name",)),
        ({"name": "两\n行"}, ("name",)),
        ({"kind": "HAMLET"}, ("kind",)),
        ({"kind": "SUBDISTRICT"}, ("parent",)),
        ({"share_over_60": 1.2}, ("shareOver60",)),
        ({"point": {"longitude": 200, "latitude": 0}}, ("point", "longitude")),
    ],
)
async def test_bad_places_are_refused(town: Town, values: dict[str, Any], path: tuple[str, ...]) -> None:
    if official := values.pop("parent_official", None):
        await Place.filter(code="A").update(code=official, official=True)
    with pytest.raises(InvalidInput) as refused:
        await create_place(town.administrator(), values_of(town, **values))
    assert refused.value.path == path


async def test_a_code_is_used_once_and_a_parent_must_exist(town: Town) -> None:
    with pytest.raises(Duplicate):
        await create_place(town.administrator(), values_of(town, code="B1"))
    with pytest.raises(NotFound):
        await create_place(town.administrator(), values_of(town, parent=1))


async def test_a_place_gets_its_path_and_its_community_from_its_parent(town: Town) -> None:
    estate = await Place.get(id=await create_place(town.administrator(), values_of(town)))
    assert (estate.path, estate.community_id) == ("D/S/A/A9/", town.id("A"))
    officer = town.viewer(Role.COMMITTEE_ADMINISTRATOR, "S")
    new = values_of(town, code="C", kind=PlaceKind.COMMUNITY, name="新社区", parent=town.id("S"))
    community = await Place.get(id=await create_place(officer, new))
    assert community.community_id == community.id
    lane = values_of(town, code="L", kind="LANE", name="长巷", parent=town.id("S"))
    assert (await Place.get(id=await create_place(officer, lane))).community_id is None
    assert await actions() == ["place.create"] * 3


async def test_adjacent_communities_are_linked_both_ways_once_and_matched_anew(town: Town) -> None:
    with pytest.raises(Forbidden):
        await link_places(town.administrator("B"), town.id("A"), town.id("B"), PlaceLinkKind.ADJACENT)
    with pytest.raises(InvalidInput):
        await link_places(town.administrator(), town.id("A"), town.id("A"), PlaceLinkKind.ADJACENT)
    for _ in range(2):
        await link_places(town.administrator(), town.id("A"), town.id("B"), PlaceLinkKind.ADJACENT)
    links = await PlaceLink.all().values_list("place_id", "other_id")
    assert sorted(links) == sorted([(town.id("A"), town.id("B")), (town.id("B"), town.id("A"))])
    assert [job.path for job in await Job.all()] == ["D/S/"]
    assert await actions() == ["place.link"]
