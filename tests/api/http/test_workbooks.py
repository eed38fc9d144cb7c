"""The clerk's workbook over HTTP, the whole way round: download, edit, send, confirm, collide."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from api import clock
from api.commands.service_item import update_service_item
from api.exports.xlsx_file import MEDIA_TYPE as XLSX
from api.models import AuditEntry, HistoryEntry, Resource, ServiceItem, ServiceItemVersion, WorkbookUpload
from auth.roles import Role
from tests.api.http.clerks import NEW, Clerk, item, nothing_changed
from tests.api.http.keys import NOW, key_for, member
from tests.factories import Town
from tests.workbooks import opened, saved


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    """Stand still at the time for which the tests' keys and memberships are."""
    with clock.fixed(NOW):
        yield


async def test_nothing_is_stored_before_it_is_confirmed(clerk: Clerk) -> None:
    answer = await clerk.send(saved([{**NEW, "价格": "5元/次", "收费类别": "低偿"}]))
    assert answer.status_code == 200
    report = answer.json()
    (created,) = report["created"]
    assert (created["row"], created["title"], report["changed"], report["faults"]) == (2, "入户维修", [], [])
    assert await nothing_changed()
    assert [entry.action for entry in await AuditEntry.all()] == ["workbook.upload"]
    upload = await WorkbookUpload.get()
    connection: Any = WorkbookUpload._meta.db
    rows = await connection.execute_query_dict("SELECT content FROM workbook_upload")
    assert "入户维修" in upload.content
    assert "入户维修" not in str(rows)


async def test_new_items_go_in_once_however_often_they_are_confirmed_or_sent(clerk: Clerk) -> None:
    content = saved([{**NEW, "价格": "5元/次", "收费类别": "低偿", "服务小区": "柳岸华都", "上门": "是"}])
    token = (await clerk.send(content)).json()["token"]
    first, again = await clerk.confirm(token), await clerk.confirm(token, "good")
    assert first.json() == again.json()
    assert first.json()["written"] is True
    resource = await Resource.get()
    assert (resource.price_fen, resource.price_unit, resource.at_home) == (500, "次", True)
    assert (await clerk.send(content)).json()["unchanged"] == 1
    other = await clerk.send(saved([{**NEW, "价格": 9}]))
    assert "同名" in other.json()["faults"][0]["message"]
    assert await ServiceItem.all().count() == 1


async def test_two_confirmations_at_once_write_once_and_tell_the_same(clerk: Clerk) -> None:
    token = (await clerk.send(saved([NEW]))).json()["token"]
    answers = await asyncio.gather(*(clerk.confirm(token, mode) for mode in ("all", "good", "all", "good")))
    assert {answer.status_code for answer in answers} == {200}
    assert [answer.json() for answer in answers[1:]] == [answers[0].json()] * 3
    assert await ServiceItem.all().count() == 1
    assert await HistoryEntry.all().count() == 1


async def test_a_program_of_the_firm_does_what_its_scopes_name(town: Town, clerk: Clerk) -> None:
    await member(town, Role.UNIT_REPRESENTATIVE, "A1", organisation_id=clerk.firm)
    reading = ["serviceItem:read", "place:read", "organisation:read", "category:read"]
    reader = Clerk(clerk.http, clerk.firm, await key_for(organisation=clerk.firm, scopes=reading))
    assert (await reader.template()).status_code == 403
    scopes = [*reading, "serviceItem:create"]
    program = Clerk(clerk.http, clerk.firm, await key_for(organisation=clerk.firm, scopes=scopes))
    assert (await program.template()).status_code == 200
    token = (await program.send(saved([NEW]))).json()["token"]
    assert (await clerk.confirm(token)).status_code == 404
    assert (await program.confirm(token)).json()["written"] is True
    (row,) = await program.rows()
    (fault,) = (await program.send(saved([{**row, "价格(元)": 3}]))).json()["faults"]
    assert "serviceItem:update" in fault["message"]


async def test_the_form_as_it_came_changes_nothing(town: Town, clerk: Clerk) -> None:
    start = clock.now().replace(hour=2, minute=0, second=0, microsecond=0)
    monthly = {"starts_at": start, "ends_at": start + timedelta(hours=1), "rrule": "FREQ=MONTHLY;BYMONTHDAY=5"}
    given = {"price": 0.8, "price_class": "LOW_PRICE", "price_unit": "度", "windows": [monthly], "at_home": False}
    area = [town.id("A1"), town.id("A2")]
    await item(town, clerk.firm, **given, service_area=area, response_minutes=30, standard="=1+1")
    rows = await clerk.rows()
    assert rows[0]["服务时间"] == "另有安排(在系统里修改)"
    assert rows[0]["服务标准"] == "=1+1"
    report = (await clerk.send(saved(rows))).json()
    assert (report["unchanged"], report["changed"], report["faults"]) == (1, [], [])
    answer = await clerk.template()
    assert (await clerk.send(answer.content)).json()["unchanged"] == 1


async def test_changed_prices_are_told_and_written_with_history(town: Town, clerk: Clerk) -> None:
    key = await item(town, clerk.firm, price=5.0)
    (row,) = await clerk.rows()
    answer = (await clerk.send(saved([{**row, "价格(元)": 6.5, "服务时间": "周二、周五 8:30-11:30"}]))).json()
    (changed,) = answer["changed"]
    assert changed["id"] == f"ServiceItem:{key}"
    assert [(each["column"], each["from"], each["to"]) for each in changed["changes"]] == [
        ("价格(元)", "5", "6.5"),
        ("服务时间", "", "周二、周五 8:30-11:30"),
    ]
    assert (await clerk.confirm(answer["token"])).status_code == 200
    service = await ServiceItem.get()
    assert service.version == 2
    entry = await HistoryEntry.get(item_id=key, version=2)
    assert entry.changes["price"] == [5.0, 6.5]
    version = await ServiceItemVersion.get(service_item_id=key, number=2)
    assert version.by_zh.endswith("物业(管家)办事员")


async def test_states_change_by_their_own_permissions(town: Town, clerk: Clerk) -> None:
    await item(town, clerk.firm)
    await item(town, clerk.firm, title="急修")
    first, second = await clerk.rows()
    answer = await clerk.send(saved([{**first, "状态": "暂停"}, {**second, "状态": "停办"}]))
    (fault,) = answer.json()["faults"]
    assert fault["title"] == "急修"
    assert (await clerk.confirm(answer.json()["token"], "good")).json()["changed"][0]["title"] == "代收快递"
    assert [each.status for each in await ServiceItem.all().order_by("id")] == ["PAUSED", "LISTED"]


async def test_all_or_nothing_is_nothing_and_the_good_rows_go_in_when_chosen(clerk: Clerk) -> None:
    rows = [NEW, {**NEW, "名称": "坏的", "价格": "5-10元"}, {**NEW, "名称": "", "说明": "没有名称"}]
    sent = await clerk.send(saved(rows), accept="*/*")
    assert (sent.status_code, sent.headers["content-type"], sent.headers["wujia-faults"]) == (422, XLSX, "2")
    told = [row["错误"] for row in opened(sent.content)]
    assert told[0] == ""
    assert "价格(元)" in told[1]
    assert "名称" in told[2]
    token = sent.headers["wujia-upload-token"]
    refused = await clerk.confirm(token, "all")
    assert (refused.status_code, refused.json()["written"], refused.json()["created"]) == (422, False, [])
    assert await nothing_changed()
    taken = await clerk.confirm(token, "good", accept=XLSX)
    assert taken.status_code == 200
    assert [row["名称"] for row in opened(taken.content)] == ["坏的", ""]
    assert [row.title_zh for row in await Resource.all()] == ["入户维修"]


async def test_a_colleagues_change_is_a_fault_with_both_values_and_sending_again_merges(
    town: Town, clerk: Clerk
) -> None:
    key = await item(town, clerk.firm, price=5.0, response_minutes=30)
    (row,) = await clerk.rows()
    colleague = town.viewer(Role.PROPERTY_CLERK, "A1", organisation=clerk.firm)
    await update_service_item(colleague, key, {"price": 6.0, "response_minutes": 60}, 1)

    sent = await clerk.send(saved([{**row, "价格(元)": 7, "上门": "是"}]), accept=XLSX)
    assert sent.status_code == 422
    (merged,) = opened(sent.content)
    for part in ("第 2 版", "价格(元):现在是“6”,您写的是“7”(都改过)", "响应时间(分钟):同事已改为“60”"):
        assert part in merged["错误"]
    assert (merged["版本"], merged["价格(元)"], merged["响应时间(分钟)"], merged["上门"]) == (2, 7, 60, "是")
    assert (await clerk.confirm(sent.headers["wujia-upload-token"], "good")).json()["changed"] == []

    answer = (await clerk.send(saved([merged]))).json()
    assert {each["field"]: each["to"] for each in answer["changed"][0]["changes"]} == {"price": "7", "at_home": "是"}
    assert (await clerk.confirm(answer["token"])).json()["written"] is True
    resource = await Resource.get()
    assert (resource.price_fen, resource.response_minutes, resource.at_home) == (700, 60, True)


async def test_a_colleague_who_is_faster_than_the_confirmation_loses_nothing(town: Town, clerk: Clerk) -> None:
    key = await item(town, clerk.firm, price=5.0)
    (row,) = await clerk.rows()
    token = (await clerk.send(saved([{**row, "价格(元)": 7}]))).json()["token"]
    colleague = town.viewer(Role.PROPERTY_CLERK, "A1", organisation=clerk.firm)
    await update_service_item(colleague, key, {"price": 6.0}, 1)
    answer = await clerk.confirm(token)
    assert (answer.status_code, answer.json()["written"]) == (422, False)
    assert "您写的是“7”" in answer.json()["faults"][0]["message"]
    assert (await Resource.get()).price_fen == 600


async def test_a_merged_title_further_columns_and_others_headings_are_read(clerk: Clerk) -> None:
    rows = [{"序号": 1, "服务名称": "理发", "分类": "life.haircut", "所在小区": "电机小区", "截止日期": "2024年8月",
             "起始日期": "2024.8", "响应": "2小时", "是否上门": "可", "收费标准": "¥5元/次"}]  # fmt: skip
    sent = await clerk.send(saved(rows, above=("柳岸物业服务事项", "二〇二四年")))
    (fault,) = sent.json()["faults"]
    assert (fault["row"], fault["column"]) == (4, "地点")
    rows[0]["所在小区"] = "柳岸华都"
    token = (await clerk.send(saved(rows, above=("柳岸物业服务事项", "二〇二四年")))).json()["token"]
    assert (await clerk.confirm(token)).status_code == 200
    resource = await Resource.get()
    assert (str(resource.valid_from), str(resource.valid_to)) == ("2024-08-01", "2024-08-31")
    assert (resource.response_minutes, resource.at_home, resource.price_fen) == (120, True, 500)
