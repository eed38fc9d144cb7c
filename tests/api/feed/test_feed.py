"""The feed's refusals, its cursors, what commands tell, and what it costs."""

import dataclasses
import json
from typing import Any

import pytest

from api import db
from api.commands.item_list import publish_list
from api.commands.item_list_moves import withdraw_list
from api.commands.need import move_need, submit_need, update_need
from api.commands.organisation import update_organisation
from api.commands.resource import offer_resource
from api.commands.rule import publish_version, save_draft
from api.commands.service_item import create_service_item, pause_service_item, update_service_item
from api.errors import InvalidInput, LimitExceeded
from api.feed.cursor import Cursor
from api.feed.page import ChangePage, changes
from api.models import Event, Match, Need, Organisation, Resource, RuleVersion, ServiceItem
from api.models.choices import ListKind
from api.plan.viewer import Viewer
from api.state_machines.need import NeedStatus
from auth.roles import Role
from tests.api.matching.town import rule
from tests.api.reading import counted
from tests.factories import Town


async def all_of(viewer: Viewer, after: str | None = None, first: int = 100) -> tuple[dict[str, bool], str]:
    """Return what changed since, by identifier: whether it is there; and where to go on."""
    found: dict[str, bool] = {}
    while True:
        page: ChangePage = await changes(viewer, after, first, None)
        found |= {f"{each.key[0]}:{each.key[1]}": each.row is not None for each in page.changes}
        after = page.cursor
        if not page.more:
            return found, after


async def test_somebody_elses_cursor_is_refused(town: Town) -> None:
    administrator, resident = town.administrator(), town.viewer(Role.RESIDENT, "A1", person=await town.person())
    _, cursor = await all_of(administrator)

    for viewer in (town.anonymous(), resident):
        with pytest.raises(InvalidInput):
            await changes(viewer, cursor, 10, None)


@pytest.mark.parametrize(
    "change", [str.lower, lambda text: text[:-9], lambda _: "", lambda _: "k1:AAAA", lambda t: t * 99]
)
async def test_a_cursor_that_nobody_was_given_is_refused(town: Town, change: Any) -> None:
    _, cursor = await all_of(town.anonymous())

    with pytest.raises(InvalidInput) as refused:
        await changes(town.anonymous(), change(cursor), 10, None)
    assert refused.value.path == ("after",)


async def test_a_cursor_of_a_database_that_was_restored_is_refused(town: Town) -> None:
    owner = town.viewer(Role.RESIDENT, "A1", person=await town.person())
    _, cursor = await all_of(town.anonymous())
    ahead = dataclasses.replace(Cursor.opened(cursor, "anonymous"), position=2**60).sealed()
    await submit_need(owner, _need(town, owner))

    with pytest.raises(InvalidInput, match="restored"):
        await changes(town.anonymous(), ahead, 10, None)


@pytest.mark.parametrize("first", [0, -1, 101])
async def test_a_page_has_one_to_a_hundred_changes(town: Town, first: int) -> None:
    with pytest.raises(LimitExceeded):
        await changes(town.anonymous(), None, first, None)


async def test_nobody_learns_of_what_they_could_never_see(town: Town) -> None:
    owner = town.viewer(Role.RESIDENT, "A1", person=await town.person())
    _, cursor = await all_of(town.anonymous())
    private = await submit_need(owner, _need(town, owner, visibility="ADMINISTRATORS"))
    await move_need(owner, private, NeedStatus.WITHDRAWN, 1, reason="不需要了")

    found, _ = await all_of(town.anonymous(), cursor)
    assert found == {}


async def test_what_is_hidden_is_a_tombstone_and_comes_again(town: Town) -> None:
    person = await town.person()
    owner = town.viewer(Role.RESIDENT, "A1", person=person)
    need = f"Need:{await submit_need(owner, _need(town, owner))}"
    key = int(need.partition(":")[2])
    found, cursor = await all_of(town.anonymous())
    assert found[need]

    await update_need(owner, key, {"visibility": "ADMINISTRATORS"}, 1)
    hidden, cursor = await all_of(town.anonymous(), cursor)
    await update_need(owner, key, {"visibility": "PUBLIC"}, 2)
    shown, _ = await all_of(town.anonymous(), cursor)

    assert (hidden, shown) == ({need: False}, {need: True})


async def test_an_event_holds_no_words_of_the_row(town: Town) -> None:
    owner = town.viewer(Role.RESIDENT, "A1", person=await town.person())
    await submit_need(owner, _need(town, owner, title="张大爷家漏水", text="张大爷 13812345678"))

    (event,) = await Event.filter(object_type="Need")
    assert set(event.after["Need"]) <= {"path", "owner_person", "owner_household", "owner_organisation", "visibility"}
    assert "张" not in str(event.after)


async def test_commands_tell_of_every_row_that_they_change(town: Town) -> None:
    shop = await town.organisation()
    administrator = town.administrator()
    clerk = town.viewer(Role.UNIT_REPRESENTATIVE, "A", organisation=shop)
    manager = town.viewer(Role.SUBDISTRICT_OFFICER, "S")
    item = await create_service_item(clerk, _service(town, shop))
    resource = await offer_resource(clerk, town.need({"organisation": shop}, "A"))
    service = await ServiceItem.get(id=item)
    found, cursor = await all_of(administrator)
    assert {f"ServiceItem:{item}", f"Resource:{service.resource_id}", f"Resource:{resource}"} <= set(found)

    await update_service_item(clerk, item, {"title": "理发(上门)"}, 1)
    found, cursor = await all_of(administrator, cursor)
    assert found == {f"ServiceItem:{item}": True, f"Resource:{service.resource_id}": True}

    await pause_service_item(clerk, item, 2)
    found, cursor = await all_of(administrator, cursor)
    assert found == {f"ServiceItem:{item}": True, f"Resource:{service.resource_id}": True}

    row = await Organisation.get(id=shop)
    await update_organisation(manager, shop, {"kind": "PROPERTY_FIRM"}, row.version)
    found, cursor = await all_of(administrator, cursor)
    assert found == {
        f"Organisation:{shop}": True,
        f"Resource:{resource}": True,
        f"Resource:{service.resource_id}": True,
    }

    content = {"title": "一季度清单", "place": town.id("A"), "owner": {"organisation": shop}, "items": [resource]}
    published = await publish_list(clerk, ListKind.RESOURCE, values=content)
    await withdraw_list(clerk, ListKind.RESOURCE, published, "写错了", 2)
    found, _ = await all_of(administrator, cursor)
    assert found == {f"ResourceList:{published}": True}


async def test_matches_are_told_as_they_come_and_go(town: Town) -> None:
    administrator = town.administrator()
    shop, person = await town.organisation(), await town.person()
    clerk = town.viewer(Role.UNIT_REPRESENTATIVE, "A", organisation=shop)
    owner = town.viewer(Role.RESIDENT, "A1", person=person)
    await _rules(town, administrator)
    _, cursor = await all_of(town.anonymous())

    need = await submit_need(owner, _need(town, owner))
    resource = await offer_resource(clerk, town.need({"organisation": shop}, "A"))
    (match,) = await Match.all()
    found, cursor = await all_of(town.anonymous(), cursor)
    assert found == {f"Need:{need}": True, f"Resource:{resource}": True, f"Match:{match.id}": True}

    await update_need(owner, need, {"lines": [{"category": "life.haircut"}]}, 1)
    found, cursor = await all_of(town.anonymous(), cursor)
    assert found == {f"Need:{need}": True, f"Match:{match.id}": False}

    await update_need(owner, need, {"lines": [{"category": "life.repair"}]}, 2)
    (again,) = await Match.all()
    _, cursor = await all_of(town.anonymous(), cursor)
    await update_need(owner, need, {"visibility": "ADMINISTRATORS"}, 3)
    assert await Match.filter(id=again.id).exists()
    found, _ = await all_of(town.anonymous(), cursor)
    assert found == {f"Need:{need}": False, f"Match:{again.id}": False}


async def test_a_version_that_is_superseded_is_told(town: Town) -> None:
    administrator = town.administrator()
    await _rules(town, administrator)
    (first,) = await RuleVersion.all()
    _, cursor = await all_of(administrator)

    await _rules(town, administrator, rule_set=first.rule_set_id, saved=1)
    found, _ = await all_of(administrator, cursor)
    assert len(found) == 2
    assert found[f"RuleVersion:{first.id}"]


async def test_nothing_that_was_rolled_back_is_told(town: Town) -> None:
    person = await town.person()
    owner = town.viewer(Role.RESIDENT, "A1", person=person)
    _, cursor = await all_of(town.anonymous())

    async def fail() -> None:
        async with db.transaction():
            await submit_need(owner, _need(town, owner))
            raise RuntimeError("the outer unit of work fails")

    with pytest.raises(RuntimeError):
        await fail()

    assert (await all_of(town.anonymous(), cursor))[0] == {}
    assert not await Need.exists()
    assert not await Event.exists()


async def test_a_page_costs_the_same_for_ten_changes_as_for_a_hundred(town: Town) -> None:
    shop = await town.organisation()
    clerk = town.viewer(Role.UNIT_REPRESENTATIVE, "A", organisation=shop)
    _, cursor = await all_of(clerk)
    for _ in range(60):
        await offer_resource(clerk, town.need({"organisation": shop}, "A"))
    assert await Resource.all().count() == 60

    costs = []
    for first in (3, 60):
        with counted() as statements:
            page = await changes(clerk, cursor, first, None)
        assert len(page.changes) == first
        costs.append(len(statements))
    assert costs[0] == costs[1] <= 6


def _need(town: Town, owner: Viewer, **more: Any) -> dict[str, Any]:
    return town.need({"person": owner.principal.person_id or 0}, "A1", **more)


def _service(town: Town, organisation: int) -> dict[str, Any]:
    return {"organisation": organisation, "title": "理发", "category": "life.haircut", "place": town.id("A")}


async def _rules(town: Town, administrator: Viewer, rule_set: int | None = None, saved: int = 0) -> None:
    """Publish a rule that matches whatever is of one category in one community."""
    document = {
        "format": 1, "kind": "match", "id": "near", "title": {"zh": "就近", "en": "Near"},
        "rules": [rule(points=10 + saved)],
    }  # fmt: skip
    place = town.id("A") if rule_set is None else None
    key = await save_draft(administrator, rule_set, place, json.dumps(document), saved)
    await publish_version(administrator, key, saved + 1)
