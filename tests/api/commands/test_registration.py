"""Registrations: nobody registers others, the community confirms, role and offer come and go with it."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from api import clock
from api.commands.permission import scope_of
from api.commands.registration import (
    confirm_registration,
    end_registration,
    submit_registration,
    update_registration,
)
from api.commands.resource import move_resource, update_resource
from api.errors import Duplicate, Forbidden, InvalidInput, InvalidTransition, NotFound, StaleVersion, Unauthenticated
from api.models import Membership, Registration, Resource, TimeWindow
from api.plan.viewer import Viewer
from api.state_machines.resource import ResourceStatus
from auth.permissions import Action, Object, Permission
from auth.roles import Role
from tests.api.commands.records import actions, nothing_was_recorded
from tests.factories import Town

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
OFFER = {
    "offer": "周六上午修小家电",
    "category": "life.repair",
    "windows": [
        {
            "starts_at": datetime(2026, 11, 28, 1, tzinfo=UTC),
            "ends_at": datetime(2026, 11, 28, 3, tzinfo=UTC),
            "rrule": "FREQ=WEEKLY;BYDAY=SA",
        }
    ],
    "quantity": 2,
    "unit": "PIECE",
    "skills": ["修小家电"],
}


async def helper(town: Town, **more: Any) -> tuple[Viewer, int, int]:
    """Return a resident who has registered with an offer, the person and the registration."""
    me = await town.person()
    viewer = town.viewer(Role.RESIDENT, person=me)
    done = await submit_registration(viewer, {"person": me, "place": town.id("A1"), **OFFER, **more})
    return viewer, me, done


async def test_nobody_registers_somebody_else(town: Town) -> None:
    other, firm = await town.person(), await town.organisation()
    with pytest.raises(NotFound):
        await submit_registration(town.anonymous(), {"person": other})
    with pytest.raises(Unauthenticated):
        await submit_registration(town.anonymous(), {"organisation": firm, "place": town.id("A")})
    me = town.viewer(Role.RESIDENT, person=await town.person())
    with pytest.raises(NotFound):
        await submit_registration(me, {"person": other})
    with pytest.raises(Forbidden):
        await submit_registration(me, {"organisation": firm, "place": town.id("A")})
    staff = town.viewer(Role.COMMITTEE_STAFF, "B")
    with pytest.raises(Forbidden):
        await submit_registration(staff, {"organisation": firm, "place": town.id("A")})
    assert await nothing_was_recorded()
    assert not await Registration.exists()


SENSELESS: list[tuple[dict[str, Any], tuple[str, ...]]] = [
    ({}, ("person",)),
    ({"by": "firm"}, ("place",)),
    ({"by": "firm", "place": "A1"}, ("place",)),
    ({"by": "me", "place": "A1b"}, ("place",)),
    ({"by": "me", "place": "A2"}, ("place",)),
    ({"by": "me", "place": "B"}, ("place",)),
    ({"by": "me", "category": "life.repair"}, ("offer",)),
    ({"by": "me", "offer": "修", "quantity": 2}, ("category",)),
    ({"by": "me", "offer": "修", "category": "nothing"}, ("category", "0")),
    ({"by": "me", "offer": "修" * 201}, ("offer",)),
]


async def test_a_registration_that_makes_no_sense_is_refused(town: Town) -> None:
    me, firm = await town.person(), await town.organisation()
    for given, path in SENSELESS:
        who = {"me": {"person": me}, "firm": {"organisation": firm}}.get(given.pop("by", ""), {})
        if "place" in given:
            given["place"] = town.id(given["place"])
        with pytest.raises(InvalidInput) as refused:
            await submit_registration(town.viewer(Role.COMMITTEE_STAFF, "S"), who | given)
        assert refused.value.path == path
    assert not await Registration.exists()
    assert not await Resource.exists()


async def test_until_it_is_confirmed_nothing_is_given_or_offered(town: Town) -> None:
    viewer, me, done = await helper(town)
    row = await Registration.get(id=done)
    assert (row.status, row.confirmed_on, row.membership_id) == ("PENDING", None, None)
    assert (await Resource.get(id=row.resource_id)).status is ResourceStatus.PAUSED
    assert not await Membership.exists()
    with pytest.raises(Forbidden):
        await confirm_registration(viewer, done, 1)
    with pytest.raises(Forbidden):
        await confirm_registration(town.viewer(Role.GRID_WORKER), done, 1)
    with pytest.raises(NotFound):
        await confirm_registration(town.administrator("B"), done, 1)
    # The owner does not wake the resource past the community.
    for refused in (
        move_resource(viewer, row.resource_id or 0, ResourceStatus.OFFERED, 1),
        update_resource(viewer, row.resource_id or 0, {"title": "什么都修"}, 1),
    ):
        with pytest.raises(InvalidInput):
            await refused
    with pytest.raises(Duplicate):
        await submit_registration(viewer, {"person": me, "place": town.id("A1")})


async def test_a_confirmed_helper_has_the_role_and_the_offer_until_the_end(town: Town) -> None:
    with clock.fixed(NOON):
        viewer, me, done = await helper(town)
        staff = town.viewer(Role.COMMITTEE_STAFF)
        await confirm_registration(staff, done, 1)
        row = await Registration.get(id=done)
        role = await Membership.get(id=row.membership_id)
        assert (role.role, role.person_id, role.path) == ("REGISTERED_HELPER", me, town.path("A1"))
        # For the unit they register, not in its name.
        assert role.organisation_id is None
        resource = await Resource.get(id=row.resource_id)
        assert (resource.status, resource.kind, resource.owner_person_id) == ("OFFERED", "REGISTRATION", me)
        assert (resource.quantity, resource.public_path) == (2, town.path("A1"))
        assert await TimeWindow.filter(resource_id=resource.id).count() == 1
        assert (row.status, row.confirmed_on) == ("ACTIVE", date(2026, 11, 23))
        with pytest.raises(InvalidTransition):
            await confirm_registration(staff, done, 2)
        with pytest.raises(StaleVersion):
            await end_registration(viewer, done, "搬走了", 1)
        await end_registration(viewer, done, "搬走了", 2)
    assert (await Membership.get(id=role.id)).valid_to == date(2026, 11, 22)
    assert (await Resource.get(id=resource.id)).status is ResourceStatus.WITHDRAWN
    assert (await Registration.get(id=done)).status_reason == "搬走了"
    with pytest.raises(InvalidInput):
        await update_registration(viewer, done, {"offer": "再修"}, 3)
    assert await actions() == [
        "registration.submit", "membership.grant", "registration.confirm", "membership.end", "registration.end",
    ]  # fmt: skip
    # Who comes back registers anew.
    assert await submit_registration(viewer, {"person": me, "place": town.id("A1")})


async def test_an_offer_is_changed_with_its_registration(town: Town) -> None:
    viewer, _, done = await helper(town)
    await confirm_registration(town.administrator(), done, 1)
    with pytest.raises(StaleVersion):
        await update_registration(viewer, done, {"offer": "改"}, 1)
    with pytest.raises(Forbidden) as refused:
        await update_registration(viewer, done, {"certificates": [{"kind": "电工证"}]}, 2)
    assert refused.value.path == ("certificates",)
    await update_registration(viewer, done, {"offer": "周日修水龙头", "windows": [], "skills": ["水暖"]}, 2)
    row = await Registration.get(id=done)
    resource = await Resource.get(id=row.resource_id)
    assert (row.offer_zh, row.skills, resource.title_zh) == ("周日修水龙头", ["水暖"], "周日修水龙头")
    assert not await TimeWindow.exists()
    await update_registration(town.administrator(), done, {"certificates": [{"kind": "电工证"}]}, 3)
    assert (await Registration.get(id=done)).certificates == [{"kind": "电工证", "valid_until": None}]


async def test_an_offer_can_be_added_later(town: Town) -> None:
    me = await town.person()
    viewer = town.viewer(Role.RESIDENT, person=me)
    done = await submit_registration(viewer, {"person": me})
    assert (await Registration.get(id=done)).path == town.path("A")
    await confirm_registration(town.administrator(), done, 1)
    await update_registration(viewer, done, OFFER, 2)
    resource = await Resource.get(id=(await Registration.get(id=done)).resource_id)
    assert resource.status is ResourceStatus.OFFERED


async def test_a_unit_registers_to_a_community_elsewhere_and_is_confirmed_there(town: Town) -> None:
    firm = await town.organisation("B")
    speaker = town.viewer(Role.UNIT_REPRESENTATIVE, "B", person=await town.person(), organisation=firm)
    done = await submit_registration(speaker, {"organisation": firm, "place": town.id("A")})
    row = await Registration.get(id=done)
    assert (row.status, row.visibility, row.community_id) == ("PENDING", "PUBLIC", town.id("A"))
    await confirm_registration(town.administrator(), done, 1)
    assert not await Membership.exists()
    with pytest.raises(Duplicate):
        await submit_registration(speaker, {"organisation": firm, "place": town.id("A")})
    # Its people register beside it.
    assert await submit_registration(town.administrator(), {"organisation": firm, "person": await town.person()})


async def test_a_unit_reads_what_its_people_offer_and_changes_none_of_it(town: Town) -> None:
    firm = await town.organisation()
    _, _, done = await helper(town, organisation=firm)
    speaker = town.viewer(Role.UNIT_REPRESENTATIVE, person=await town.person(), organisation=firm)
    assert speaker.may(Permission(Object.REGISTRATION, Action.READ), scope_of(await Registration.get(id=done)))
    with pytest.raises(Forbidden):
        await update_registration(speaker, done, {"offer": "替他改"}, 1)
    with pytest.raises(Forbidden):
        await end_registration(speaker, done, "替他退", 1)


async def test_a_helper_s_registration_is_no_neighbour_s_business(town: Town) -> None:
    _, _, done = await helper(town)
    scope, read = scope_of(await Registration.get(id=done)), Permission(Object.REGISTRATION, Action.READ)
    neighbour = town.viewer(Role.RESIDENT, person=await town.person(), member_of="A")
    seen = [each.may(read, scope) for each in (town.anonymous(), neighbour, town.viewer(Role.GRID_WORKER))]
    assert seen == [False, False, True]
