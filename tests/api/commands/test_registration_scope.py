"""Who sees a registration: until the community has confirmed it nobody outside, and why it ended never the public."""

from typing import Any

import pytest

from api.commands.registration import confirm_registration, end_registration, submit_registration, update_registration
from api.context import Context
from api.errors import NotFound, Unauthenticated
from api.feed.page import ChangePage, changes
from api.models import Event, Registration
from api.plan.viewer import Viewer
from api.queries.webhook import readable_subjects
from auth.roles import Role
from tests.api.reading import schema
from tests.factories import Town

OFFER = {"offer": "空调清洗", "category": "life.repair", "certificates": [{"kind": "电工证"}]}
ROWS = """{ registrations(first: 5) { totalCount nodes { id offer certificates { kind } statusReason resource { id } } }
    resources(first: 5) { totalCount nodes { id title } } }"""


async def waiting(town: Town) -> tuple[Viewer, Registration]:
    """Return a unit's representative, and the registration that waits for the community."""
    firm = await town.organisation("B")
    speaker = town.viewer(Role.UNIT_REPRESENTATIVE, "B", person=await town.person(), organisation=firm)
    done = await submit_registration(speaker, {"organisation": firm, "place": town.id("A"), **OFFER})
    return speaker, await Registration.get(id=done)


async def outsiders(town: Town) -> list[Viewer]:
    """Return whom an unconfirmed registration in A does not concern."""
    return [
        town.anonymous(),
        town.viewer(Role.RESIDENT, person=await town.person(), member_of="A"),
        town.viewer(Role.UNIT_REPRESENTATIVE, person=await town.person(), organisation=await town.organisation()),
        town.administrator("B"),
        town.viewer(Role.GRID_WORKER, "B"),
    ]


async def seen(viewer: Viewer) -> Any:
    result = await schema().execute(ROWS, context_value=Context(viewer))
    assert not result.errors, result.errors
    return result.data


async def fed(viewer: Viewer) -> set[str]:
    """Return the rows that a new copy of the viewer holds."""
    page: ChangePage = await changes(viewer, None, 100, None)
    return {f"{each.key[0]}:{each.key[1]}" for each in page.changes if each.row is not None}


async def hidden(town: Town, row: Registration) -> None:
    for viewer in await outsiders(town):
        data = await seen(viewer)
        assert data["registrations"] == data["resources"] == {"totalCount": 0, "nodes": []}, viewer.principal.actor
        assert f"Resource:{row.resource_id}" not in await fed(viewer), viewer.principal.actor


async def test_before_it_is_confirmed_nobody_outside_sees_registration_or_offer(town: Town) -> None:
    speaker, row = await waiting(town)
    await hidden(town, row)
    for viewer in await outsiders(town):
        with pytest.raises((NotFound, Unauthenticated)):
            await update_registration(viewer, row.id, {"offer": "改"}, 1)
    for viewer in (speaker, town.administrator(), town.viewer(Role.GRID_WORKER), town.viewer(Role.AUDITOR)):
        data = await seen(viewer)
        (node,) = data["registrations"]["nodes"]
        assert (node["offer"], node["certificates"]) == ("空调清洗", [{"kind": "电工证"}])
        assert data["resources"]["nodes"] == [{"id": f"Resource:{row.resource_id}", "title": "空调清洗"}]


async def test_a_declined_one_stays_hidden_with_its_reason(town: Town) -> None:
    speaker, row = await waiting(town)
    await end_registration(town.administrator(), row.id, "证书是借来的", 1)
    await hidden(town, row)
    for viewer in (speaker, town.administrator(), town.viewer(Role.AUDITOR)):
        (node,) = (await seen(viewer))["registrations"]["nodes"]
        assert node["statusReason"] == "证书是借来的"


async def test_why_a_confirmed_one_ended_is_for_its_parties_and_those_in_charge(town: Town) -> None:
    speaker, row = await waiting(town)
    await confirm_registration(town.administrator(), row.id, 1)
    for viewer in await outsiders(town):
        (node,) = (await seen(viewer))["registrations"]["nodes"]
        assert node["resource"] == {"id": f"Resource:{row.resource_id}"}, "confirmed, a unit's registration is public"
        assert f"Resource:{row.resource_id}" in await fed(viewer)
    await end_registration(town.administrator(), row.id, "三次没来人", 2)
    for viewer in await outsiders(town):
        (node,) = (await seen(viewer))["registrations"]["nodes"]
        assert (node["offer"], node["statusReason"]) == ("空调清洗", None), viewer.principal.actor
    for viewer in (speaker, town.administrator(), town.viewer(Role.GRID_WORKER), town.viewer(Role.AUDITOR)):
        (node,) = (await seen(viewer))["registrations"]["nodes"]
        assert node["statusReason"] == "三次没来人"


async def test_events_and_webhooks_keep_to_the_same(town: Town) -> None:
    _, row = await waiting(town)
    subjects = [("Registration", row.id), ("Resource", row.resource_id or 0)]
    other = await town.organisation()
    assert await readable_subjects(town.runtime, other, subjects) == set()
    await confirm_registration(town.administrator(), row.id, 1)
    assert await readable_subjects(town.runtime, other, subjects) == set(subjects)
    events = await Event.filter(object_type="Resource", object_id=row.resource_id).order_by("number")
    told = [(each.after or {})["Resource"]["visibility"] for each in events]
    assert (told[0], told[-1]) == ("ADMINISTRATORS", "PUBLIC")


async def test_a_person_s_offer_is_no_neighbour_s_business_before_it_is_confirmed(town: Town) -> None:
    me = await town.person()
    viewer = town.viewer(Role.RESIDENT, person=me)
    done = await submit_registration(viewer, {"person": me, "place": town.id("A1"), **OFFER})
    neighbour = town.viewer(Role.RESIDENT, person=await town.person(), member_of="A")
    assert (await seen(neighbour))["resources"]["totalCount"] == 0
    assert (await seen(viewer))["resources"]["totalCount"] == 1
    await confirm_registration(town.administrator(), done, 1)
    assert (await seen(neighbour))["resources"]["totalCount"] == 1
    assert (await seen(town.anonymous()))["resources"]["totalCount"] == 0
