"""A partner's program: its key, its walk through all pages, its offers and its lists."""

import threading
from typing import Any

import httpx
import pytest

from tests.e2e.asking import ERROR, FORBIDDEN, Somebody, done, refused
from tests.e2e.conftest import As
from tests.e2e.server import PATIENCE, Server
from tests.e2e.story import DIANJI, document, fresh, matches, offer, organisation, place, published, submit

ISSUE = f"""mutation($input: ApiKeyInput!) {{ apiKeyIssue(input: $input) {{ __typename {ERROR} {FORBIDDEN}
    ... on IssuedKey {{ token keyId expiresAt }} }} }}"""
REVOKE = f"""mutation($id: ID!) {{ apiKeyRevoke(id: $id) {{ __typename {ERROR} {FORBIDDEN}
    ... on ApiKey {{ revokedAt }} }} }}"""
GRANT = f"""mutation($input: MembershipInput!) {{ membershipGrant(input: $input) {{ __typename {ERROR} {FORBIDDEN}
    ... on Membership {{ id }} }} }}"""
KEYS = "{ apiKeys(first: 100) { totalCount nodes { id keyId label scopes revokedAt lastUsedOn } } }"
UPDATE = f"""mutation($id: ID!, $changes: NeedChanges!, $version: Int!) {{
    needUpdate(id: $id, changes: $changes, expectedVersion: $version) {{ __typename {ERROR} ... on Need {{
    version }} }} }}"""
PUBLISH_LIST = f"""mutation($input: ListInput!) {{ resourceListPublish(input: $input) {{ __typename {ERROR} {FORBIDDEN}
    ... on ResourceList {{ id number title entries(first: 9) {{ totalCount }} }} }} }}"""


def issued(administrator: Somebody, **given: Any) -> Any:
    grain = organisation(administrator, "蒲津粮油行")
    return administrator.one(ISSUE, {"input": {"organisation": grain, "label": fresh("粮油行的程序"), **given}})


def program(server: Server, http: httpx.Client, token: str) -> Somebody:
    assert server.url in str(http.base_url)
    return Somebody(http, token)


@pytest.mark.parametrize("role", ["partner", "property firm clerk", "resident", "auditor", "staff",
                                  "administrator of another community", None])  # fmt: skip
def test_only_the_administrator_of_its_community_gives_an_organisation_a_key(somebody: As, role: str | None) -> None:
    answer = issued(somebody(role))
    refused(answer, "UNAUTHENTICATED" if role is None else "FORBIDDEN")
    assert "wj_live" not in str(answer)


@pytest.mark.parametrize(("given", "path"), [
    ({"scopes": ["need:read", "dance"]}, ["scopes", "1"]), ({"scopes": ["ruleVersion:publish"]}, ["scopes", "0"]),
    ({"days": 0}, ["days"]), ({"days": 366}, ["days"]), ({"days": -1}, ["days"]), ({"label": ""}, ["label"]),
    ({"label": "字" * 101}, ["label"]), ({"organisation": "Organisation:1"}, ["organisation"]),
])  # fmt: skip
def test_a_key_that_may_not_be_is_refused_with_its_place(
    administrator: Somebody, given: dict[str, Any], path: list[str]
) -> None:
    before = administrator.one(KEYS)["totalCount"]
    answer = issued(administrator, **given)
    assert answer["code"] in ("INVALID_INPUT", "NOT_FOUND", "LIMIT_EXCEEDED"), answer
    assert answer["path"][0] == path[0]
    assert administrator.one(KEYS)["totalCount"] == before


def test_a_key_is_shown_once_does_what_its_scopes_say_and_ends_when_revoked(
    server: Server, administrator: Somebody
) -> None:
    key = done(issued(administrator, scopes=["need:read", "place:read"], days=30), "IssuedKey")
    machine = program(server, administrator.http, key["token"])
    viewer = machine.one("{ viewer { kind keyScopes } }")
    assert viewer == {"kind": "ORGANISATION_KEY", "keyScopes": ["need:read", "place:read"]}
    assert machine.one("{ needs(first: 1) { totalCount } }")["totalCount"] > 0
    assert machine.one("{ resources(first: 1) { totalCount nodes { id } } }") == {"totalCount": 0, "nodes": []}
    grain = organisation(administrator, "蒲津粮油行")
    refused(offer(machine, place=place(machine, DIANJI), owner={"organisation": grain}), "FORBIDDEN")

    listed = administrator.one(KEYS)["nodes"]
    (row,) = [each for each in listed if each["keyId"] == key["keyId"]]
    assert row["scopes"] == ["need:read", "place:read"]
    assert key["token"] not in str(listed)
    assert key["token"] not in str(administrator.one("{ auditEntries(first: 100) { nodes { change objectId } } }"))
    done(administrator.one(REVOKE, {"id": row["id"]}), "ApiKey")
    after = machine.post("{ viewer { kind } }")
    assert after.status_code == 401
    assert after.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


def test_a_partners_program_offers_in_its_organisations_name_and_sees_the_match_at_once(
    server: Server, administrator: Somebody
) -> None:
    here, office = place(administrator, DIANJI), organisation(administrator, "电机社区居委会(演)")
    need = done(submit(administrator, place=here, owner={"organisation": office}), "Need")
    _, version = published(administrator, DIANJI, document(fresh("e2e-offer")))
    grain = organisation(administrator, "蒲津粮油行")
    # A key may what its organisation may, not what the people who work there may.
    role = {"role": "UNIT_REPRESENTATIVE", "place": here, "organisation": grain}
    done(administrator.one(GRANT, {"input": role}), "Membership")
    machine = program(server, administrator.http, done(issued(administrator), "IssuedKey")["token"])

    resource = done(offer(machine, place=here, owner={"organisation": grain}), "Resource")
    seen = machine.one(
        """query($id: ID!) { node(id: $id) { ... on Resource { ownerOrganisation { nameZh }
        matches(first: 100) { totalCount nodes { need { id } project { id } } } } } }""",
        {"id": resource["id"]},
    )
    assert seen["ownerOrganisation"]["nameZh"] == "蒲津粮油行(演)"
    assert {"need": {"id": need["id"]}, "project": None} in seen["matches"]["nodes"]
    assert all(match["need"] or match["project"] for match in seen["matches"]["nodes"])
    pairs = {(each["need"]["id"], each["resource"]["id"]) for each in matches(machine, ruleVersion=version["id"])}
    assert (need["id"], resource["id"]) in pairs
    refused(offer(machine, place=here, owner={"organisation": office}), "FORBIDDEN")


@pytest.mark.parametrize("order", ["NEWEST", "OLDEST"])
def test_whoever_walks_all_pages_meets_each_row_once_while_others_write(
    server: Server, administrator: Somebody, partner: Somebody, order: str
) -> None:
    here, office = place(administrator, DIANJI), organisation(administrator, "电机社区居委会(演)")
    owner = {"organisation": office}
    present = [done(submit(administrator, place=here, owner=owner), "Need") for _ in range(9)]
    stop = threading.Event()
    written: list[str] = []

    def write() -> None:
        with httpx.Client(base_url=server.url, timeout=PATIENCE) as http:
            other = Somebody(http, administrator.token)
            versions = {need["id"]: 1 for need in present}
            while not stop.is_set():
                written.append(done(submit(other, place=here, owner=owner), "Need")["id"])
                need = present[len(written) % len(present)]["id"]
                changes = {"title": fresh("改过"), "urgency": "HIGH", "text": None}
                answer = other.one(UPDATE, {"id": need, "changes": changes, "version": versions[need]})
                versions[need] = done(answer, "Need")["version"]

    query = f"""query($after: String) {{ needs(filter: {{within: "{DIANJI}"}}, orderBy: {order}, first: 2,
        after: $after) {{ nodes {{ id }} pageInfo {{ hasNextPage endCursor }} }} }}"""
    writer = threading.Thread(target=write)
    writer.start()
    try:
        while not written:
            stop.wait(0.01)
        walked = [node["id"] for node in partner.pages(query)]
        while len(written) < 2:  # On a busy machine a walk may be over before anybody else writes.
            walked = [node["id"] for node in partner.pages(query)]
    finally:
        stop.set()
        writer.join(PATIENCE)
    assert len(walked) == len(set(walked))
    assert {need["id"] for need in present} <= set(walked)


def test_walking_backwards_gives_the_same_rows_in_the_opposite_order(partner: Somebody) -> None:
    forwards = partner.pages(
        """query($after: String) { resources(filter: {within: "110"}, first: 3, after: $after) {
        nodes { id } pageInfo { hasNextPage endCursor } } }""".replace('"110"', '"11"')
    )
    backwards: list[Any] = []
    before = None
    while True:
        page = partner.one("""query($before: String) { resources(filter: {within: "11"}, last: 3, before: $before) {
            nodes { id } pageInfo { hasPreviousPage startCursor } } }""", {"before": before})  # fmt: skip
        backwards = page["nodes"] + backwards
        if not page["pageInfo"]["hasPreviousPage"]:
            break
        before = page["pageInfo"]["startCursor"]
    assert len(forwards) > 3
    assert backwards == forwards


def test_a_published_list_says_how_far_it_covers_the_lists_of_needs(administrator: Somebody, partner: Somebody) -> None:
    here, office = place(administrator, DIANJI), organisation(administrator, "电机社区居委会(演)")
    grain = organisation(partner, "蒲津粮油行")
    wanted = [done(submit(administrator, place=here, owner={"organisation": office}), "Need") for _ in range(2)]
    other = done(submit(administrator, place=here, owner={"organisation": office}, category="animal.pets"), "Need")
    resource = done(offer(partner, place=here, owner={"organisation": grain}), "Resource")
    published(administrator, DIANJI, document(fresh("e2e-lists")))
    needs = administrator.one("""mutation($input: ListInput!) { needListPublish(input: $input) { __typename
        ... on UserError { code message path } ... on NeedList { id number } } }""",
        {"input": {"title": "三件事", "place": here, "owner": {"organisation": office},
                   "items": [need["id"] for need in (*wanted, other)]}})  # fmt: skip
    given = {"title": "我们有的", "place": here, "owner": {"organisation": grain}, "items": [resource["id"]]}
    mine = done(partner.one(PUBLISH_LIST, {"input": given}), "ResourceList")
    assert mine["entries"]["totalCount"] == 1

    (covered,) = [
        each
        for each in partner.one("""query($id: ID!) { node(id: $id) { ... on ResourceList { coverage {
            lines covered share needList { id } } } } }""", {"id": mine["id"]})["coverage"]
        if each["needList"] and each["needList"]["id"] == done(needs, "NeedList")["id"]
    ]  # fmt: skip
    assert (covered["lines"], covered["covered"]) == (3, 2)
    assert covered["share"] == pytest.approx(2 / 3)
    used = partner.one("""query($id: ID!) { node(id: $id) { ... on NeedList {
        usedBy { covered resourceList { id } } } } }""", {"id": needs["id"]})["usedBy"]  # fmt: skip
    assert {"covered": 2, "resourceList": {"id": mine["id"]}} in used
    by_list = matches(partner, resourceList=mine["id"], needList=needs["id"])
    assert {match["need"]["id"] for match in by_list} == {need["id"] for need in wanted}


def test_a_list_takes_only_what_its_publisher_may_see(administrator: Somebody, partner: Somebody) -> None:
    here, office = place(administrator, DIANJI), organisation(administrator, "电机社区居委会(演)")
    hidden = done(
        offer(administrator, place=here, owner={"organisation": office}, visibility="ADMINISTRATORS"), "Resource"
    )
    before = partner.one("{ resourceLists(first: 0) { totalCount } }")
    owner = {"organisation": organisation(partner, "蒲津粮油行")}
    given = {"title": "别人的", "place": here, "owner": owner, "items": [hidden["id"]]}
    refusal = refused(partner.one(PUBLISH_LIST, {"input": given}), "NOT_FOUND")
    assert refusal["path"] == ["items", "0"]
    refused(
        partner.one(PUBLISH_LIST, {"input": {**given, "items": [], "owner": {"organisation": office}}}), "FORBIDDEN"
    )
    assert partner.one("{ resourceLists(first: 0) { totalCount } }") == before
