"""One changed item is matched alone."""

from datetime import timedelta

import pytest

from api import clock, db
from api.matching import deciding
from api.matching.faults import EngineDisagrees, TooMuchAtOnce
from api.matching.item import rematch_item
from api.models import Match, Need, RequirementLine, Resource
from api.models.choices import ItemKind
from rules.evaluator import Verdict
from rules.workers import WorkerPool
from tests.api.matching.town import Town, pairs, rule


async def match(pool: WorkerPool, *items: Need | Resource) -> None:
    for item in items:
        kind = ItemKind.NEED if isinstance(item, Need) else ItemKind.RESOURCE
        async with db.transaction():
            await rematch_item(pool, kind, item.id)


@pytest.mark.parametrize(
    "change",
    [
        {"status": "CLEARED"},
        {"valid_to": clock.today() - timedelta(days=1)},
        {"valid_from": clock.today() + timedelta(days=1)},
    ],
)
async def test_a_need_that_is_not_open_today_loses_its_matches(
    town: Town, pool: WorkerPool, change: dict[str, object]
) -> None:
    await town.publish("A", rule())
    await town.resource("A1", "life.haircut")
    need = await town.need("A2", "life.haircut")
    await match(pool, need)
    assert len(await pairs()) == 1
    await Need.filter(id=need.id).update(**change)
    await match(pool, need)
    assert await Match.all().count() == 0


async def test_strangers_by_category_place_or_rule_never_match(town: Town, pool: WorkerPool) -> None:
    await town.publish("A", rule())
    need = await town.need("A1", "life.haircut")
    await town.resource("A1", "care.meal")
    await town.resource("B1", "life.haircut")
    await town.resource("FV", "life.haircut", ["FS"])
    await match(pool, need)
    assert await pairs() == set()


async def test_a_resource_is_found_where_it_lies_and_where_it_serves(town: Town, pool: WorkerPool) -> None:
    await town.publish("A", rule())
    need = await town.need("A1", "life.haircut")
    here = await town.resource("A2", "life.haircut")
    serving_above = await town.resource("FV", "life.haircut", ["S"])
    serving_below = await town.resource("FV", "life.haircut", ["A1"])
    own_place_above = await town.resource("D", "life.haircut")
    await match(pool, need)
    expected = {here.id, serving_above.id, serving_below.id, own_place_above.id}
    assert await pairs() == {(need.id, resource) for resource in expected}


async def test_the_same_pairs_are_found_from_the_resource_s_side(town: Town, pool: WorkerPool) -> None:
    await town.publish("A", rule())
    await town.publish("T", rule(), key="city-rules")
    need = await town.need("A1", "life.haircut")
    project = await town.project("B", "life")
    serving = await town.resource("FV", "life.haircut", ["S"])
    await match(pool, serving)
    assert await pairs() == {(need.id, serving.id), (project.id, serving.id)}
    assert await Match.filter(need_id=need.id).count() == 2, "one of each rule set"


async def test_a_kindred_category_matches_and_carries_its_kinship(town: Town, pool: WorkerPool) -> None:
    synonym = rule(prefer=[{
        "when": {"field": "pair.categoryKinship", "op": "=", "value": "SYNONYM"}, "points": 3,
        "because": {"zh": "同义", "en": "synonym"},
    }])  # fmt: skip
    await town.publish("A", synonym)
    need = await town.need("A1", "care.meal")
    await town.resource("A1", "life.repair")
    await town.resource("A1", "care")
    await match(pool, need)
    assert sorted([row.score for row in await Match.all()]) == [10, 13]


async def test_an_adjacent_community_s_resource_is_in_the_scope_of_the_sub_district(
    town: Town, pool: WorkerPool
) -> None:
    adjacent = rule(require={"field": "pair.adjacent", "op": "=", "value": True})
    await town.publish("S", adjacent)
    need = await town.need("A1", "life.haircut")
    neighbour = await town.resource("B1", "life.haircut")
    await town.resource("A1", "life.haircut")
    await match(pool, need)
    assert await pairs() == {(need.id, neighbour.id)}


async def test_a_match_tells_its_reason_in_both_languages(town: Town, pool: WorkerPool) -> None:
    await town.publish("A", rule())
    need = await town.need("A1", "life.haircut")
    await town.resource("A2", "life.haircut", title_zh="上门理发", title_en="Haircuts")
    await town.resource(
        "A2", "life.haircut", title_zh="邻里理发", owner_organisation_id=None, owner_person_id=town.person
    )
    await match(pool, need)
    firm, neighbour = await Match.all().order_by("resource_id")
    assert firm.because_zh == "上门理发由甲公司提供"
    assert firm.because_en == "Haircuts by 甲公司"
    assert neighbour.because_zh == "邻里理发由个人提供"
    assert firm.parts == [{"label": "points", "points": 10}]
    assert [(each["field"], each["expected"], each["actual"], each["holds"]) for each in firm.conditions] == [
        ("pair.sameCommunity", True, True, True),
        ("pair.served", True, False, False),
    ]
    assert firm.community_id == town.places["A"].id
    assert firm.path == town.path("A1")


async def test_matching_again_rewrites_nothing(town: Town, pool: WorkerPool) -> None:
    await town.publish("A", rule())
    need = await town.need("A1", "life.haircut")
    resource = await town.resource("A2", "life.haircut")
    await match(pool, need)
    before = await Match.all().values()
    await match(pool, need, resource)
    assert await Match.all().values() == before


async def test_a_match_that_is_scored_anew_is_a_new_row_and_stays_dismissed(town: Town, pool: WorkerPool) -> None:
    urgent = {"when": {"field": "demand.urgency", "op": "=", "value": "HIGH"}, "points": 5}
    await town.publish("A", rule(prefer=[{**urgent, "because": {"zh": "急", "en": "urgent"}}]))
    need = await town.need("A1", "life.haircut")
    await town.resource("A2", "life.haircut")
    await match(pool, need)
    first = await Match.get()
    await Match.filter(id=first.id).update(status="DISMISSED", status_reason="不合适")
    await Need.filter(id=need.id).update(urgency="HIGH")
    await match(pool, need)
    second = await Match.get()
    assert (first.score, second.score) == (10, 15)
    assert second.id != first.id
    assert (second.status, second.status_reason) == ("DISMISSED", "不合适")


async def test_a_cap_holds_back_the_rest_and_lets_the_next_in(town: Town, pool: WorkerPool) -> None:
    await town.publish("A", rule(caps={"perResource": 1}))
    resource = await town.resource("A1", "life.haircut")
    first, second = await town.need("A1", "life.haircut"), await town.need("A2", "life.haircut")
    await match(pool, second)
    assert await pairs() == {(second.id, resource.id)}
    await match(pool, first)
    assert await pairs() == {(first.id, resource.id)}
    await Need.filter(id=first.id).update(status="WITHDRAWN")
    await match(pool, first)
    assert await pairs() == {(second.id, resource.id)}


async def test_lines_that_are_replaced_give_back_what_they_held_of_a_cap(town: Town, pool: WorkerPool) -> None:
    await town.publish("A", rule(caps={"perResource": 1}))
    resource = await town.resource("A1", "life")
    first, second = await town.need("A1", "life"), await town.need("A2", "life")
    await match(pool, resource)
    assert await pairs() == {(first.id, resource.id)}
    await RequirementLine.filter(need_id=first.id).delete()
    await town.lines({"need_id": first.id}, [{"category": "space"}])
    await match(pool, first)
    assert await pairs() == {(second.id, resource.id)}


async def test_an_answer_that_the_evaluator_refuses_is_never_stored(
    town: Town, pool: WorkerPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    await town.publish("A", rule())
    need = await town.need("A1", "life.haircut")
    await town.resource("A2", "life.haircut")
    await match(pool, need)
    stored = await Match.all().values()
    monkeypatch.setattr(deciding, "evaluate", lambda *_: Verdict(False, True, True, None, ()))
    await Need.filter(id=need.id).update(urgency="HIGH")
    with pytest.raises(EngineDisagrees):
        await match(pool, need)
    assert await Match.all().values() == stored


async def test_an_item_that_touches_too_much_is_left_to_a_job(
    town: Town, pool: WorkerPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    await town.publish("A", rule())
    await town.need("A1", "life.haircut")
    resource = await town.resource("A2", "life.haircut")
    monkeypatch.setattr("api.matching.item.MOST_LINES", 0)
    with pytest.raises(TooMuchAtOnce):
        await match(pool, resource)
    async with db.transaction():
        await rematch_item(pool, ItemKind.RESOURCE, resource.id, at_once=False)
    assert await Match.all().count() == 1
