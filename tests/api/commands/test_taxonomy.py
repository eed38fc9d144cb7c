"""Reference data: by upsert, and only by who keeps it."""

from typing import Any

import pytest

from api.commands.party import set_party_seats, upsert_party_kinds
from api.commands.standing import system_viewer
from api.commands.taxonomy import upsert_categories, upsert_target_groups, upsert_units
from api.errors import Duplicate, Forbidden, InvalidInput, Unauthenticated
from api.models import Category, CategoryKin, CategorySynonym, PartyKind, PartySeat, UnitOfMeasure
from api.plan.viewer import Viewer
from tests.api.commands.records import actions
from tests.factories import Town


def system(town: Town) -> Viewer:
    return system_viewer(town.runtime, "test")


def named(code: str, **more: Any) -> dict[str, Any]:
    return {"code": code, "label_zh": code, "label_en": code} | more


async def test_only_who_keeps_the_reference_data_changes_it(town: Town) -> None:
    with pytest.raises(Unauthenticated):
        await upsert_categories(town.anonymous(), [named("x")])
    for change in (upsert_categories, upsert_units, upsert_target_groups, upsert_party_kinds):
        with pytest.raises(Forbidden):
            await change(town.administrator(), [named("x")])


@pytest.mark.parametrize(
    ("row", "path"),
    [
        (named("unknown.child"), ("1", "code")),
        (named("bad code"), ("1", "code")),
        (named("x.") | {}, ("1", "code")),
        (named("x", label_zh=""), ("1", "labelZh")),
        (named("x", kin=["nowhere"]), ("1", "kin", "0")),
        (named("x", synonyms={"zh": ["\n"]}), ("1", "synonyms", "zh", "0")),
        (named("x", synonyms={"zh": ["灯"]}), ("1", "synonyms", "zh", "0")),
    ],
)
async def test_bad_reference_data_is_refused_whole(town: Town, row: dict[str, Any], path: tuple[str, ...]) -> None:
    before = await Category.all().count()
    with pytest.raises((InvalidInput, Duplicate)) as refused:
        await upsert_categories(system(town), [named("light", synonyms={"zh": ["灯"]}), row])
    assert refused.value.path == path
    assert await Category.all().count() == before


async def test_categories_are_added_changed_and_left_alone(town: Town) -> None:
    given = [
        named("light", synonyms={"zh": ["灯", "路灯"], "en": ["lamp"]}, kin=["life.repair"]),
        named("light.lane", kin=[]),
        named("life.repair", label_zh="life.repair", kin=[]),
    ]
    assert await upsert_categories(system(town), given) == 2
    assert (await Category.get(code="light.lane")).parent_code == "light"
    assert await upsert_categories(system(town), given) == 0
    assert len(await actions()) == 2
    assert [(kin.code, kin.kin_code) for kin in await CategoryKin.all()] == [("life.repair", "light")]
    given[0] |= {"label_zh": "照明", "synonyms": {"zh": ["路灯", "灯泡"]}, "kin": []}
    assert await upsert_categories(system(town), given) == 1
    assert (await Category.get(code="light")).label_zh == "照明"
    words = await CategorySynonym.all().order_by("text").values_list("text", flat=True)
    assert sorted(map(str, words)) == ["灯泡", "路灯"]
    assert not await CategoryKin.exists()


async def test_a_word_of_another_category_is_not_taken_from_it(town: Town) -> None:
    await upsert_categories(system(town), [named("light", synonyms={"zh": ["灯"]})])
    with pytest.raises(Duplicate):
        await upsert_categories(system(town), [named("lamp", synonyms={"zh": ["灯"]})])
    assert not await Category.exists(code="lamp")


async def test_units_and_kinds_of_party_are_upserted(town: Town) -> None:
    assert await upsert_units(system(town), [named("PIECE", label_zh="个"), named("BOX")]) == 2
    assert (await UnitOfMeasure.get(code="PIECE")).label_zh == "个"
    assert await upsert_target_groups(system(town), [named("CHILDREN")]) == 1
    kinds = [named("HOSPITAL", family="UNITS"), named("MIXED", family=None)]
    assert await upsert_party_kinds(system(town), kinds) == 2
    with pytest.raises(InvalidInput):
        await upsert_party_kinds(system(town), [named("X", family="SIXTH")])


async def test_a_table_has_the_seats_it_was_given(town: Town) -> None:
    seats = [{"kind": "RESIDENTS_COMMITTEE", "label_zh": "本家"}, {"kind": "PROPERTY_FIRM"}]
    with pytest.raises(Forbidden):
        await set_party_seats(town.administrator("B"), town.id("A"), seats)
    await set_party_seats(town.administrator(), town.id("A"), seats)
    await set_party_seats(town.administrator(), town.id("A"), seats[:1])
    seat = await PartySeat.get()
    kind = await PartyKind.get(code="RESIDENTS_COMMITTEE")
    assert (seat.kind_id, seat.label_zh, seat.family) == (kind.id, "本家", "COMMITTEE")
