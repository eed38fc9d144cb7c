"""Events that are forgotten never make a gap: a cursor from before them is refused, every other one misses nothing."""

import random
from datetime import timedelta

import pytest

from api import clock
from api.commands.need import submit_need, update_need
from api.errors import ErrorCode, InvalidInput
from api.feed import pruning
from api.feed.page import changes
from api.feed.position import snapshot
from api.jobs.forgetting import Forgetting
from api.models import Event, PrunedEvents
from api.plan.viewer import Viewer
from api.settings import Settings
from auth.relations import Visibility
from auth.roles import Role
from tests.api.feed.histories import History, small_city
from tests.api.feed.test_copies import copies_of, note, run
from tests.api.feed.test_feed import all_of
from tests.factories import Town


async def test_a_cursor_from_before_what_is_forgotten_is_refused_and_says_to_start_anew(town: Town) -> None:
    person = await town.person()
    owner = town.viewer(Role.RESIDENT, "A1", person=person)
    need = await submit_need(owner, town.need({"person": person}, "A1"))
    _, away = await all_of(town.anonymous())
    # Hidden, and then changed once more: the newest event alone would not tell that it must be dropped.
    await update_need(owner, need, {"visibility": "ADMINISTRATORS"}, 1)
    await update_need(owner, need, {"title": "仍然漏水"}, 2)
    _, present = await all_of(town.anonymous())

    assert await pruning.prune_events(clock.now() + timedelta(minutes=1)) == 2
    with pytest.raises(InvalidInput, match="too old") as refused:
        await changes(town.anonymous(), away, 10, None)
    assert (refused.value.code, refused.value.path) == (ErrorCode.INVALID_INPUT, ("after",))

    await update_need(owner, need, {"visibility": "PUBLIC"}, 3)
    found, _ = await all_of(town.anonymous(), present)
    assert found == {f"Need:{need}": True}
    assert f"Need:{need}" in (await all_of(town.anonymous()))[0]


async def test_what_is_newest_of_an_object_stays_and_positions_go_on(town: Town) -> None:
    person = await town.person()
    owner = town.viewer(Role.RESIDENT, "A1", person=person)
    need = await submit_need(owner, town.need({"person": person}, "A1"))
    await update_need(owner, need, {"title": "仍然漏水"}, 1)
    before = (await snapshot()).high
    late = clock.now() + timedelta(minutes=1)
    await pruning.prune_events(late)
    assert [event.number for event in await Event.filter(object_type="Need", object_id=need)] == [2]
    assert (await snapshot()).high >= before
    assert await pruning.prune_events(late) == 0
    await update_need(owner, need, {"visibility": "ADMINISTRATORS"}, 2)
    newest = await Event.get(object_type="Need", object_id=need, number=3)
    assert newest.before["Need"]["visibility"] == "PUBLIC"


async def test_only_what_is_older_than_the_setting_is_forgotten(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pruning, "AT_ONCE", 2)
    person = await town.person()
    owner = town.viewer(Role.RESIDENT, "A1", person=person)
    now = clock.now()
    with clock.fixed(now - timedelta(days=60)):
        need = await submit_need(owner, town.need({"person": person}, "A1"))
        for version in range(1, 5):
            await update_need(owner, need, {"title": f"漏水 {version}"}, version)
    with clock.fixed(now - timedelta(days=10)):
        await update_need(owner, need, {"title": "漏水"}, 5)
    forgetting = Forgetting(town.runtime.settings.model_copy(update={"event_days": 40}))
    assert await forgetting.when_due() == 5
    assert await PrunedEvents.all().count() == 1
    with clock.fixed(now + timedelta(hours=30)):
        assert await forgetting.when_due() == 0
    assert await Event.filter(object_type="Need", object_id=need).count() == 1


@pytest.mark.parametrize("seed", [1])
async def test_a_copy_is_complete_or_told_to_start_anew_whatever_is_forgotten(database: Settings, seed: int) -> None:
    chance = random.Random(f"pruned {seed}")
    city = await small_city(f"pruned {seed}")
    history, copies = History(city, chance), copies_of(city, chance)
    often = city.items.needs[0]
    tables, anew = await note(copies), 0
    for copy in copies:
        await copy.catch_up(chance)
    for copy, forget in zip(copies * 2, (False, True) * len(copies), strict=True):
        for _ in range(3):
            # One that changes again and again, so that there is something to forget.
            await run(history, lambda: history.change(often, {"visibility": chance.choice(list(Visibility))}))
            await note(copies)
            await run(history, history.step())
            tables = await note(copies)
        if forget:
            await pruning.prune_events(clock.now() + timedelta(minutes=1))
        result = await try_page(copy.viewer(), copy.cursor)
        if not result:
            anew, copy.rows, copy.cursor = anew + 1, {}, None
        await copy.catch_up(chance)
        await copy.check(tables)
    assert anew > 0


async def try_page(viewer: Viewer, cursor: str | None) -> bool:
    try:
        await changes(viewer, cursor, 1, None)
    except InvalidInput:
        return False
    return True
