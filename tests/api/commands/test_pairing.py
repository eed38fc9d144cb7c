"""Pairings: the committee pairs, nobody sees more through it than before."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from api import clock
from api.commands.pairing import create_pairing, end_pairing
from api.commands.permission import scope_of
from api.errors import Duplicate, Forbidden, InvalidInput, NotFound, StaleVersion, Unauthenticated
from api.models import Household, Pairing
from auth.permissions import Action, Object, Permission
from auth.roles import Role
from tests.api.commands.records import actions
from tests.factories import Town

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)


async def test_only_the_committee_of_the_place_pairs(town: Town) -> None:
    firm, person = await town.organisation(), await town.person()
    given = {"organisation": firm, "place": town.id("A1")}
    with pytest.raises(Unauthenticated):
        await create_pairing(town.anonymous(), given)
    speaker = town.viewer(Role.UNIT_REPRESENTATIVE, person=person, organisation=firm)
    for viewer in (speaker, town.viewer(Role.GRID_HEAD), town.administrator("B"), town.viewer(Role.AUDITOR)):
        with pytest.raises(Forbidden):
            await create_pairing(viewer, given)
    assert not await Pairing.exists()


SENSELESS: list[tuple[dict[str, Any], tuple[str, ...]]] = [
    ({"place": "A1"}, ("organisation",)),
    ({"organisation": True, "person": True, "place": "A1"}, ("organisation",)),
    ({"organisation": True}, ("place",)),
    ({"person": True, "place": "A1", "household": True}, ("place",)),
    ({"organisation": True, "household": True}, ("household",)),
    ({"organisation": True, "place": "S"}, ("place",)),
    ({"person": True, "place": "A"}, ("place",)),
    ({"person": True, "place": "A1", "valid_from": date(2026, 2, 1), "valid_to": date(2026, 1, 1)}, ("validTo",)),
]


async def test_a_pairing_that_makes_no_sense_is_refused(town: Town) -> None:
    rows = {
        "organisation": await town.organisation(),
        "person": await town.person(),
        "household": await town.household(),
    }
    for given, path in SENSELESS:
        values = {name: rows[name] if value is True else value for name, value in given.items()}
        if "place" in given:
            values["place"] = town.id(given["place"])
        with pytest.raises(InvalidInput) as refused:
            await create_pairing(town.viewer(Role.SUBDISTRICT_OFFICER, "S"), values)
        assert refused.value.path == path


async def test_a_pairing_is_made_once_ended_and_made_again(town: Town) -> None:
    firm = await town.organisation()
    given = {"organisation": firm, "place": town.id("A1"), "note": "每月走访"}
    staff = town.viewer(Role.COMMITTEE_STAFF)
    with clock.fixed(NOON):
        done = await create_pairing(staff, given)
        with pytest.raises(Duplicate):
            await create_pairing(staff, given)
        with pytest.raises(NotFound):
            await end_pairing(staff, done + 1, 1)
        with pytest.raises(StaleVersion):
            await end_pairing(staff, done, 2)
        with pytest.raises(Forbidden):
            await end_pairing(town.viewer(Role.UNIT_REPRESENTATIVE, organisation=firm), done, 1)
        await end_pairing(staff, done, 1)
        with pytest.raises(InvalidInput):
            await end_pairing(staff, done, 2, last_day=date(2027, 1, 1))
        assert await create_pairing(staff, given)
    row = await Pairing.get(id=done)
    assert (row.valid_from, row.valid_to, row.confirmed_on) == (date(2026, 11, 23), date(2026, 11, 22), row.valid_from)
    assert await actions() == ["pairing.create", "pairing.end", "pairing.create"]


async def test_who_is_paired_with_a_household_sees_no_more_of_it(town: Town) -> None:
    me, home, mate = await town.person(), await town.household(), await town.person()
    done = await create_pairing(town.administrator(), {"person": me, "household": home})
    scope, read = scope_of(await Pairing.get(id=done)), Permission(Object.PAIRING, Action.READ)
    paired = town.viewer(Role.REGISTERED_HELPER, person=me, member_of="A")
    family = town.viewer(Role.RESIDENT, person=mate, household=home)
    neighbour = town.viewer(Role.RESIDENT, person=await town.person(), member_of="A")
    assert [each.may(read, scope) for each in (paired, family, neighbour, town.anonymous())] == [
        True, True, False, False,
    ]  # fmt: skip
    household = scope_of(await Household.get(id=home))
    for object_ in (Object.HOUSEHOLD, Object.HOUSEHOLD_CONTACT):
        assert not paired.may(Permission(object_, Action.READ), household)
