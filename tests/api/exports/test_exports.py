"""Exports: as much as GraphQL shows and no more, each row once, the same bytes for the same rows, bounded memory."""

import csv
import io
import tracemalloc
import zipfile
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from api.errors import InvalidInput, Unauthenticated
from api.exports.cells import Cell
from api.exports.csv_file import csv_bytes
from api.exports.rows import pages
from api.exports.tables import TABLES
from api.exports.xlsx_file import xlsx_bytes
from api.models import Need
from api.plan.viewer import Viewer
from api.schema.export_filters import FILTERS, export_condition, from_address
from api.search.indexing import index_all
from auth.principal import ANONYMOUS, Principal
from auth.roles import Role
from tests.api.callers import single
from tests.api.conftest import City
from tests.api.reading import SYSTEM, answer, every_id, schema, viewer
from tests.api.world import write


async def table(
    caller: Principal, name: str, asked: dict[str, Any] | None = None, form: Any = csv_bytes, size: int = 7
) -> bytes:
    """Return a whole file."""
    asker = viewer(caller)
    condition = await export_condition(schema(), asker, name, asked or {})
    return await file(asker, name, condition, form, size)


async def file(asker: Viewer, name: str, condition: Any, form: Any = csv_bytes, size: int = 7) -> bytes:
    async def again() -> Viewer:
        return asker

    header = TABLES[name].header(asker.principal.language)
    return b"".join([piece async for piece in form(header, pages(again, TABLES[name], condition, size))])


def rows(content: bytes) -> list[dict[str, str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.count(b"\r\n") >= 1
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_every_export_has_the_filters_of_its_root_field() -> None:
    assert set(TABLES) == set(FILTERS)
    query: Any = schema()._schema.query_type
    for name, (source, kind) in FILTERS.items():
        assert query.fields[name].args["filter"].type.name == kind.__name__
        assert TABLES[name].source == source


async def test_whoever_may_no_longer_gets_no_further_page(city: City) -> None:
    asker, asked = viewer(SYSTEM), 0
    condition = await export_condition(schema(), asker, "needs", {})

    async def again() -> Viewer:
        nonlocal asked
        asked += 1
        if asked > 2:
            raise Unauthenticated("凭证已被撤销", "revoked")
        return asker

    read = pages(again, TABLES["needs"], condition, 5)
    assert [len(await anext(read)) for _ in range(2)] == [5, 5]
    with pytest.raises(Unauthenticated):
        await anext(read)


async def test_an_export_has_the_rows_that_the_pages_of_graphql_have(city: City) -> None:
    staff, resident = single(city.world, Role.COMMITTEE_STAFF, "QA"), single(city.world, Role.RESIDENT, "QC")
    for name in TABLES:
        counts = []
        for caller in (ANONYMOUS, SYSTEM, staff, resident):
            found = rows(await table(caller, name))
            expected = await every_id(name, caller)
            assert sorted(row["标识"] for row in found) == sorted(expected), (name, caller.actor)
            counts.append(len(found))
        assert await table(staff, name) == await table(staff, name, size=100)
        assert 0 < counts[1] >= max(counts)
        assert counts[0] < counts[1] or name == "organisations"


async def test_masks_and_hidden_values_are_those_of_graphql(city: City) -> None:
    query = """query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Need { id title place { name } estimates { cost }
        ownerPerson { contact { name phone } } ownerHousehold { contact { name phone } }
        ownerOrganisation { contact { name phone } } } } }"""
    told = set()
    for caller in (ANONYMOUS, SYSTEM, single(city.world, Role.COMMITTEE_STAFF, "QA")):
        found = {row["标识"]: row for row in rows(await table(caller, "needs"))}
        ids = sorted(found)[:100]
        for node in (await answer(query, caller, ids=ids))["nodes"]:
            row = found[node["id"]]
            owner = node["ownerOrganisation"] or node["ownerHousehold"] or node["ownerPerson"] or {}
            contact = owner.get("contact") or {}
            cost = (node["estimates"] or {}).get("cost")
            assert row["标题"].removeprefix("'") == node["title"]
            assert row["地点"] == (node["place"] or {}).get("name", "")
            assert row["联系电话"].removeprefix("'") == (contact.get("phone") or "")
            assert row["估算费用(元)"] == ("" if cost is None else f"{cost:g}")
            told |= {bool(row["联系电话"]), row["估算费用(元)"] == ""}
            assert not row["联系电话"] or "****" in row["联系电话"]
    assert told == {True, False}


async def test_what_is_searched_for_is_exported_and_what_is_no_word_is_refused(city: City) -> None:
    await index_all()
    for caller in (SYSTEM, ANONYMOUS):
        found = rows(await table(caller, "needs", {"search": "事 文"}))
        assert sorted(row["标识"] for row in found) == sorted(await every_id("needs", caller, 'filter: {search: "文"}'))
        assert len(found) > 7
    assert rows(await table(SYSTEM, "serviceItems", {"search": "没有的词"})) == []
    assert from_address(schema(), "needs", [("search", "电梯,维修")]) == {"search": "电梯,维修"}
    with pytest.raises(InvalidInput) as refused:
        await table(SYSTEM, "needs", {"search": "。"})
    assert refused.value.path == ("filter", "search")


async def test_a_filter_is_the_one_of_the_root_field(city: City) -> None:
    place = city.world.places["QA"].code
    asked = {"within": place, "status": ["REQUESTED", "DISPATCHED"], "category": "life"}
    found = rows(await table(SYSTEM, "needs", asked))
    given = f'filter: {{within: "{place}", status: [REQUESTED, DISPATCHED], category: "life"}}'
    assert [row["标识"] for row in found] == sorted(await every_id("needs", SYSTEM, given))
    assert 0 < len(found) < len(rows(await table(SYSTEM, "needs")))


async def test_a_row_that_is_there_throughout_comes_once_and_a_new_one_never(city: City) -> None:
    asker = viewer(SYSTEM)
    condition = await export_condition(schema(), asker, "needs", {})
    present = [f"Need:{need.id}" for need in await Need.all().order_by("id")]

    async def again() -> Viewer:
        await write([city.items.need()])
        await Need.filter(id=int(present[-1].partition(":")[2])).update(title_zh="改", status="CLEARED")
        return asker

    found = [row[-1] async for page in pages(again, TABLES["needs"], condition, 10) for row in page]
    # The first writer came before the newest identifier was looked up.
    assert [each for each in found if each in present] == present
    assert len(found) == len(set(found)) == len(present) + 1


async def test_a_workbook_holds_the_same_rows_with_types(city: City) -> None:
    content = await table(SYSTEM, "needs", form=xlsx_bytes)
    assert content == await table(SYSTEM, "needs", form=xlsx_bytes, size=50)
    header, *body = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    as_text = rows(await table(SYSTEM, "needs"))
    assert [str(row[-1]) for row in body] == [row["标识"] for row in as_text]
    column = header.index("编号")
    assert {type(row[column]) for row in body} == {str}
    assert [row[column] for row in body] == [row["编号"].removeprefix("'") for row in as_text]
    cost = header.index("估算费用(元)")
    assert {type(row[cost]) for row in body if row[cost] != ""} == {float}


async def test_text_that_looks_like_a_formula_is_text_in_a_workbook() -> None:
    async def some() -> AsyncIterator[Sequence[Sequence[Cell]]]:
        yield [["=1+1", "-2", -2, True], ["@x", "", None, 0.5]]

    content = b"".join([piece async for piece in xlsx_bytes(["a", "b", "c", "d"], some())])
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
    assert sheet.to_python()[1:] == [["=1+1", "-2", -2.0, True], ["@x", "", "", 0.5]]
    written = zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in written
    assert b'quotePrefix="1"' in zipfile.ZipFile(io.BytesIO(content)).read("xl/styles.xml")


async def test_rows_beyond_one_sheet_go_on_the_next() -> None:
    async def some() -> AsyncIterator[Sequence[Sequence[Cell]]]:
        yield [[number] for number in range(7)]

    content = b"".join([piece async for piece in xlsx_bytes(["n"], some(), 3)])
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    sheets = [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]
    assert sheets == [[["n"], [0.0], [1.0], [2.0]], [["n"], [3.0], [4.0], [5.0]], [["n"], [6.0]]]


@pytest.mark.parametrize("form", [csv_bytes, xlsx_bytes])
async def test_the_memory_does_not_grow_with_the_rows(form: Any) -> None:
    async def many(count: int) -> AsyncIterator[Sequence[Sequence[Cell]]]:
        for start in range(0, count, 500):
            yield [[number, "一行字" * 20, 0.5] for number in range(start, start + 500)]

    async def peak(count: int) -> int:
        tracemalloc.start()
        async for _ in form(["a", "b", "c"], many(count)):
            pass
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    await peak(500)
    assert await peak(4_000) < await peak(1_000) + 300_000
