"""A resident says a need, a grid worker says one for somebody else, and a neighbour learns nothing that is private."""

from typing import Any

import pytest

from tests.e2e.asking import ERROR, FORBIDDEN, STALE, Somebody, done, refused
from tests.e2e.conftest import As
from tests.e2e.story import DIANJI, SHIJI, household, organisation, place, submit

WITHDRAW = f"""mutation($id: ID!, $reason: String!, $version: Int!) {{
    needWithdraw(id: $id, reason: $reason, expectedVersion: $version) {{ __typename {ERROR} {FORBIDDEN} {STALE}
    ... on Need {{ id version status statusReason }} }} }}"""
REVEAL = f"""mutation($id: ID!, $purpose: String!) {{ contactReveal(id: $id, purpose: $purpose) {{
    __typename {ERROR} {FORBIDDEN} ... on ContactReveal {{ name phone address }} }} }}"""
SEE = """query($id: ID!) { node(id: $id) { ... on Need { id title status place { code } community { code }
    point { longitude } ownerHousehold { id contact { name phone } } onBehalfBy { id } estimates { cost } consent
    history(first: 9) { nodes { actor changes } } } } }"""


@pytest.fixture
def home(resident: Somebody) -> dict[str, str]:
    """Return the resident's household and the entrance in which it lives."""
    own = resident.one("{ viewer { person { household { id place { id code } } } } }")["person"]["household"]
    return {"id": own["id"], "place": own["place"]["id"], "code": own["place"]["code"]}


def withdraw(asker: Somebody, need: Any, reason: str = "自己解决了", version: int = 1) -> Any:
    return asker.one(WITHDRAW, {"id": need["id"], "reason": reason, "version": version})


def test_nobody_says_a_need_for_a_household_that_is_not_theirs(
    somebody: As, resident: Somebody, nobody: Somebody, home: dict[str, str]
) -> None:
    before = resident.one("{ needs(first: 0) { totalCount } }")
    foreign = {"place": home["place"], "owner": {"household": home["id"]}}
    for role in ("neighbour", "partner", "resident of another community"):
        answer = submit(somebody(role), **foreign)
        assert answer["code"] in ("NOT_FOUND", "FORBIDDEN"), answer
    refused(submit(nobody, **foreign), "UNAUTHENTICATED")
    assert resident.one("{ needs(first: 0) { totalCount } }") == before


def test_only_its_household_and_those_in_charge_see_where_exactly_a_need_is(
    somebody: As, resident: Somebody, home: dict[str, str]
) -> None:
    need = done(submit(resident, place=home["place"], owner={"household": home["id"]}), "Need")
    assert need["number"].isdigit()
    mine = resident.one(SEE, {"id": need["id"]})
    assert mine["place"]["code"] == home["code"]
    assert mine["ownerHousehold"]["id"] == home["id"]
    for role in ("neighbour", "partner", "resident of another community", None):
        seen = somebody(role).one(SEE, {"id": need["id"]})
        assert seen["title"] == mine["title"]
        assert seen["place"] is None or seen["place"]["code"] == SHIJI
        assert seen["ownerHousehold"] is None
        assert seen["history"]["nodes"] == []
        assert home["code"] not in str(seen)
    assert somebody("grid worker").one(SEE, {"id": need["id"]})["place"]["code"] == home["code"]


def test_the_exact_place_cannot_be_found_out_by_filtering_either(
    somebody: As, resident: Somebody, home: dict[str, str]
) -> None:
    need = done(submit(resident, place=home["place"], owner={"household": home["id"]}), "Need")
    query = "query($within: String!) { needs(filter: {within: $within}, first: 100) { totalCount nodes { id } } }"

    def lies_in(asker: Somebody, code: str) -> bool:
        page = asker.one(query, {"within": code})
        assert page["totalCount"] >= len(page["nodes"])
        return need["id"] in {each["id"] for each in page["nodes"]}

    assert lies_in(resident, home["code"])
    assert lies_in(somebody("partner"), SHIJI)
    for role in ("neighbour", "partner", None):
        assert not lies_in(somebody(role), home["code"])
        assert not lies_in(somebody(role), home["code"].rpartition("-")[0])


@pytest.mark.parametrize("visibility", ["MEMBERS", "ADMINISTRATORS"])
def test_a_need_that_is_not_public_does_not_exist_for_others(
    somebody: As, resident: Somebody, home: dict[str, str], visibility: str
) -> None:
    own = {"place": home["place"], "owner": {"household": home["id"]}}
    need = done(submit(resident, **own, visibility=visibility), "Need")
    strangers = ["resident of another community", None] + (["neighbour"] if visibility == "ADMINISTRATORS" else [])
    listing = '{ needs(filter: {within: "x-shiji-huayuan"}, first: 100) { totalCount nodes { id } } }'
    for role in strangers:
        asker, listed = somebody(role), somebody(role).one(listing)
        assert asker.one(SEE, {"id": need["id"]}) is None
        assert need["id"] not in {each["id"] for each in listed["nodes"]}
        assert listed["totalCount"] == len(listed["nodes"])
        answer = withdraw(asker, need)
        assert answer["code"] == ("NOT_FOUND" if role else "UNAUTHENTICATED"), answer
    if visibility == "MEMBERS":
        assert somebody("neighbour").one(SEE, {"id": need["id"]})["title"] == need["title"]
        refused(withdraw(somebody("neighbour"), need), "FORBIDDEN")
    assert somebody("committee administrator").one(SEE, {"id": need["id"]})["title"] == need["title"]


def test_a_grid_worker_enters_a_need_for_somebody_with_their_consent(
    somebody: As, resident: Somebody, home: dict[str, str]
) -> None:
    worker = somebody("grid worker")
    given = {"place": home["place"], "owner": {"household": home["id"]}, "onBehalfOf": {"consent": "ORAL"}}
    need = done(submit(worker, **given), "Need")
    mine = resident.one(SEE, {"id": need["id"]})
    assert (mine["consent"], mine["ownerHousehold"]["id"]) == ("ORAL", home["id"])
    assert somebody("staff").one(SEE, {"id": need["id"]})["onBehalfBy"] is not None
    neighbours = somebody("neighbour").one(SEE, {"id": need["id"]})
    assert (neighbours["onBehalfBy"], neighbours["consent"]) == (None, None)
    far = household(somebody("resident of another community"))
    elsewhere = place(worker, "x-qinghua-shuinichang")
    answer = submit(worker, place=elsewhere, owner={"household": far}, onBehalfOf={"consent": "ORAL"})
    assert answer["code"] in ("NOT_FOUND", "FORBIDDEN"), answer
    assert worker.errors("mutation($input: NeedInput!) { needSubmit(input: $input) { __typename } }",
                         {"input": {"title": "无人同意", "category": "life", **given, "onBehalfOf": {}}})  # fmt: skip


def test_a_need_is_withdrawn_with_a_reason_by_whoever_asked_and_once(
    somebody: As, resident: Somebody, home: dict[str, str]
) -> None:
    need = done(submit(resident, place=home["place"], owner={"household": home["id"]}), "Need")
    refused(withdraw(somebody("neighbour"), need), "FORBIDDEN")
    assert refused(withdraw(resident, need, reason="  "), "INVALID_INPUT")["path"] == ["reason"]
    refused(withdraw(resident, need, version=7), "STALE_VERSION")
    gone = done(withdraw(resident, need), "Need")
    assert (gone["status"], gone["statusReason"], gone["version"]) == ("WITHDRAWN", "自己解决了", 2)
    refused(withdraw(resident, need, version=2), "INVALID_TRANSITION")


def test_a_contact_is_masked_for_everybody_and_told_to_those_who_may_know_with_an_entry_in_the_audit(
    somebody: As, resident: Somebody, auditor: Somebody, home: dict[str, str]
) -> None:
    own = resident.one("{ viewer { person { household { contact { name phone } } } } }")
    masked = own["person"]["household"]["contact"]
    assert "*" in masked["name"]
    assert "*" in masked["phone"]

    given = {"id": home["id"], "purpose": "上门前打个电话"}
    clear = done(somebody("staff").one(REVEAL, given), "ContactReveal")
    assert clear["phone"].isdigit()
    assert "*" not in clear["name"]
    for role in ("neighbour", "partner", "resident of another community", "administrator of another community", None):
        answer = somebody(role).one(REVEAL, given)
        assert answer["code"] in ("NOT_FOUND", "FORBIDDEN", "UNAUTHENTICATED"), answer
        assert clear["phone"] not in str(answer)
    refused(auditor.one(REVEAL, given), "FORBIDDEN")
    assert refused(somebody("staff").one(REVEAL, {**given, "purpose": " "}), "INVALID_INPUT")["path"] == ["purpose"]

    looked = auditor.pages("""query($after: String) {
        auditEntries(within: "x-shiji-huayuan", first: 100, after: $after) {
        nodes { action actor objectId } pageInfo { hasNextPage endCursor } } }""")
    entries = [each for each in looked if each["action"] == "contact.reveal"
               and each["objectId"] == home["id"].partition(":")[2]]  # fmt: skip
    assert len(entries) == 1
    assert clear["phone"] not in str(looked)


def test_a_resident_follows_the_need_by_its_match(
    administrator: Somebody, resident: Somebody, home: dict[str, str]
) -> None:
    office = organisation(administrator, "电机社区居委会(演)")
    assert place(administrator, DIANJI)
    need = done(submit(resident, place=home["place"], owner={"household": home["id"]}), "Need")
    move = f"""mutation($id: ID!, $assignee: AssigneeInput) {{ needAdvance(id: $id, to: DISPATCHED, expectedVersion: 1,
        assignee: $assignee) {{ __typename {ERROR} {FORBIDDEN} ... on Need {{ status }} }} }}"""
    refused(resident.one(move, {"id": need["id"]}), "FORBIDDEN")
    done(administrator.one(move, {"id": need["id"], "assignee": {"organisation": office}}), "Need")
    followed = resident.one("query($id: ID!) { node(id: $id) { ... on Need { status updatedAt assignedOrganisation {"
                            " nameZh } } } }", {"id": need["id"]})  # fmt: skip
    assert (followed["status"], followed["assignedOrganisation"]["nameZh"]) == ("DISPATCHED", "电机社区居委会(演)")
