"""Searching under row filters, in both orders, against the naive answer over all rows."""

import random
from itertools import pairwise
from typing import Any

import pytest

from api.errors import InvalidInput, LimitExceeded
from api.models import ItemList, Need, Organisation, Place, Project, Resource
from api.search.cutting import asked_words
from api.search.indexing import index_all
from auth.principal import ANONYMOUS, Principal
from auth.roles import Role
from tests.api.callers import single
from tests.api.conftest import City
from tests.api.plan.oracle import all_rows
from tests.api.queries.naive import Naive, folded, stands_in
from tests.api.reading import LISTS, SYSTEM, answer, ask, authoriser, counted, level_by_level

INPUTS = {"Need": "NeedFilter", "Resource": "ResourceFilter", "Project": "ProjectFilter",
          "ServiceItem": "ServiceItemFilter", "NeedList": "ListFilter", "ResourceList": "ListFilter",
          "ProjectList": "ListFilter", "Organisation": "OrganisationFilter"}  # fmt: skip
PARTS = ("电梯", "电梯间", "水电", "自来水", "电话", "理发店", "上门理发", "老人", "大会", "世纪花园", "3号楼", "停运",
         "维修", "Lift", "lifts", "haircut", "repair at home", "WiFi", "的", "和")  # fmt: skip
ASKED = ("电梯", "梯", "水电", "理发", "人大", "老人大会", "维修电梯", "世纪花园 电梯", "花园", "3号楼", "3", "lift",
         "LIFT 电梯", "hair", "wifi", "上门理发", "停运的电梯", "repair", "ome", "没有的字")  # fmt: skip


@pytest.fixture(autouse=True)
async def texts(city: City) -> None:
    """Give every row a text of its own, made of parts that run into one another."""
    chance = random.Random("texts")
    for model in (Need, Resource, Project, ItemList, Organisation, Place):
        stem = "name" if model in (Organisation, Place) else "title"
        rows: list[Any] = await model.all()
        for row in rows:
            setattr(row, f"{stem}_zh", "".join(chance.sample(PARTS, 2)))
            setattr(row, f"{stem}_en", chance.choice((None, " ".join(chance.sample(PARTS, 2)))))
            if hasattr(row, "text_zh"):
                row.text_zh = chance.choice((None, ",".join(chance.sample(PARTS, 3))))
        await model.bulk_update(
            rows, [name for name in (f"{stem}_zh", f"{stem}_en", "text_zh") if hasattr(rows[0], name)]
        )
    await index_all()


def points(naive: Naive, name: str, row: Any, asked: str) -> int:
    """Return what the order is said to be by, without whole words: one for having a word, two for the title."""
    whole = folded("\n".join(naive.texts(name, row)))
    stems = [text for text in naive.texts(name, row) if text not in (naive.offer(name, row).get("text_zh"),)]
    title = folded("\n".join(stems))
    return sum(stands_in(word.text, whole) + 2 * stands_in(word.text, title) for word in asked_words(asked))


async def best(name: str, caller: Principal, asked: str, page: int = 7) -> list[str]:
    found: list[str] = []
    cursor: str | None = None
    while True:
        text = (
            f"query ($f: {INPUTS[name]}, $c: String) {{ p: {LISTS[name]}(first: {page}, after: $c, filter: $f,"
            " orderBy: RELEVANCE) { totalCount nodes { id } pageInfo { hasNextPage endCursor } } }"
        )
        data = (await answer(text, caller, f={"search": asked}, c=cursor))["p"]
        found += [node["id"] for node in data["nodes"]]
        if not data["pageInfo"]["hasNextPage"]:
            assert data["totalCount"] == len(found)
            return found
        cursor = data["pageInfo"]["endCursor"]


async def test_everybody_finds_what_they_may_see_and_nothing_else(city: City) -> None:
    tables = await all_rows()
    for caller in (ANONYMOUS, SYSTEM, single(city.world, Role.GRID_WORKER, "QA")):
        naive = Naive(tables, authoriser(), caller)
        for name in INPUTS:
            hits = 0
            for asked in ASKED:
                expected = naive.ids(name, {"search": asked})
                found = await best(name, caller, asked, page=15)
                assert len(found) == len(set(found))
                assert set(found) == expected, (name, caller.actor, asked)
                hits += bool(expected)
            assert hits > 5, (name, caller.actor)


async def test_what_has_the_words_in_its_title_comes_before_what_has_them_elsewhere(city: City) -> None:
    naive = Naive(await all_rows(), authoriser(), SYSTEM)
    pairs = ((name, asked) for name in ("Need", "ServiceItem") for asked in ("电梯", "lift", "理发", "水电 老人"))
    for name, asked in pairs:
        found = await best(name, SYSTEM, asked)
        scores = [points(naive, name, naive.tables.row(name, int(each.partition(":")[2])), asked) for each in found]
        # A whole word is worth one more a word: less than the title, so a worse row is never two points ahead.
        spare = len(asked_words(asked))
        assert all(later <= earlier + spare for earlier, later in pairwise(scores)), scores
        if len(asked_words(asked)) == 1:
            assert [score > 2 for score in scores] == sorted((score > 2 for score in scores), reverse=True)


async def test_a_whole_word_comes_before_characters_that_meet_by_chance(city: City) -> None:
    await Need.all().update(title_zh="别的事", title_en=None, text_zh=None)
    chance, whole, *_ = await Need.filter(visibility="PUBLIC").order_by("-id")
    await Need.filter(id=chance.id).update(title_zh="自来水电话")
    await Need.filter(id=whole.id).update(title_zh="水电维修")
    await index_all()
    assert await best("Need", SYSTEM, "水电") == [f"Need:{whole.id}", f"Need:{chance.id}"]


async def test_pages_from_both_ends_are_the_same_and_hold_while_rows_come(city: City) -> None:
    every = await best("Need", SYSTEM, "电梯")
    assert len(every) > 12
    text = (
        "query ($c: String, $n: Int, $d: String, $m: Int) { p: needs(first: $n, after: $c, last: $m, before: $d,"
        ' filter: {search: "电梯"}, orderBy: RELEVANCE)'
        " { edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage } } }"
    )
    last = (await answer(text, SYSTEM, m=5))["p"]
    assert [edge["node"]["id"] for edge in last["edges"]] == every[-5:]
    assert last["pageInfo"] == {"hasNextPage": False, "hasPreviousPage": True}
    before = (await answer(text, SYSTEM, m=5, d=last["edges"][0]["cursor"]))["p"]
    assert [edge["node"]["id"] for edge in before["edges"]] == every[-10:-5]
    first = (await answer(text, SYSTEM, n=5))["p"]
    cursor = first["edges"][-1]["cursor"]
    # The best of all, and one that is gone, both before the cursor: what follows it stays as it was.
    best_row = await Need.create(**{**vars_of(city.items.needs[0]), "title_zh": "电梯", "text_zh": "电梯"})
    await index_all()
    following = (await answer(text, SYSTEM, n=5, c=cursor))["p"]
    assert [edge["node"]["id"] for edge in following["edges"]] == every[5:10]
    assert f"Need:{best_row.id}" in await best("Need", SYSTEM, "电梯")


def vars_of(need: Need) -> dict[str, Any]:
    kept = {name: getattr(need, name) for name in Need._meta.db_fields if name not in ("id", "number")}
    return kept | {"number": "1"}


async def test_rows_asked_for_in_two_places_are_each_as_asked(city: City) -> None:
    text = (
        '{ p: needs(first: 3, filter: {search: "电梯"}, orderBy: RELEVANCE)'
        " { nodes { title: titleZh } edges { node { id place { code } } } } }"
    )
    data = (await answer(text, SYSTEM))["p"]
    assert [set(node) for node in data["nodes"]] == [{"title"}] * 3
    assert [set(edge["node"]) for edge in data["edges"]] == [{"id", "place"}] * 3
    with level_by_level():
        assert (await answer(text, SYSTEM))["p"] == data


async def test_both_readers_answer_alike(city: City) -> None:
    text = (
        '{ p: needs(first: 9, filter: {search: "电梯"}, orderBy: RELEVANCE)'
        " { totalCount nodes { id title place { name } lines { quantity } matches(first: 2) { nodes { score } } } } }"
    )
    compiled = await answer(text, ANONYMOUS)
    with level_by_level():
        assert await answer(text, ANONYMOUS) == compiled


async def test_what_is_no_word_is_refused_and_signs_mean_nothing_to_the_database(city: City) -> None:
    text = "query ($w: String) { needs(first: 5, filter: {search: $w}) { nodes { id } } }"
    for asked in ("", " ", ",。!", "%", '"*', "&|!<->:*", "\x00", "电" * 101, "电梯" * 5_000):
        fault = (await ask(text, SYSTEM, w=asked)).fault
        assert isinstance(fault, InvalidInput | LimitExceeded)
        assert fault.path == ("filter", "search")
    for asked in ("' OR 1=1 --", '"* NEAR(', "NOT xyz", "pieces:电梯", "'x' | '电梯'", "^^q"):
        assert (await answer(text, SYSTEM, w=asked))["needs"]["nodes"] == [], asked


async def test_the_best_first_needs_words_and_a_cursor_of_its_own(city: City) -> None:
    without = await ask("{ needs(first: 5, orderBy: RELEVANCE) { nodes { id } } }", SYSTEM)
    assert without.fault.path == ("orderBy",)
    newest = (await answer("{ needs(first: 1) { pageInfo { endCursor } } }", SYSTEM))["needs"]["pageInfo"]["endCursor"]
    text = (
        'query ($c: String) { needs(first: 2, after: $c, filter: {search: "电梯"}, orderBy: RELEVANCE) { totalCount } }'
    )
    assert (await ask(text, SYSTEM, c=newest)).fault.path == ("after",)
    refused = await ask("{ teams(first: 1, orderBy: RELEVANCE) { nodes { id } } }", SYSTEM)
    assert refused.errors


async def test_a_page_the_best_first_is_one_statement_with_its_count(city: City) -> None:
    for root in ("needs", "serviceItems"):
        text = f"""{{ p: {root}(first: 9, filter: {{search: "电梯"}}, orderBy: RELEVANCE)
            {{ totalCount edges {{ cursor node {{ place {{ name }} history(first: 2) {{ nodes {{ id }} }} }} }} }} }}"""
        with counted() as statements:
            assert (await answer(text, SYSTEM))["p"]["totalCount"] > 0
        assert len(statements) == 1
