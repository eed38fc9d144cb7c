"""The property firm's clerk keeps the firm's service items current; two clerks collide and lose nothing."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.e2e.asking import ERROR, FORBIDDEN, STALE, Somebody, done, refused
from tests.e2e.conftest import As
from tests.e2e.story import (
    LIUAN,
    LIUYUAN,
    document,
    fresh,
    matches,
    organisation,
    place,
    published,
    submit,
)

ITEM = "id version status standard resource { id version title text priceClass quantity }"
CREATE = f"""mutation($input: ServiceItemInput!) {{ serviceItemCreate(input: $input) {{ __typename {ERROR} {FORBIDDEN}
    ... on ServiceItem {{ {ITEM} }} }} }}"""
UPDATE = f"""mutation($id: ID!, $changes: ServiceItemChanges!, $version: Int!) {{
    serviceItemUpdate(id: $id, changes: $changes, expectedVersion: $version) {{
    __typename {ERROR} {FORBIDDEN} {STALE} ... on ServiceItem {{ {ITEM} }} }} }}"""
MOVE = f"""mutation($id: ID!, $version: Int!) {{ %s(id: $id, expectedVersion: $version) {{
    __typename {ERROR} {FORBIDDEN} {STALE} ... on InvalidTransitionError {{ allowed }}
    ... on ServiceItem {{ {ITEM} }} }} }}"""
READ = f"query($id: ID!) {{ node(id: $id) {{ ... on ServiceItem {{ {ITEM} }} }} }}"


def created(clerk: Somebody, **given: Any) -> Any:
    """Return a new service item of the clerk's firm."""
    firm = organisation(clerk, "柳岸物业")
    values = {"organisation": firm, "title": fresh("代看快递"), "category": "life.parcel", "place": place(clerk, LIUAN)}
    return done(clerk.one(CREATE, {"input": {**values, **given}}), "ServiceItem")


def verb(entry: Any) -> str:
    """Return what was done, without the name of the object."""
    return str(entry["action"]).partition(".")[2]


def update(clerk: Somebody, item: Any, **changes: Any) -> Any:
    return clerk.one(UPDATE, {"id": item["id"], "changes": changes, "version": item["version"]})


STRANGERS = {"partner": "FORBIDDEN", "resident": "FORBIDDEN", "auditor": "FORBIDDEN", "committee administrator":
             "FORBIDDEN", "clerk's administrator": "FORBIDDEN", None: "UNAUTHENTICATED"}  # fmt: skip


@pytest.mark.parametrize(("role", "code"), STRANGERS.items())
def test_nobody_else_may_change_the_firms_item(somebody: As, clerk: Somebody, role: str | None, code: str) -> None:
    item = created(clerk)
    refusal = refused(update(somebody(role), item, title="改了"), code)
    assert refusal["__typename"] == "ForbiddenError"
    for name in ("serviceItemPause", "serviceItemResume", "serviceItemRetire"):
        assert somebody(role).one(MOVE % name, {"id": item["id"], "version": 1})["code"] == code
    assert clerk.one(READ, {"id": item["id"]}) == {key: value for key, value in item.items() if key != "__typename"}


def test_another_firms_item_is_seen_and_may_not_be_changed(clerk: Somebody) -> None:
    query = '{ serviceItems(filter: {within: "110108017034"}, first: 1) { nodes { id version } } }'
    (item,) = clerk.one(query)["nodes"]
    before = clerk.one(READ, {"id": item["id"]})
    assert refused(update(clerk, item, title="改了"), "FORBIDDEN")["message"]
    firm = organisation(clerk, "智学苑物业")
    given = {"organisation": firm, "title": "混进来的", "category": "life.parcel", "place": place(clerk, LIUAN)}
    refused(clerk.one(CREATE, {"input": given}), "FORBIDDEN")
    assert clerk.one(READ, {"id": item["id"]}) == before


def test_an_item_that_the_public_may_not_see_does_not_exist_for_strangers(somebody: As, clerk: Somebody) -> None:
    item = created(clerk, visibility="ADMINISTRATORS")
    listing = '{ serviceItems(filter: {within: "x-liuan-huadu"}, first: 100) { totalCount nodes { id } } }'
    for role in ("partner", "resident", "administrator of another community", None):
        asker = somebody(role)
        listed = asker.one(listing)
        assert asker.one(READ, {"id": item["id"]}) is None
        assert item["id"] not in {each["id"] for each in listed["nodes"]}
        assert listed["totalCount"] == len(listed["nodes"])
    refused(update(somebody("partner"), item, title="改了"), "NOT_FOUND")


def test_a_change_reaches_the_item_and_the_resource_behind_it(clerk: Somebody) -> None:
    item = created(clerk, priceClass="FREE", quantity=3)
    changed = done(
        update(clerk, item, title="代看快递,晚上也行", standard="当日送到", priceClass="LOW_PRICE"), "ServiceItem"
    )
    assert changed["version"] == 2
    assert changed["standard"] == "当日送到"
    assert changed["resource"]["title"] == "代看快递,晚上也行"
    assert changed["resource"]["priceClass"] == "LOW_PRICE"
    assert changed["resource"]["quantity"] == 3
    assert changed["resource"]["id"] == item["resource"]["id"]
    assert changed["resource"]["version"] > item["resource"]["version"]


def test_of_two_clerks_who_save_at_once_the_second_is_told_both_values(somebody: As, clerk: Somebody) -> None:
    item, manager = created(clerk), somebody("property manager")
    with ThreadPoolExecutor(2) as together:
        futures = [
            together.submit(update, who, item, title=title, quantity=quantity)
            for who, title, quantity in ((clerk, "甲的标题", 5), (manager, "乙的标题", 5))
        ]
        answers = [future.result() for future in futures]

    (won,) = [answer for answer in answers if answer["__typename"] == "ServiceItem"]
    (lost,) = [answer for answer in answers if answer["__typename"] == "StaleVersionError"]
    (conflict,) = [each for each in lost["conflicts"] if each["field"] == "title"]
    assert lost["currentVersion"] == won["version"] == 2
    assert {conflict["current"], conflict["sent"]} == {"甲的标题", "乙的标题"}
    assert conflict["current"] == won["resource"]["title"]
    kept = clerk.one(READ, {"id": item["id"]})
    assert kept["resource"]["title"] == won["resource"]["title"]

    loser = clerk if conflict["sent"] == "甲的标题" else manager
    merged = done(update(loser, kept, title=f"{conflict['current']}与{conflict['sent']}"), "ServiceItem")
    assert merged["version"] == 3


def test_a_stale_pause_is_refused_and_a_move_from_a_wrong_state_names_the_right_ones(clerk: Somebody) -> None:
    item = created(clerk)
    changed = done(update(clerk, item, title="改过一次"), "ServiceItem")
    refused(clerk.one(MOVE % "serviceItemPause", {"id": item["id"], "version": 1}), "STALE_VERSION")
    wrong = refused(
        clerk.one(MOVE % "serviceItemResume", {"id": item["id"], "version": changed["version"]}), "INVALID_TRANSITION"
    )
    assert "PAUSED" in wrong["allowed"]
    paused = done(
        clerk.one(MOVE % "serviceItemPause", {"id": item["id"], "version": changed["version"]}), "ServiceItem"
    )
    assert paused["status"] == "PAUSED"


def test_history_and_audit_say_who_changed_what(somebody: As, clerk: Somebody, auditor: Somebody) -> None:
    item = created(clerk)
    done(update(clerk, item, title="审计看得见"), "ServiceItem")
    query = """query($id: ID!) { node(id: $id) { ... on ServiceItem { history(first: 9) { nodes {
        version action actor changes } } } } }"""
    history = clerk.one(query, {"id": item["id"]})["history"]["nodes"]
    assert [(entry["version"], verb(entry)) for entry in history] == [(2, "update"), (1, "create")]
    assert history[0]["actor"] == history[1]["actor"]
    assert "审计看得见" in str(history[0]["changes"])

    entries = """query($after: String) { auditEntries(within: "x-liuan-huadu", first: 100, after: $after) {
        nodes { action actor objectType objectId policyRule change sequence previousHash hash }
        pageInfo { hasNextPage endCursor } } }"""
    found = [entry for entry in auditor.pages(entries) if entry["objectId"] == item["id"].partition(":")[2]]
    assert [verb(entry) for entry in found] == ["update", "create"]
    for entry in found:
        assert entry["actor"] == history[0]["actor"]
        assert entry["policyRule"] in ("R151", "R150")
        assert "审计看得见" not in str(entry)
    assert somebody("partner").one(query, {"id": item["id"]})["history"]["nodes"] == []
    assert somebody("resident").pages(entries) == []


def test_matches_follow_a_change_at_once(somebody: As, clerk: Somebody) -> None:
    administrator = somebody("clerk's administrator")
    owner = {"organisation": organisation(administrator, "柳园社区居委会(演)")}
    need = done(submit(administrator, place=place(administrator, LIUAN), owner=owner), "Need")
    _, version = published(administrator, LIUYUAN, document(fresh("e2e-clerk")))

    def matched(item: Any) -> list[str]:
        found = matches(administrator, ruleVersion=version["id"])
        return [match["id"] for match in found
                if (match["need"]["id"], match["resource"]["id"]) == (need["id"], item["resource"]["id"])]  # fmt: skip

    item = created(clerk)
    assert matched(item) == []
    item = done(update(clerk, item, category="space.activity"), "ServiceItem")
    (match,) = matched(item)
    read = clerk.one("query($id: ID!) { node(id: $id) { ... on ServiceItem { resource { matches(first: 9) {"
                     " nodes { id need { title } } } } } } }", {"id": item["id"]})  # fmt: skip
    assert match in {each["id"] for each in read["resource"]["matches"]["nodes"]}
    item = done(clerk.one(MOVE % "serviceItemPause", {"id": item["id"], "version": item["version"]}), "ServiceItem")
    assert matched(item) == []
