"""The clerk's workbook: whom it is refused, and what a hostile file does."""

from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest

from api import clock
from api.exports.xlsx_file import MEDIA_TYPE as XLSX
from api.http.workbooks import MOST_BYTES
from api.models import Event, Membership, Resource, WorkbookUpload
from auth.roles import Role
from tests.api.http.asking import code
from tests.api.http.clerks import NEW, Clerk, item, nothing_changed, of_firm
from tests.api.http.keys import NOW
from tests.factories import Town
from tests.workbooks import opened, packed, parts, saved


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    """Stand still at the time for which the tests' keys and memberships are."""
    with clock.fixed(NOW):
        yield


async def test_nobody_without_a_key_gets_or_sends_anything(clerk: Clerk) -> None:
    stranger = Clerk(clerk.http, clerk.firm, {})
    for answer in (await stranger.template(), await stranger.send(saved([NEW])), await stranger.confirm("x")):
        assert (answer.status_code, code(answer)) in ((401, "UNAUTHENTICATED"), (404, "NOT_FOUND"))
    wrong = Clerk(clerk.http, clerk.firm, {"Authorization": "Bearer wj_user_0000_none"})
    assert (await wrong.template()).status_code == 401


async def test_another_firm_and_a_wrong_role_are_refused(town: Town, http: httpx.AsyncClient, clerk: Clerk) -> None:
    rival = await of_firm(town, http, await town.organisation("A1", "PROPERTY_FIRM"))
    expert = await of_firm(town, http, clerk.firm, Role.EXPERT)
    for stranger in (rival, expert):
        for answer in (await stranger.template(clerk.firm), await stranger.send(saved([NEW]), firm=clerk.firm)):
            assert (answer.status_code, code(answer)) == (403, "FORBIDDEN")
    assert await nothing_changed()


async def test_an_unknown_organisation_does_not_exist(clerk: Clerk) -> None:
    for answer in (await clerk.template(1), await clerk.send(saved([NEW]), firm=1)):
        assert (answer.status_code, code(answer)) == (404, "NOT_FOUND")
    answer = await clerk.http.get("/service-items/template.xlsx", headers=clerk.key)
    assert answer.status_code == 404


async def test_an_upload_is_confirmed_by_its_sender_within_the_hour_alone(
    town: Town, http: httpx.AsyncClient, clerk: Clerk
) -> None:
    token = (await clerk.send(saved([NEW]))).json()["token"]
    colleague = await of_firm(town, http, clerk.firm)
    for answer in (await colleague.confirm(token), await clerk.confirm(token + "x"), await clerk.confirm("é" * 200)):
        assert (answer.status_code, code(answer)) == (404, "NOT_FOUND")
    with clock.fixed(clock.now() + timedelta(hours=1, seconds=1)):
        assert (await clerk.confirm(token)).status_code == 404
    assert await nothing_changed()
    assert (await clerk.confirm(token, mode="both")).status_code == 400
    assert (await clerk.confirm(7)).status_code == 400


async def test_who_lost_the_role_meanwhile_confirms_nothing(town: Town, clerk: Clerk) -> None:
    token = (await clerk.send(saved([NEW]))).json()["token"]
    await Membership.all().delete()
    answer = await clerk.confirm(token)
    assert (answer.status_code, code(answer)) == (403, "FORBIDDEN")
    assert await nothing_changed()


async def test_what_is_no_workbook_is_refused_in_words(clerk: Clerk) -> None:
    good = parts(saved([NEW]))
    without_workbook = {name: part for name, part in good.items() if name != "xl/workbook.xml"}
    truncated = saved([NEW])[:-200]
    for content in (b"", b"hello", b"PK\x03\x04 no", b"\xd0\xcf\x11\xe0old", truncated, packed(without_workbook)):
        answer = await clerk.send(content)
        assert (answer.status_code, code(answer)) == (422, "INVALID_INPUT"), content[:20]
    answer = await clerk.send(saved([NEW]), kind="text/csv")
    assert (answer.status_code, code(answer)) == (415, "UNSUPPORTED_MEDIA_TYPE")
    answer = await clerk.send(b"PK" + bytes(MOST_BYTES))
    assert (answer.status_code, code(answer)) == (413, "BODY_TOO_LARGE")


async def test_hostile_workbooks_are_refused_before_they_are_laid_out(clerk: Clerk) -> None:
    good = parts(saved([NEW]))
    page = good["xl/worksheets/sheet1.xml"]
    far = b'<c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row></sheetData>'
    hostile = {
        "a million rows": page.replace(b"</row></sheetData>", far),
        "a far row": page.replace(b"</sheetData>", b'<row r="1048576"><c><v>1</v></c></row></sheetData>'),
        "no address": page.replace(b'r="A2"', b'r="A2:A9"'),
        "entities": b'<!DOCTYPE a [<!ENTITY b "c">]>' + page.partition(b"?>")[2],
        "a bomb": page.replace(b"</worksheet>", b"<!--" + b" " * 25_000_000 + b"--></worksheet>"),
        "no xml": b"\x00\xff",
    }
    for name, content in hostile.items():
        sent = packed({**good, "xl/worksheets/sheet1.xml": content})
        assert len(sent) < 100_000, name
        answer = await clerk.send(sent)
        assert (answer.status_code, code(answer)) == (422, "INVALID_INPUT"), name
    many = packed({**good, **{f"xl/media/{number}": b"" for number in range(300)}})
    assert (await clerk.send(many)).status_code == 422
    assert not await WorkbookUpload.exists()


async def test_a_formula_that_went_wrong_clears_nothing(town: Town, clerk: Clerk) -> None:
    key = await item(town, clerk.firm, price=5.0)
    page = parts(saved([{"编号": f"ServiceItem:{key}", "版本": 1, "名称": "代收快递", "类别": "life", "价格": 7.5}]))
    sheet = page["xl/worksheets/sheet1.xml"]
    cell = b'<c r="E2"><v>7.5</v></c>'
    assert cell in sheet
    wrong = sheet.replace(cell, b'<c r="E2" t="e"><f>1/0</f><v>#DIV/0!</v></c>')
    (fault,) = (await clerk.send(packed({**page, "xl/worksheets/sheet1.xml": wrong}))).json()["faults"]
    assert (fault["column"], "#DIV/0!" in fault["message"]) == ("价格(元)", True)
    empty = sheet.replace(cell, b'<c r="E2"><f>B1*2</f></c>')
    answer = await clerk.send(packed({**page, "xl/worksheets/sheet1.xml": empty}))
    assert (answer.status_code, "E2" in answer.text) == (422, True)
    right = sheet.replace(cell, b'<c r="E2"><f>20*1.1</f><v>22.000000000000004</v></c>')
    (changed,) = (await clerk.send(packed({**page, "xl/worksheets/sheet1.xml": right}))).json()["changed"]
    assert changed["changes"][0]["to"] == "22"


async def test_one_sends_so_many_an_hour_and_no_more(clerk: Clerk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.commands.workbook.MOST", 2)
    for status in (200, 200, 429):
        assert (await clerk.send(saved([NEW]))).status_code == status
    with clock.fixed(NOW + timedelta(hours=2)):
        assert (await clerk.send(saved([NEW]))).status_code == 200
    assert await WorkbookUpload.all().count() == 1


async def test_what_else_a_file_carries_is_not_read_and_never_comes_back(clerk: Clerk) -> None:
    rows = [{**NEW, "名称": '=HYPERLINK("http://evil.example","点我")', "类别": "没有的"}]
    content = parts(saved(rows))
    content |= {"xl/vbaProject.bin": b"macro", "xl/externalLinks/externalLink1.xml": b"<a/>", "docProps/app.xml": b"<"}
    answer = await clerk.send(packed(content), accept=XLSX)
    assert (answer.status_code, answer.headers["content-type"]) == (422, XLSX)
    back = parts(answer.content)
    assert not [name for name in back if "vba" in name or "external" in name]
    assert b"<f>" not in back["xl/worksheets/sheet1.xml"]
    assert b"hyperlink" not in back["xl/worksheets/sheet1.xml"].lower()
    assert opened(answer.content)[0]["名称"] == rows[0]["名称"]


async def test_another_firms_number_is_refused_as_not_found(town: Town, clerk: Clerk) -> None:
    other = await town.organisation("A1", "PROPERTY_FIRM")
    foreign = await item(town, other)
    events = await Event.all().count()
    for identifier in (f"ServiceItem:{foreign}", "ServiceItem:1", "Need:1", "x"):
        answer = await clerk.send(saved([{"编号": identifier, "版本": 1, **NEW, "名称": "改了"}]))
        (fault,) = answer.json()["faults"]
        assert (answer.status_code, fault["column"]) == (422, "编号"), identifier
        assert (await clerk.confirm(answer.json()["token"], "good")).json()["changed"] == []
    assert (await Resource.get(service_item__id=foreign)).title_zh == "代收快递"
    assert await Event.all().count() == events


async def test_renamed_headers_a_wrong_sheet_and_repeated_rows_are_named(town: Town, clerk: Clerk) -> None:
    answer = await clerk.send(saved([{"叫什么": "a", "哪一类": "b"}]))
    assert "名称、类别" in answer.json()["errors"][0]["message"]
    assert (await clerk.send(saved([{"a": "b"}], sheet="别的表"))).status_code == 422
    assert "两列" in (await clerk.send(saved([{**NEW, "标题": "x"}]))).json()["errors"][0]["message"]
    key = await item(town, clerk.firm)
    row = {"编号": f"ServiceItem:{key}", "版本": 1, **NEW}
    faults = (await clerk.send(saved([row, row, NEW, NEW]))).json()["faults"]
    assert sorted(fault["row"] for fault in faults) == [2, 3, 4, 5]
