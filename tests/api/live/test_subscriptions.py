"""Who follows gets what they may see at that moment, and nobody gets anything else."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from api import clock
from api.commands.need import move_need, submit_need, update_need
from api.commands.resource import offer_resource
from api.commands.service_item import create_service_item, pause_service_item
from api.errors import TooSlow
from api.live import hub as hub_module
from api.live.hub import Hub
from api.models import BearerKey, Membership, Organisation
from api.models.choices import OrganisationStatus
from api.plan.viewer import Viewer
from api.state_machines.need import NeedStatus
from auth.roles import Role
from tests.api.http.keys import key_for, member
from tests.api.live.asking import Served
from tests.factories import Town

NEEDS = "subscription ($filter: NeedFilter) { needOpened(filter: $filter) { id title place { name } } }"
SERVICE_ITEMS = "subscription { serviceItemChanged { id status } }"
LONG: dict[str, Any] = {"expires_at": datetime(2099, 1, 1, tzinfo=UTC)}


async def resident(town: Town) -> Viewer:
    return town.viewer(Role.RESIDENT, "A1", person=await town.person())


def need(town: Town, owner: Viewer, **more: Any) -> dict[str, Any]:
    return town.need({"person": owner.principal.person_id or 0}, "A1", **more)


async def test_who_may_not_see_a_need_hears_nothing_of_it(town: Town, served: Served) -> None:
    owner = await resident(town)
    async with served.socket() as socket:
        await socket.subscribe(NEEDS)
        await submit_need(owner, need(town, owner, visibility="ADMINISTRATORS"))
        await submit_need(owner, need(town, owner, title="公开的"))
        assert (await socket.next())["needOpened"]["title"] == "公开的"


async def test_a_role_that_ends_silences_at_the_next_event(town: Town, served: Served) -> None:
    owner, person = await resident(town), await town.person("A1")
    role = await member(town, Role.COMMITTEE_ADMINISTRATOR, "A", person_id=person, valid_from="2020-01-01")
    async with served.socket(await key_for(person=person, **LONG)) as socket:
        await socket.subscribe(NEEDS)
        await submit_need(owner, need(town, owner, title="一", visibility="ADMINISTRATORS"))
        assert (await socket.next())["needOpened"]["title"] == "一"

        await Membership.filter(id=role.id).delete()
        await submit_need(owner, need(town, owner, title="二", visibility="ADMINISTRATORS"))
        assert await socket.silent()


async def test_a_key_that_is_revoked_ends_the_connection(town: Town, served: Served) -> None:
    owner, person = await resident(town), await town.person("A1")
    async with served.socket(await key_for(person=person, **LONG)) as socket:
        await socket.subscribe(NEEDS)
        await BearerKey.filter(person_id=person).update(revoked_at=clock.now())
        await submit_need(owner, need(town, owner))
        assert await socket.closed() == 4403


async def test_filters_are_those_of_the_root_field(town: Town, served: Served) -> None:
    owner = await resident(town)
    async with served.socket() as socket:
        await socket.subscribe(NEEDS, filter={"within": "A2"})
        await socket.subscribe(NEEDS.replace("place {", "x: place {"), "2", filter={"category": "life"})
        await submit_need(owner, need(town, owner, title="修灯"))
        message = await socket.receive()
        assert (message["id"], message["payload"]["data"]["needOpened"]["title"]) == ("2", "修灯")
        assert await socket.silent()


async def test_what_has_just_been_written_is_found_by_its_words(town: Town, served: Served) -> None:
    owner = await resident(town)
    async with served.socket() as socket:
        await socket.subscribe(NEEDS, filter={"search": "电梯 停"})
        await submit_need(owner, need(town, owner, title="电梯太小"))
        await submit_need(owner, need(town, owner, title="电梯停运", visibility="ADMINISTRATORS"))
        key = await submit_need(owner, need(town, owner, title="老停的电梯"))
        assert (await socket.next())["needOpened"]["title"] == "老停的电梯"
        await update_need(owner, key, {"title": "电梯好了"}, 1)
        await move_need(owner, key, NeedStatus.WITHDRAWN, 2, reason="好了")
        await move_need(owner, key, NeedStatus.REQUESTED, 3)
        assert await socket.silent()


async def test_a_filter_that_is_wrong_is_told_at_once(town: Town, served: Served) -> None:
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"within": "nowhere"}, "NOT_FOUND"),
        ({"search": "。"}, "INVALID_INPUT"),
    ]
    for asked, code in wrong:
        async with served.socket() as socket:
            await socket.send(type="subscribe", id="1", payload={"query": NEEDS, "variables": {"filter": asked}})
            message = await socket.receive()
            errors = message["payload"] if message["type"] == "error" else message["payload"]["errors"]
            assert errors[0]["extensions"]["code"] == code


async def test_opening_again_counts_and_editing_does_not(town: Town, served: Served) -> None:
    owner = await resident(town)
    async with served.socket() as socket:
        await socket.subscribe(NEEDS)
        key = await submit_need(owner, need(town, owner))
        await socket.next()
        await update_need(owner, key, {"title": "改了"}, 1)
        await move_need(owner, key, NeedStatus.WITHDRAWN, 2, reason="好了")
        await move_need(owner, key, NeedStatus.REQUESTED, 3)
        assert (await socket.next())["needOpened"] == {
            "id": f"Need:{key}",
            "title": "改了",
            "place": {"name": "柳岸华都"},
        }


async def test_service_items_are_told_whenever_they_change(town: Town, served: Served) -> None:
    firm = await town.organisation(kind="PROPERTY_FIRM")
    clerk = town.viewer(Role.UNIT_REPRESENTATIVE, "A", organisation=firm)
    values = {"organisation": firm, "title": "理发", "category": "life.haircut", "place": town.id("A")}
    async with served.events(SERVICE_ITEMS) as events:
        assert events.answer.headers["content-type"].startswith("text/event-stream")
        key = await create_service_item(clerk, values)
        await pause_service_item(clerk, key, 1)
        found = [(await events.next())[1]["data"]["serviceItemChanged"]["status"] for _ in range(2)]
        assert found[-1] == "PAUSED"


async def test_a_program_follows_with_its_key_until_its_organisation_is_suspended(town: Town, served: Served) -> None:
    firm = await town.organisation(kind="PROPERTY_FIRM")
    clerk = town.viewer(Role.UNIT_REPRESENTATIVE, "A", organisation=firm)
    values = {"organisation": firm, "title": "理发", "category": "life.haircut", "place": town.id("A")}
    header = await key_for(organisation=firm, scopes=["serviceItem:read"], **LONG)
    async with served.events(SERVICE_ITEMS, header) as events:
        key = await create_service_item(clerk, values)
        assert (await events.next())[1]["data"]["serviceItemChanged"]["id"] == f"ServiceItem:{key}"

        await Organisation.filter(id=firm).update(status=OrganisationStatus.SUSPENDED)
        await pause_service_item(clerk, key, 1)
        name, payload = await events.next()
        assert (name, payload["errors"][0]["extensions"]["code"]) == ("next", "UNAUTHENTICATED")
        assert await events.next() == ("complete", None)


async def test_matches_are_told_when_they_are_suggested(town: Town, served: Served) -> None:
    from tests.api.feed.test_feed import _rules

    owner, shop = await resident(town), await town.organisation()
    clerk = town.viewer(Role.UNIT_REPRESENTATIVE, "A", organisation=shop)
    await _rules(town, town.administrator())
    key = await submit_need(owner, need(town, owner))
    async with served.socket() as socket:
        await socket.subscribe("subscription { matchSuggested { score need { id } resource { id } } }")
        resource = await offer_resource(clerk, town.need({"organisation": shop}, "A"))
        assert (await socket.next())["matchSuggested"] == {
            "score": 10, "need": {"id": f"Need:{key}"}, "resource": {"id": f"Resource:{resource}"},
        }  # fmt: skip


async def test_who_does_not_take_what_is_sent_is_ended(town: Town) -> None:
    hub, owner = Hub(), await resident(town)
    async with hub.running(town.runtime.settings):
        with hub.subscribed("Need") as slow, hub.subscribed("Need") as quick:
            taken = asyncio.create_task(_take(quick))
            for _ in range(hub_module.MOST_WAITING + 1):
                slow.offer(hub_module.News("Need", {1: frozenset()}))
            await submit_need(owner, need(town, owner))
            assert await taken == 1
            with pytest.raises(TooSlow):
                await _take(slow)


async def test_a_socket_that_is_too_slow_is_closed_with_4413(town: Town, served: Served) -> None:
    async with served.socket() as socket:
        await socket.subscribe(NEEDS)
        (subscriber,) = served.hub._subscribers
        for _ in range(hub_module.MOST_WAITING + 1):
            subscriber.offer(hub_module.News("Need", {1: frozenset({"need.submit"})}))
        assert await socket.closed() == 4413


async def test_a_stream_that_is_too_slow_ends_with_an_event_that_says_so(town: Town, served: Served) -> None:
    async with served.events(NEEDS) as events:
        # The first comment says that news is followed.
        assert await anext(events.lines) == ":"
        (subscriber,) = served.hub._subscribers
        for _ in range(hub_module.MOST_WAITING + 1):
            subscriber.offer(hub_module.News("Need", {1: frozenset({"need.submit"})}))
        name, payload = await events.next()
        assert (name, payload["errors"][0]["extensions"]["code"]) == ("next", "TOO_SLOW")
        assert await events.next() == ("complete", None)


async def _take(subscriber: hub_module.Subscriber) -> int:
    async for news in subscriber.news():
        return len(news.kinds)
    return 0
