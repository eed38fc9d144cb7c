"""Service points: kept by the place or by their organisation; service items name one that is near or their own."""

from datetime import UTC, datetime
from typing import Any

import pytest

from api.commands.service_item import create_service_item, update_service_item
from api.commands.service_point import (
    close_service_point,
    create_service_point,
    reopen_service_point,
    update_service_point,
)
from api.errors import Forbidden, InvalidInput, InvalidTransition, NotFound, StaleVersion, Unauthenticated
from api.models import ServiceItem, ServicePoint, TimeWindow
from auth.roles import Role
from tests.api.commands.records import actions
from tests.factories import Town

HOURS = [
    {
        "starts_at": datetime(2026, 11, 23, 1, tzinfo=UTC),
        "ends_at": datetime(2026, 11, 23, 9, tzinfo=UTC),
        "rrule": "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
    }
]


def values(town: Town, **more: Any) -> dict[str, Any]:
    return {"name": "柳园党群服务站", "level": "COMMUNITY", "place": town.id("A"), "windows": HOURS, **more}


async def test_only_the_place_enters_service_points(town: Town) -> None:
    firm = await town.organisation()
    with pytest.raises(Unauthenticated):
        await create_service_point(town.anonymous(), values(town))
    speaker = town.viewer(Role.UNIT_REPRESENTATIVE, organisation=firm)
    for viewer in (speaker, town.administrator("B"), town.viewer(Role.GRID_HEAD), town.viewer(Role.AUDITOR)):
        with pytest.raises(Forbidden):
            await create_service_point(viewer, values(town, organisation=firm))
    # The sub-district's own is the sub-district's.
    with pytest.raises(Forbidden):
        await create_service_point(town.administrator(), values(town, place=town.id("S"), level="SUBDISTRICT"))
    assert not await ServicePoint.exists()


async def test_a_service_point_that_makes_no_sense_is_refused(town: Town) -> None:
    for more, path in (
        ({"name": ""}, ("name",)),
        ({"level": "CITY"}, ("level",)),
        ({"place": None}, ("place",)),
        ({"phone": "1" * 31}, ("phone",)),
        ({"windows": [{**HOURS[0], "rrule": "FREQ=SOMETIMES"}]}, ("windows", "0", "rrule")),
        ({"point": {"longitude": 200.0, "latitude": 1.0}}, ("point", "longitude")),
    ):
        with pytest.raises(InvalidInput) as refused:
            await create_service_point(town.administrator(), values(town, **more))
        assert refused.value.path[: len(path)] == path or refused.value.path == path[:1]
    assert not await TimeWindow.exists()


async def test_its_organisation_keeps_it_and_gives_it_to_nobody(town: Town) -> None:
    firm, other = await town.organisation(), await town.organisation()
    done = await create_service_point(town.administrator(), values(town, organisation=firm))
    speaker = town.viewer(Role.UNIT_REPRESENTATIVE, organisation=firm)
    with pytest.raises(Forbidden):
        await update_service_point(town.viewer(Role.UNIT_REPRESENTATIVE, organisation=other), done, {"name": "我的"}, 1)
    with pytest.raises(Forbidden):
        await update_service_point(speaker, done, {"organisation": other}, 1)
    with pytest.raises(Forbidden):
        await close_service_point(speaker, done, "不开了", 1)
    with pytest.raises(StaleVersion):
        await update_service_point(speaker, done, {"name": "新名"}, 2)
    await update_service_point(speaker, done, {"phone": "0359-8022110", "windows": []}, 1)
    row = await ServicePoint.get(id=done)
    assert (row.phone, row.organisation_id, row.version) == ("0359-8022110", firm, 2)
    assert not await TimeWindow.exists()


async def test_it_is_closed_with_a_reason_and_opened_again(town: Town) -> None:
    staff = town.viewer(Role.COMMITTEE_STAFF)
    done = await create_service_point(staff, values(town))
    with pytest.raises(InvalidInput):
        await close_service_point(staff, done, " ", 1)
    await close_service_point(staff, done, "装修", 1)
    with pytest.raises(InvalidTransition):
        await close_service_point(staff, done, "装修", 2)
    with pytest.raises(InvalidInput):
        await update_service_point(staff, done, {"name": "新名"}, 2)
    await reopen_service_point(staff, done, 2)
    assert await actions() == ["service_point.create", "service_point.close", "service_point.reopen"]


async def test_a_service_item_names_a_point_that_is_open_and_near_or_its_own(town: Town) -> None:
    firm = await town.organisation(kind="PROPERTY_FIRM")
    clerk = town.viewer(Role.PROPERTY_CLERK, "A1", organisation=firm)
    official = town.viewer(Role.SUBDISTRICT_OFFICER, "S")
    here = await create_service_point(official, values(town))
    above = await create_service_point(official, values(town, place=town.id("S"), level="SUBDISTRICT"))
    there = await create_service_point(official, values(town, place=town.id("B")))
    own = await create_service_point(official, values(town, place=town.id("B1"), organisation=firm))
    item = {"organisation": firm, "title": "站内理发", "category": "life.haircut", "place": town.id("A1")}
    with pytest.raises(InvalidInput) as refused:
        await create_service_item(clerk, {**item, "service_point": there})
    assert refused.value.path == ("servicePoint",)
    with pytest.raises(NotFound):
        await create_service_item(clerk, {**item, "service_point": 1})
    done = await create_service_item(clerk, {**item, "service_point": here})
    for version, point in enumerate((above, own, None, here), start=1):
        await update_service_item(clerk, done, {"service_point": point}, version)
        assert (await ServiceItem.get(id=done)).service_point_id == point
    await close_service_point(official, here, "装修", 1)
    with pytest.raises(InvalidInput):
        await create_service_item(clerk, {**item, "service_point": here})
