"""What is read of a caller, beyond what HTTP shows."""

from collections.abc import Iterator

import pytest

from api import clock
from api.queries.principal import Presented, load_organisation, load_person
from auth.permissions import parse_permission
from auth.principal import HeldRole
from auth.roles import Role
from tests.api.http.keys import NOW, key_for, member
from tests.factories import Town

READ = parse_permission("need:read")


@pytest.fixture(autouse=True)
def still() -> Iterator[None]:
    with clock.fixed(NOW):
        yield


async def test_who_does_not_exist_is_nobody(town: Town) -> None:
    assert await Presented().find_key("00000000") is None
    assert await load_person(1) is None
    assert await load_organisation(1, frozenset({READ})) is None


async def test_a_person_belongs_to_the_communities_of_home_and_of_each_role(town: Town) -> None:
    household = await town.household()
    person = await town.person("A1b", household_id=household)
    await member(town, "LANE_STEWARD", "B1", person_id=person)
    await member(town, "SUBDISTRICT_OFFICER", "S", person_id=person)
    found = await load_person(person)
    assert found is not None
    assert set(found.community_paths) == {town.path("A"), town.path("B")}
    assert found.household_ids == {household}
    assert found.actor == f"person:{person}"


async def test_roles_held_for_organisations_stay_apart(town: Town) -> None:
    firm, shop = await town.organisation(kind="PROPERTY_FIRM"), await town.organisation()
    person = await town.person()
    await member(town, "PROPERTY_CLERK", "A", person_id=person, organisation_id=firm)
    await member(town, "UNIT_REPRESENTATIVE", "A", person_id=person, organisation_id=shop)
    found = await load_person(person)
    assert found is not None
    assert found.organisation_ids == {firm, shop}
    assert set(found.held) == {
        HeldRole(Role.PROPERTY_CLERK, town.path("A"), firm),
        HeldRole(Role.UNIT_REPRESENTATIVE, town.path("A"), shop),
    }


async def test_an_organisations_key_holds_its_own_roles_and_not_those_of_its_people(town: Town) -> None:
    shop = await town.organisation("B1")
    await member(town, "UNIT_REPRESENTATIVE", "S", organisation_id=shop)
    await member(town, "COMMITTEE_ADMINISTRATOR", "A", person_id=await town.person(), organisation_id=shop)
    found = await load_organisation(shop, frozenset({READ}))
    assert found is not None
    assert found.held == (HeldRole(Role.UNIT_REPRESENTATIVE, town.path("S"), shop),)
    assert found.community_paths == (town.path("B"),)
    assert found.key_scopes == frozenset({READ})
    assert found.person_id is None


async def test_a_scope_that_is_unknown_is_left_out(town: Town) -> None:
    shop = await town.organisation()
    headers = await key_for(organisation=shop, scopes=["need:read", "everything:do", "x"])
    record = await Presented().find_key(headers["Authorization"].split("_")[2])
    assert record is not None
    assert record.scopes == frozenset({READ})
