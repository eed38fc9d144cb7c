"""A clerk edits prices in a workbook over HTTP and collides with a colleague; nothing of either is lost."""

from typing import Any

import httpx

from api.exports.xlsx_file import MEDIA_TYPE as XLSX
from tests.e2e.asking import Somebody, done
from tests.e2e.conftest import As
from tests.e2e.story import fresh, organisation
from tests.e2e.test_clerk import UPDATE, created
from tests.workbooks import Row, opened, saved

NAMED = "query($id: ID!) { node(id: $id) { ... on ServiceItem { version price responseMinutes atHome } } }"
VERSIONS = """query($id: ID!, $number: Int!) { node(id: $id) { ... on ServiceItem {
    versions(first: 9) { nodes { number by price } }
    atVersion(number: $number) { title price responseMinutes by } } } }"""


def download(clerk: Somebody) -> list[Row]:
    """Return the rows of the firm's form."""
    where = {"organisation": organisation(clerk, "柳岸物业")}
    answer = clerk.http.get("/service-items/template.xlsx", params=where, headers=clerk.headers())
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == XLSX
    return opened(answer.content)


def upload(clerk: Somebody, rows: list[Row], accept: str = XLSX) -> httpx.Response:
    where = {"organisation": organisation(clerk, "柳岸物业")}
    headers = {**clerk.headers(), "Content-Type": XLSX, "Accept": accept}
    return clerk.http.post("/service-items/upload", params=where, content=saved(rows), headers=headers)


def confirm(clerk: Somebody, token: str, mode: str) -> dict[str, Any]:
    answer = clerk.http.post("/service-items/confirm", json={"token": token, "mode": mode}, headers=clerk.headers())
    found: dict[str, Any] = answer.json()
    return found


def test_strangers_neither_download_nor_send_the_firms_workbook(somebody: As, clerk: Somebody) -> None:
    where = {"organisation": organisation(clerk, "柳岸物业")}
    for role, status in (("partner", 403), ("resident", 403), ("auditor", 403), ("committee administrator", 403),
                         (None, 401)):  # fmt: skip
        headers = {**somebody(role).headers(), "Content-Type": XLSX}
        answers = (
            clerk.http.get("/service-items/template.xlsx", params=where, headers=headers),
            clerk.http.post("/service-items/upload", params=where, content=saved([{"名称": "x"}]), headers=headers),
        )
        assert [answer.status_code for answer in answers] == [status, status], role
    gone = clerk.http.get("/service-items/template.xlsx", params={"organisation": "Organisation:1"},
                          headers=clerk.headers())  # fmt: skip
    assert gone.status_code == 404


def test_a_clerk_edits_prices_in_excel_and_collides_with_a_colleague(somebody: As, clerk: Somebody) -> None:
    manager = somebody("property manager")
    ours = {name: created(clerk, title=fresh(name), priceClass="MARKET", price=20.0, priceUnit="TIME",
                          responseMinutes=60) for name in ("搬家具", "修门锁")}  # fmt: skip
    rows = {row["编号"]: row for row in download(clerk)}
    locks, move = rows[ours["修门锁"]["id"]], rows[ours["搬家具"]["id"]]
    assert (move["价格(元)"], move["计价单位"], move["版本"]) == (20, "次", 1)

    # The manager is faster on one of the two.
    changes = {"price": 25.0, "responseMinutes": 30}
    done(manager.one(UPDATE, {"id": ours["修门锁"]["id"], "changes": changes, "version": 1}), "ServiceItem")

    # The clerk has raised both prices at home, added a row, and wrote one price that is none.
    new = {
        "名称": fresh("遛狗"),
        "类别": locks["类别"],
        "地点": locks["地点"],
        "价格(元)": "15元/次",
        "收费类别": "市场价",
    }
    bad = {"名称": fresh("擦窗"), "类别": locks["类别"], "地点": locks["地点"], "价格(元)": "10-20元"}
    sent = upload(clerk, [{**move, "价格(元)": 22}, {**locks, "价格(元)": 28, "上门": "是"}, new, bad])
    assert (sent.status_code, sent.headers["content-type"]) == (422, XLSX)
    back = opened(sent.content)
    assert [bool(row["错误"]) for row in back] == [False, True, False, True]
    assert "现在是“25”,您写的是“28”" in back[1]["错误"]
    assert "不是一个价格" in back[3]["错误"]

    # Nothing went in before the clerk chose; all or nothing is nothing.
    token = sent.headers["wujia-upload-token"]
    assert clerk.one(NAMED, {"id": ours["搬家具"]["id"]})["price"] == 20.0
    assert confirm(clerk, token, "all")["written"] is False
    assert clerk.one(NAMED, {"id": ours["搬家具"]["id"]})["version"] == 1

    # The good rows go in; the colleague's price stands.
    taken = confirm(clerk, token, "good")
    assert (taken["written"], len(taken["created"]), len(taken["changed"]), len(taken["faults"])) == (True, 1, 1, 2)
    assert confirm(clerk, token, "good") == taken
    assert clerk.one(NAMED, {"id": ours["搬家具"]["id"]})["price"] == 22.0
    assert clerk.one(NAMED, {"id": ours["修门锁"]["id"]}) == {
        "version": 2, "price": 25.0, "responseMinutes": 30, "atHome": None
    }  # fmt: skip

    # The clerk looks at both values, mends the other price, and sends the returned rows again.
    mended = upload(clerk, [back[1], {**back[3], "价格(元)": 15}], accept="application/json")
    assert mended.status_code == 200, mended.text
    (changed,) = mended.json()["changed"]
    assert {each["field"]: (each["from"], each["to"]) for each in changed["changes"]} == {
        "price": ("25", "28"), "at_home": ("", "是")
    }  # fmt: skip
    assert confirm(clerk, mended.json()["token"], "all")["written"] is True
    assert clerk.one(NAMED, {"id": ours["修门锁"]["id"]}) == {
        "version": 3, "price": 28.0, "responseMinutes": 30, "atHome": True
    }  # fmt: skip

    # Every version stays readable, with who reached it.
    told = clerk.one(VERSIONS, {"id": ours["修门锁"]["id"], "number": 2})
    assert [each["price"] for each in told["versions"]["nodes"]] == [28.0, 25.0, 20.0]
    assert told["atVersion"]["responseMinutes"] == 30
    assert "项目经理" in told["atVersion"]["by"]
    assert somebody("resident").one(VERSIONS, {"id": ours["修门锁"]["id"], "number": 2})["atVersion"] is None
