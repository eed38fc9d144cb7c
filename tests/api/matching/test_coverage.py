"""List to list: how far a resource list serves need and project lists."""

from typing import Any

import pytest

from api import clock, db
from api.identifiers import new_id
from api.matching.coverage import coverage, used_by
from api.matching.item import rematch_item
from api.models import ItemList, ListEntry, Match, Need, Project, Resource
from api.models.choices import ItemKind, ListKind
from api.plan.viewer import Viewer
from api.runtime import Runtime
from api.settings import Settings
from auth.enforcement import AuthoriserHolder
from auth.policy import load_shipped
from auth.principal import ANONYMOUS, HeldRole, Principal, PrincipalKind
from auth.roles import Role
from rules.workers import WorkerPool
from tests.api.matching.town import Town, rule


@pytest.fixture
async def runtime(database: Settings, pool: WorkerPool) -> Runtime:
    return Runtime(database, AuthoriserHolder(load_shipped()), pool)


def viewer(runtime: Runtime, *held: HeldRole) -> Viewer:
    principal = Principal(PrincipalKind.PERSON, person_id=1, held=held) if held else ANONYMOUS
    return Viewer(principal, runtime.policy.current, runtime)


async def listed(town: Town, kind: ListKind, *items: Need | Project | Resource, **values: str) -> ItemList:
    key = new_id()
    given: dict[str, Any] = {"visibility": "PUBLIC", "status": "PUBLISHED", "published_on": clock.today(), **values}
    item_list = await ItemList.create(
        id=key, kind=kind, number=str(key), title_zh="一份清单", place_id=town.places["A"].id,
        path=town.path("A"), **given,
    )  # fmt: skip
    for position, item in enumerate(items):
        await ListEntry.create(item_list_id=key, position=position, **{f"{kind.lower()}_id": item.id})
    return item_list


async def matched(runtime: Runtime, *items: Resource) -> None:
    for item in items:
        async with db.transaction():
            await rematch_item(runtime.rules, ItemKind.RESOURCE, item.id)


async def test_what_the_viewer_may_not_see_is_not_counted(town: Town, runtime: Runtime) -> None:
    await town.publish("A", rule())
    hidden_need = await town.need("A1", "life", visibility="ADMINISTRATORS")
    need = await town.need("A1", "life")
    hidden = await town.resource("A1", "life", visibility="ADMINISTRATORS")
    shown = await town.resource("A1", "life")
    await matched(runtime, hidden, shown)
    needs = await listed(town, ListKind.NEED, hidden_need, need)
    await listed(town, ListKind.NEED, need, visibility="ADMINISTRATORS")
    await listed(town, ListKind.NEED, need, status="DRAFT")
    dark = await listed(town, ListKind.RESOURCE, hidden)
    light = await listed(town, ListKind.RESOURCE, shown)

    public = viewer(runtime)
    assert await coverage(public, [dark.id], ListKind.NEED) == []
    (found,) = await coverage(public, [light.id], ListKind.NEED)
    assert (found.item_list, found.lines, found.covered) == (needs.id, 1, 1)
    assert [each.resource_list for each in await used_by(public, [needs.id], ListKind.NEED)] == [light.id]

    officer = viewer(runtime, HeldRole(Role.COMMITTEE_ADMINISTRATOR, town.path("A")))
    inside = await coverage(officer, [dark.id], ListKind.NEED)
    assert {(each.lines, each.covered) for each in inside} == {(2, 2), (1, 1)}


async def test_the_furthest_covered_lists_come_first(town: Town, runtime: Runtime) -> None:
    await town.publish("A", rule())
    half = await town.need("A1", "life", [{"category": "life"}, {"category": "space"}])
    whole = await town.need("A1", "life")
    project = await town.project("A2", "space")
    haircut, room = await town.resource("A1", "life.haircut"), await town.resource("A2", "space.room")
    await matched(runtime, haircut, room)
    offer = await listed(town, ListKind.RESOURCE, haircut)
    rooms = await listed(town, ListKind.RESOURCE, room)
    halves = await listed(town, ListKind.NEED, half)
    wholes = await listed(town, ListKind.NEED, whole)
    projects = await listed(town, ListKind.PROJECT, project)

    public = viewer(runtime)
    needs = await coverage(public, [offer.id, rooms.id], ListKind.NEED)
    assert [(each.resource_list, each.item_list, each.share) for each in needs] == [
        (offer.id, wholes.id, 1.0),
        (offer.id, halves.id, 0.5),
        (rooms.id, halves.id, 0.5),
    ]
    assert await coverage(public, [offer.id], ListKind.PROJECT) == []
    used = await used_by(public, [projects.id], ListKind.PROJECT)
    assert [(each.resource_list, each.lines, each.covered) for each in used] == [(rooms.id, 1, 1)]


async def test_a_dismissed_match_covers_nothing(town: Town, runtime: Runtime) -> None:
    await town.publish("A", rule())
    need, resource = await town.need("A1", "life"), await town.resource("A1", "life")
    await matched(runtime, resource)
    await listed(town, ListKind.NEED, need)
    offer = await listed(town, ListKind.RESOURCE, resource)
    await Match.all().update(status="DISMISSED")
    assert await coverage(viewer(runtime), [offer.id], ListKind.NEED) == []
