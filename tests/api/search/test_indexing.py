"""Texts are found as soon as the change that brought them is committed, and no longer than they stand."""

import asyncio
import contextvars
from typing import Any

import pytest

from api import db
from api.commands import need as needs
from api.commands import service_item as services
from api.models import Need, Organisation, SearchText
from api.plan.registry import source_named
from api.plan.source import Column, Kind
from api.plan.viewer import Viewer
from api.search import indexing
from api.search.indexing import SEARCHED, columns, index, index_all
from auth.principal import ANONYMOUS
from auth.roles import Role
from tests.api.reading import SYSTEM, answer
from tests.factories import Town


async def titles(root: str, words: str, caller: Any = SYSTEM, title: str = "titleZh") -> list[str]:
    text = f"query ($w: String) {{ p: {root}(first: 50, filter: {{search: $w}}) {{ nodes {{ {title} }} }} }}"
    return [node[title] for node in (await answer(text, caller, w=words))["p"]["nodes"]]


async def submitted(town: Town, title: str, **values: Any) -> int:
    return (await submitted_by(town, title, **values))[1]


async def submitted_by(town: Town, title: str, **values: Any) -> tuple[Viewer, int]:
    me = await town.person()
    viewer = town.viewer(Role.RESIDENT, "A", person=me)
    return viewer, await needs.submit_need(viewer, town.need({"person": me}) | {"title": title} | values)


async def cut_in_another_way(town: Town) -> tuple[Viewer, int]:
    """Return a lift's need that indexing all has to cut anew, and whose it is."""
    viewer, key = await submitted_by(town, "修电梯")
    await SearchText.all().update(made_of="another edition")
    return viewer, key


@pytest.mark.parametrize("name", SEARCHED)
def test_only_what_everybody_sees_who_sees_the_row_is_searched(name: str) -> None:
    for each in (*columns(name)["title"], *columns(name)["text"]):
        assert each.permission is None
        assert each.mask is None
        assert each.kind in (Kind.TEXT, Kind.JSON)


def test_a_masked_field_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    contact = source_named("Contact:person")
    masked = next(name for name, each in contact.fields.items() if isinstance(each, Column) and each.mask)
    monkeypatch.setattr(indexing, "SEARCHED", {"Contact:person": indexing.Searched((masked,))})
    columns.cache_clear()
    with pytest.raises(ValueError, match="not for everybody"):
        columns("Contact:person")
    columns.cache_clear()


async def test_a_need_is_found_by_its_title_and_text_once_it_is_submitted(town: Town) -> None:
    await submitted(town, "三号楼电梯停运", text="老人下不了楼", title_en="The lift stands still")
    for words in ("电梯", "梯", "停运电梯", "老人", "LIFT", "still 三号楼"):
        assert await titles("needs", words) == ["三号楼电梯停运"], words
    for words in ("理发", "电梯 理发", "ift"):
        assert await titles("needs", words) == [], words


async def test_a_title_without_any_word_is_no_hindrance(town: Town) -> None:
    await submitted(town, "😀!!", text="\U0001f6d7")
    assert (await SearchText.get()).title == "  "
    assert await titles("needs", "电梯") == []


async def test_a_refused_need_leaves_nothing_to_find(town: Town) -> None:
    with pytest.raises(Exception, match="INVALID_INPUT"):
        await submitted(town, "电梯" * 101)
    assert not await SearchText.exists()


async def test_a_changed_need_is_found_by_its_new_text_alone(town: Town) -> None:
    me = await town.person()
    viewer = town.viewer(Role.RESIDENT, "A", person=me)
    key = await needs.submit_need(viewer, town.need({"person": me}) | {"title": "修电梯"})
    await needs.update_need(viewer, key, {"title": "修水管"}, 1)
    assert await titles("needs", "电梯") == []
    assert await titles("needs", "水管") == ["修水管"]


async def test_who_may_not_see_a_need_does_not_find_it(town: Town) -> None:
    await submitted(town, "家里的事", visibility="ADMINISTRATORS")
    assert await titles("needs", "家里") == ["家里的事"]
    assert await titles("needs", "家里", ANONYMOUS) == []


async def test_a_need_that_is_hidden_later_is_neither_found_nor_counted_nor_in_the_order(town: Town) -> None:
    me = await town.person()
    viewer = town.viewer(Role.RESIDENT, "A", person=me)
    keys = [await needs.submit_need(viewer, town.need({"person": me}) | {"title": "修电梯"}) for _ in range(3)]
    text = """{ p: needs(first: 9, filter: {search: "电梯"}, orderBy: RELEVANCE)
        { totalCount edges { cursor node { id } } pageInfo { hasNextPage } } }"""
    before = (await answer(text, ANONYMOUS))["p"]
    await needs.update_need(viewer, keys[1], {"visibility": "ADMINISTRATORS"}, 1)
    after = (await answer(text, ANONYMOUS))["p"]
    assert (before["totalCount"], after["totalCount"]) == (3, 2)
    assert after["edges"] == [before["edges"][0], before["edges"][2]]


async def test_a_service_item_is_found_by_what_its_resource_says(town: Town) -> None:
    firm = await town.organisation(kind="PROPERTY_FIRM")
    clerk = town.viewer(Role.PROPERTY_CLERK, "A", organisation=firm)
    values = {"organisation": firm, "title": "管道疏通", "category": "life.repair", "place": town.places["A"].id}
    key = await services.create_service_item(clerk, values | {"standard": "四十分钟到场"})
    assert await titles("serviceItems", "疏通 到场") == ["管道疏通"]
    await services.update_service_item(clerk, key, {"title": "水电维修"}, 1)
    assert await titles("serviceItems", "疏通") == []
    assert await titles("serviceItems", "水电") == await titles("resources", "水电") == ["水电维修"]


async def test_rows_that_came_by_another_way_are_found_once_they_are_indexed(town: Town) -> None:
    await town.organisation()
    assert await titles("places", "世纪花园", title="nameZh") == []
    assert await index_all(missing_alone=True) > 0
    assert await index_all() == 0
    assert await titles("places", "世纪", title="nameZh") == ["世纪花园"]
    assert await titles("places", "柳", title="nameZh") == ["柳园社区", "柳岸华都"]


async def test_what_is_gone_or_cut_in_another_way_is_set_right_by_indexing_all(town: Town) -> None:
    key = await submitted(town, "修电梯")
    await Organisation.all().delete()
    await SearchText.filter(id=key).update(made_of="another edition")
    await SearchText.create(id=1, title="", words="", pieces="x", made_of="of a row that is gone")
    await index_all()
    assert await SearchText.get_or_none(id=1) is None
    assert (await SearchText.get(id=key)).made_of != "another edition"
    async with db.transaction():
        await Need.filter(id=key).update(title_zh="修水管")
        assert await index({"Need": [key, key]}) == 1
        assert await index({"Need": [key]}) == 0
    assert await titles("needs", "水管") == ["修水管"]


async def test_a_change_while_all_is_indexed_is_not_written_over(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    viewer, key = await cut_in_another_way(town)
    outside = contextvars.copy_context()
    meanwhile: list[asyncio.Task[Any]] = []
    read = indexing._texts

    async def read_slowly(name: str, keys: list[int]) -> Any:
        found = await read(name, keys)
        if not meanwhile:
            change = needs.update_need(viewer, key, {"title": "修水管"}, 1)
            meanwhile.append(asyncio.create_task(change, context=outside))
            await asyncio.sleep(0.2)
        return found

    monkeypatch.setattr(indexing, "_texts", read_slowly)
    assert await index_all() > 0
    await meanwhile[0]
    assert await titles("needs", "电梯") == []
    assert await titles("needs", "水管") == ["修水管"]


async def test_indexing_all_and_a_change_that_is_half_done_never_hold_what_the_other_waits_for(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    viewer, key = await cut_in_another_way(town)
    outside = contextvars.copy_context()
    beside: list[asyncio.Task[int]] = []
    read = indexing._texts

    async def read_after_a_while(name: str, keys: list[int]) -> Any:
        if not beside:
            beside.append(asyncio.create_task(index_all(), context=outside))
            await asyncio.sleep(0.2)
        return await read(name, keys)

    monkeypatch.setattr(indexing, "_texts", read_after_a_while)
    await needs.update_need(viewer, key, {"title": "修水管"}, 1)
    await beside[0]
    assert await titles("needs", "水管") == ["修水管"]


async def test_the_index_holds_no_more_than_the_rows_say(town: Town) -> None:
    """SQLite's index has no text of its own: it must forget what a row said before."""
    for title in ("修电梯", "修水管", "装路灯"):
        await submitted(town, title)
    await SearchText.all().delete()
    assert await titles("needs", "电梯") == []
    if db.dialect() == "sqlite":
        await db.connection().execute_query("INSERT INTO search_index (search_index) VALUES ('integrity-check')")
