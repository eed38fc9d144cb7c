"""Equal subscribers are told what was read once; whoever differs in anything is told what they alone may see."""

import asyncio
import json
from contextlib import AsyncExitStack
from typing import Any

import pytest
from strawberry.http import GraphQLRequestData

from api import clock
from api.commands.need import submit_need
from api.http.documents import Documents
from api.http.telling import Question
from api.live import sharing
from api.live.following import Followed
from api.live.sharing import Shared
from api.models import BearerKey, Place, PolicyOverlay, PolicyVersion
from api.plan.viewer import Viewer
from auth.roles import Role
from tests.api.http.keys import key_for, member
from tests.api.live.asking import Events, Served, Socket, until
from tests.api.live.test_subscriptions import LONG, NEEDS, need, resident
from tests.api.reading import counted, level_by_level, schema
from tests.factories import Town

PLAIN = "subscription { needOpened { title place { name } category { label } } }"


@pytest.fixture
def executed(monkeypatch: pytest.MonkeyPatch) -> list[Viewer]:
    """Return a list that fills with those for whom news is read."""
    found: list[Viewer] = []
    told = Question.told

    async def noted(self: Question, followed: Followed, viewer: Viewer, about: list[int]) -> Any:
        found.append(viewer)
        return await told(self, followed, viewer, about)

    monkeypatch.setattr(Question, "told", noted)
    return found


async def neighbour(town: Town, household: int) -> tuple[int, dict[str, str]]:
    """Return a resident of a household, with a key."""
    person = await town.person(household_id=household)
    await member(town, person_id=person, valid_from="2020-01-01")
    return person, await key_for(person=person, **LONG)


async def place_told(socket: Socket) -> Any:
    return (await socket.next())["needOpened"]["place"]["name"]


async def test_two_of_equal_roles_and_other_households_are_told_apart(
    town: Town, served: Served, executed: list[Viewer]
) -> None:
    ours, theirs = await town.household(), await town.household()
    person, our_key = await neighbour(town, ours)
    _, their_key = await neighbour(town, theirs)
    owner = town.viewer(Role.RESIDENT, "A1", person=person, household=ours)
    async with served.socket(our_key) as us, served.socket(their_key) as them:
        await us.subscribe(NEEDS)
        await them.subscribe(NEEDS)
        values = town.need({"household": ours})
        await submit_need(owner, values | {"title": "只给管理员", "visibility": "ADMINISTRATORS"})
        assert (await us.next())["needOpened"]["title"] == "只给管理员"
        await submit_need(owner, values | {"title": "大家的", "visibility": "PUBLIC"})
        # And what stands in a masked field is each one's own: the building, and for others the estate.
        assert await place_told(us) == "2号楼"
        assert await place_told(them) == "柳岸华都"
    assert len(executed) == 4


async def test_other_languages_and_other_variables_are_told_apart(
    town: Town, served: Served, executed: list[Viewer]
) -> None:
    owner = await resident(town)
    await Place.filter(id=town.id("A1")).update(name_en="Willow Bank")
    async with (
        served.socket({"Accept-Language": "zh"}) as chinese,
        served.socket({"Accept-Language": "en"}) as english,
        served.socket({"Accept-Language": "zh"}) as elsewhere,
    ):
        await chinese.subscribe(NEEDS)
        await chinese.subscribe(NEEDS, "2", filter={"within": "A1"})
        await english.subscribe(NEEDS)
        await elsewhere.subscribe(NEEDS, filter={"within": "A2"})
        await submit_need(owner, need(town, owner))
        assert [await place_told(chinese) for _ in range(2)] == ["柳岸华都"] * 2
        assert await place_told(english) == "Willow Bank"
        assert await elsewhere.silent()
    assert len(executed) == 4


async def test_keys_of_one_organisation_with_other_scopes_are_told_apart(town: Town, served: Served) -> None:
    firm, owner = await town.organisation(), await resident(town)
    reads = await key_for(organisation=firm, scopes=["need:read", "place:read"], **LONG)
    other = await key_for(organisation=firm, scopes=["resource:read"], **LONG)
    async with served.socket(reads) as may, served.socket(other) as may_not:
        await may.subscribe("subscription { needOpened { title } }")
        await may_not.subscribe("subscription { needOpened { title } }")
        await submit_need(owner, need(town, owner, title="灯"))
        assert (await may.next())["needOpened"]["title"] == "灯"
        assert await may_not.silent()


async def test_a_key_that_is_revoked_leaves_its_equals_at_the_next_news(town: Town, served: Served) -> None:
    owner, person = await resident(town), await town.person("A1")
    kept, lost = await key_for(person=person, **LONG), await key_for(person=person, **LONG)
    async with served.socket(kept) as stays, served.socket(lost) as goes:
        await stays.subscribe(NEEDS)
        await goes.subscribe(NEEDS)
        await submit_need(owner, need(town, owner, title="一"))
        assert (await stays.next()) == (await goes.next())
        last = await BearerKey.filter(person_id=person).order_by("-id").first()
        assert last is not None
        await BearerKey.filter(id=last.id).update(revoked_at=clock.now())
        await submit_need(owner, need(town, owner, title="二"))
        assert (await stays.next())["needOpened"]["title"] == "二"
        assert await goes.closed() == 4403


async def test_a_changed_policy_is_in_force_at_the_next_news(town: Town, served: Served) -> None:
    owner = await resident(town)
    async with served.socket() as socket, served.socket() as equal:
        await socket.subscribe(NEEDS)
        await equal.subscribe(NEEDS)
        await submit_need(owner, need(town, owner, title="一"))
        assert (await socket.next()) == (await equal.next())
        await PolicyOverlay.create(
            rule_id="X001", role="ANONYMOUS", object="Need", action="read", relation="any", effect="deny"
        )
        await PolicyVersion.create(number=1)
        await submit_need(owner, need(town, owner, title="二"))
        assert await socket.silent()
        assert await equal.silent()


async def test_equal_subscribers_of_both_protocols_share_one_reading(
    town: Town, served: Served, executed: list[Viewer]
) -> None:
    """What it takes does not depend on how many they are."""
    owner, taken = await resident(town), []
    for many in (1, 8):
        async with AsyncExitStack() as stack:
            sockets = [await stack.enter_async_context(served.socket()) for _ in range(many)]
            streams: list[Events] = []
            for at, socket in enumerate(sockets):
                await socket.subscribe(PLAIN, f"我的 {at}")
            for _ in range(many):
                before = served.hub.followed
                streams.append(await stack.enter_async_context(served.events(PLAIN)))
                await until(lambda before=before: served.hub.followed > before)  # type: ignore[misc]  # bound at once
            executed.clear()
            with counted() as statements:
                await submit_need(owner, need(town, owner, title="灯"))
                messages = [await socket.receive() for socket in sockets]
                events = [await stream.next() for stream in streams]
            assert [message["id"] for message in messages] == [f"我的 {at}" for at in range(many)]
            payloads = [message["payload"] for message in messages] + [payload for _, payload in events]
            assert all(payload == payloads[0] for payload in payloads)
            assert payloads[0]["data"]["needOpened"]["title"] == "灯"
            assert len(executed) == 1
            taken.append(len(statements))
    assert taken[0] == taken[1]


async def test_who_goes_away_takes_nothing_from_those_who_wait_with_them() -> None:
    shared, door = Shared(), asyncio.Event()

    async def slowly() -> str:
        await door.wait()
        return "done"

    first = asyncio.create_task(shared.once("key", slowly))
    second = asyncio.create_task(shared.once("key", slowly))
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.wait((first,))
    door.set()
    assert await second == "done"
    assert shared.done == 1


async def test_what_failed_is_done_anew_and_what_is_old_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sharing, "KEPT", 0.05)
    shared, done = Shared(), []

    async def once() -> int:
        done.append(1)
        if len(done) == 1:
            raise ValueError("the first time")
        return len(done)

    with pytest.raises(ValueError, match="the first"):
        await shared.once("key", once)
    assert [await shared.once("key", once) for _ in range(3)] == [2, 2, 2]
    await until(lambda: shared.kept == 0)
    assert await shared.once("key", once) == 3


WAYS = """subscription ($deep: Boolean!) { news: needOpened { ...F ... @include(if: $deep) { place { id name } } } }
fragment F on Need { __typename key: id title category { label } }"""


async def test_what_is_told_without_the_executor_is_what_the_executor_tells(town: Town) -> None:
    owner, viewer = await resident(town), town.anonymous()
    keys = [await submit_need(owner, need(town, owner, title=title)) for title in ("一", "二")]
    for deep in (True, False):
        asked = GraphQLRequestData(query=WAYS, variables={"deep": deep}, operation_name=None, extensions=None)
        question = Question(schema(), Documents(schema(), production=False), asked, production=False)
        followed, wrong = await question.begun(viewer)
        assert followed is not None
        assert wrong == []
        whole = await question.told(followed, viewer, keys)
        with level_by_level():
            walked = await question.told(followed, viewer, keys)
        assert [told.payload for told in whole] == [told.payload for told in walked]
        assert ("place" in whole[0].payload) is deep
        assert [json.loads(told.payload)["data"]["news"]["title"] for told in whole] == ["一", "二"]
