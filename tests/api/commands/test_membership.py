"""Memberships: nobody gives more power than their office allows, nor any to themselves."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from api import clock
from api.commands.membership import (
    GRANTABLE,
    confirm_membership,
    end_membership,
    grant_membership,
    may_grant,
)
from api.errors import Forbidden, InvalidInput, NotFound, StaleVersion, Unauthenticated
from api.models import Membership
from auth.roles import INCLUDES, Role
from tests.api.commands.records import actions
from tests.factories import Town

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
TOP = (Role.SYSTEM_ADMINISTRATOR, Role.AUDITOR, Role.SUBDISTRICT_OFFICER)


async def test_only_who_appoints_grants_roles(town: Town) -> None:
    values = {"role": "RESIDENT", "place": town.id("A"), "person": await town.person()}
    with pytest.raises(NotFound):
        await grant_membership(town.anonymous(), values)
    organisation = values | {"person": None, "organisation": await town.organisation()}
    with pytest.raises(Unauthenticated):
        await grant_membership(town.anonymous(), organisation)
    with pytest.raises(Forbidden):
        await grant_membership(town.viewer(Role.COMMITTEE_STAFF), values)
    assert not await Membership.exists()


@pytest.mark.parametrize("role", [*TOP, Role.COMMUNITY_COMMISSIONER, Role.DEPARTMENT_OFFICER])
async def test_a_committee_s_administrator_gives_no_office_from_above(town: Town, role: Role) -> None:
    values = {"role": role, "place": town.id("A"), "person": await town.person()}
    with pytest.raises(Forbidden) as refused:
        await grant_membership(town.administrator(), values)
    assert refused.value.path == ("role",)


async def test_an_administrator_gives_roles_only_within_the_own_place(town: Town) -> None:
    person = await town.person()
    for place in ("B", "S"):
        values = {"role": "RESIDENT", "place": town.id(place), "person": person}
        with pytest.raises(Forbidden):
            await grant_membership(town.administrator(), values)


async def test_nobody_gives_themselves_a_role(town: Town) -> None:
    me = await town.person()
    viewer = town.viewer(Role.COMMITTEE_ADMINISTRATOR, person=me)
    with pytest.raises(Forbidden) as refused:
        await grant_membership(viewer, {"role": "GRID_HEAD", "place": town.id("A"), "person": me})
    assert refused.value.path == ("person",)


def test_no_office_gives_one_that_gives_more() -> None:
    for office, given in GRANTABLE.items():
        for role in given:
            assert GRANTABLE.get(role, frozenset()) <= given, (office, role)
            assert set(INCLUDES.get(role, ())) <= given | {Role.COMMUNITY_COMMISSIONER}, (office, role)
    for role in TOP:
        assert role not in GRANTABLE[Role.COMMITTEE_ADMINISTRATOR] | GRANTABLE[Role.SUBDISTRICT_OFFICER]


@pytest.mark.parametrize(
    ("values", "path"),
    [
        ({"role": "ANONYMOUS"}, ("role",)),
        ({"role": "KING"}, ("role",)),
        ({"role": None}, ("role",)),
        ({"place": None}, ("place",)),
        ({"person": None}, ("person",)),
        ({"role": "UNIT_REPRESENTATIVE"}, ("organisation",)),
        ({"role": "PROPERTY_CLERK", "firm": "ENTERPRISE"}, ("organisation",)),
        ({"valid_from": date(2026, 2, 1), "valid_to": date(2026, 1, 1)}, ("validTo",)),
    ],
)
async def test_a_membership_that_makes_no_sense_is_refused(
    town: Town, values: dict[str, Any], path: tuple[str, ...]
) -> None:
    if kind := values.pop("firm", None):
        values["organisation"] = await town.organisation(kind=kind)
    given = {"role": "RESIDENT", "place": town.id("A"), "person": await town.person()} | values
    with pytest.raises(InvalidInput) as refused:
        await grant_membership(town.administrator(), given)
    assert refused.value.path == path


async def test_a_granted_role_is_confirmed_and_ended(town: Town) -> None:
    firm = await town.organisation(kind="PROPERTY_FIRM")
    person = await town.person()
    viewer = town.administrator()
    values = {"role": "PROPERTY_CLERK", "place": town.id("A1"), "person": person, "organisation": firm}
    with clock.fixed(NOON):
        done = await grant_membership(viewer, values)
        await confirm_membership(viewer, done, 1)
        with pytest.raises(StaleVersion):
            await end_membership(viewer, done, 1)
        await end_membership(viewer, done, 2)
    row = await Membership.get(id=done)
    assert (row.path, row.family, row.valid_from) == (town.path("A1"), "PROPERTY_FIRM", date(2026, 11, 23))
    assert (row.confirmed_on, row.valid_to) == (date(2026, 11, 23), date(2026, 11, 22))
    assert await actions() == ["membership.grant", "membership.confirm", "membership.end"]


async def test_an_administrator_does_not_end_the_office_of_a_higher_level(town: Town) -> None:
    officer = await Membership.create(
        role="SUBDISTRICT_OFFICER",
        person_id=await town.person(),
        place_id=town.id("A"),
        path=town.path("A"),
        valid_from=date(2026, 1, 1),
    )
    with pytest.raises(Forbidden):
        await end_membership(town.administrator(), officer.id, 1)
    assert not may_grant(town.administrator(), Role.SUBDISTRICT_OFFICER, town.path("A"))
