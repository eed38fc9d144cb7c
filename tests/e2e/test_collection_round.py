"""The administrator's story: ask units and households for their lists, see who answered, publish what came."""

from typing import Any

import pytest

from tests.e2e.asking import ERROR, FORBIDDEN, STALE, Somebody, done, refused
from tests.e2e.conftest import As
from tests.e2e.story import DIANJI, SHIJI, fresh, household, offer, organisation, place, submit

ROUND = "... on CollectionRound { id status version dueOn collects }"
OPEN = f"""mutation($input: CollectionRoundInput!) {{ collectionRoundOpen(input: $input) {{
    __typename {ERROR} {FORBIDDEN} {ROUND} }} }}"""
CLOSE = f"""mutation($id: ID!, $version: Int!) {{ collectionRoundClose(id: $id, expectedVersion: $version) {{
    __typename {ERROR} {FORBIDDEN} {STALE} {ROUND} }} }}"""
ASKED = """query($round: ID!, $answered: Boolean) {
    collectionInvitations(filter: {round: $round, answered: $answered}, first: 100) { totalCount nodes {
    id answered missing organisation { name } household { id contact { name phone } }
    needLists(first: 5) { nodes { id status } } resourceLists(first: 5) { nodes { id status } } } } }"""
LIST = "id version status number title statusReason submittedOn publishedOn ownerOrganisation { id }"
CLEAR = "13800000"


def list_mutation(name: str, kind: str, arguments: dict[str, str]) -> str:
    """Return the text of a mutation of lists of a kind."""
    declared = ", ".join(f"${key}: {of}" for key, of in arguments.items())
    given = ", ".join(f"{key}: ${key}" for key in arguments)
    return f"""mutation({declared}) {{ {kind}List{name}({given}) {{ __typename {ERROR} {FORBIDDEN} {STALE}
        ... on {kind.capitalize()}List {{ {LIST} }} }} }}"""


def save(asker: Somebody, kind: str, **given: Any) -> Any:
    return asker.one(list_mutation("Save", kind, {"input": "ListDraft!"}), {"input": given})


def move(asker: Somebody, name: str, kind: str, found: Any, **more: Any) -> Any:
    """Move a list of which one read `found`; return what came back."""
    key = "draft" if name == "Publish" else "id"
    types = {"reason": "String!", "supersedes": "ID"}
    arguments = {key: "ID!", "expectedVersion": "Int!", **{each: types[each] for each in more}}
    variables = {key: found["id"], "expectedVersion": found["version"], **more}
    return asker.one(list_mutation(name, kind, arguments), variables)


@pytest.fixture
def neighbours_home(somebody: As) -> str:
    """Return the household of somebody who does without an account."""
    return household(somebody("neighbour"))


def opened(administrator: Somebody, **whom: Any) -> Any:
    values = {
        "title": fresh("十二月双向梳理"), "place": place(administrator, DIANJI), "collects": ["NEED", "RESOURCE"],
        "dueOn": "2199-12-10", "note": "请各单位、各户报一报:缺什么、有什么。", **whom,
    }  # fmt: skip
    return done(administrator.one(OPEN, {"input": values}), "CollectionRound")


def invitations(asker: Somebody, found: Any, answered: bool | None = None) -> list[Any]:
    nodes: list[Any] = asker.one(ASKED, {"round": found["id"], "answered": answered})["nodes"]
    return nodes


def test_whom_a_round_asks_is_seen_by_them_and_by_who_is_in_charge_alone(
    administrator: Somebody, partner: Somebody, resident: Somebody, nobody: Somebody, somebody: As
) -> None:
    grain = organisation(administrator, "蒲津粮油行")
    found = opened(administrator, organisations=[grain], households=[household(resident)])

    assert len(invitations(administrator, found)) == 2
    assert [each["organisation"]["name"][:5] for each in invitations(partner, found)] == ["蒲津粮油行"]
    assert [each["household"]["id"] for each in invitations(resident, found)] == [household(resident)]
    for other in ("neighbour", "administrator of another community", "clerk's administrator"):
        assert invitations(somebody(other), found) == []
    assert invitations(nobody, found) == []
    call = nobody.one("{ collectionRounds(first: 1) { nodes { id note dueOn invitations(first: 5) { totalCount } } } }")
    assert call["nodes"][0]["id"] == found["id"]
    assert call["nodes"][0]["invitations"]["totalCount"] == 0
    assert CLEAR not in administrator.post(ASKED, {"round": found["id"]}).text


def test_nobody_but_the_administrator_opens_or_closes_a_round(
    administrator: Somebody, partner: Somebody, resident: Somebody, nobody: Somebody, auditor: Somebody
) -> None:
    found = opened(administrator)
    values = {"title": "x", "place": place(nobody, DIANJI), "collects": ["NEED"], "dueOn": "2199-12-10"}
    for asker, code in (
        (nobody, "UNAUTHENTICATED"), (resident, "FORBIDDEN"), (partner, "FORBIDDEN"), (auditor, "FORBIDDEN"),
    ):  # fmt: skip
        refused(asker.one(OPEN, {"input": values}), code)
        refused(asker.one(CLOSE, {"id": found["id"], "version": 1}), code)


def test_a_round_from_the_call_to_the_published_lists(
    administrator: Somebody, partner: Somebody, resident: Somebody, nobody: Somebody, somebody: As, neighbours_home: str
) -> None:
    grain, own = organisation(administrator, "蒲津粮油行"), household(resident)
    found = opened(administrator, organisations=[grain], households=[own, neighbours_home])
    estate = place(administrator, SHIJI)

    # The unit drafts and hands in; nobody outside sees the draft, public as the list will be.
    (asked,) = invitations(partner, found)
    oil = done(offer(partner, place=place(partner, DIANJI), owner={"organisation": grain}), "Resource")
    draft = done(
        save(partner, "resource", title="粮油行能出的", invitation=asked["id"], items=[oil["id"]]), "ResourceList"
    )
    read = "query($id: ID!) { node(id: $id) { ... on ResourceList { number title status publishedOn } } }"
    assert nobody.one(read, {"id": draft["id"]}) is None
    assert resident.one(read, {"id": draft["id"]}) is None
    handed_in = done(move(partner, "Submit", "resource", draft), "ResourceList")
    refused(move(resident, "Confirm", "resource", handed_in), "FORBIDDEN")

    # A household hands in by itself; another one's list is entered by the grid worker.
    (mine,) = invitations(resident, found)
    need = done(submit(resident, place=estate, owner={"household": own}), "Need")
    home = done(save(resident, "need", title="我家缺的", invitation=mine["id"], items=[need["id"]]), "NeedList")
    done(move(resident, "Submit", "need", home), "NeedList")

    waiting = invitations(administrator, found, answered=False)
    assert [each["household"]["id"] for each in waiting] == [neighbours_home]
    assert waiting[0]["missing"] == ["RESOURCE", "NEED"]

    worker = somebody("grid worker")
    behalf = {"consent": "ORAL"}
    theirs = done(submit(worker, place=estate, owner={"household": neighbours_home}, onBehalfOf=behalf), "Need")
    entered = save(worker, "need", title="邻居家缺的", invitation=waiting[0]["id"], items=[theirs["id"]])
    done(move(worker, "Submit", "need", done(entered, "NeedList")), "NeedList")
    assert invitations(administrator, found, answered=False) == []

    # The committee sends one back, with a reason; it is handed in again, confirmed, published.
    returned = move(administrator, "Return", "resource", handed_in, reason="请写明每月多少份")
    assert done(returned, "ResourceList")["statusReason"] == "请写明每月多少份"
    assert [each["organisation"]["name"][:5] for each in invitations(administrator, found, answered=False)] == [
        "蒲津粮油行"
    ]
    again = done(move(partner, "Submit", "resource", returned), "ResourceList")
    refused(move(administrator, "Publish", "resource", again), "INVALID_TRANSITION")
    confirmed = done(move(somebody("staff"), "Confirm", "resource", again), "ResourceList")
    published = done(move(administrator, "Publish", "resource", confirmed), "ResourceList")
    assert (published["status"], published["statusReason"]) == ("PUBLISHED", None)
    shown = nobody.one(read, {"id": published["id"]})
    assert shown["number"].startswith("永济-电机-资-")
    assert shown["publishedOn"] is not None

    # It can be pasted into a chat group and printed by anybody; the administrator has the whole round as a table.
    pasted = nobody.http.get(f"/lists/{published['id']}/text").text
    assert published["number"] in pasted
    assert oil["title"] in pasted
    assert "<table>" in nobody.http.get(f"/lists/{published['id']}/print").text
    whole = f"/export/collectionInvitations.csv?round={found['id']}"
    assert len(administrator.http.get(whole, headers=administrator.headers()).text.splitlines()) == 4
    assert len(nobody.http.get(whole).text.splitlines()) == 1

    done(administrator.one(CLOSE, {"id": found["id"], "version": found["version"]}), "CollectionRound")
    late = save(partner, "need", title="又想起一件", invitation=asked["id"])
    refused(late, "INVALID_TRANSITION")


def test_a_newer_list_takes_the_place_of_the_published_one_and_is_withdrawn(partner: Somebody) -> None:
    grain = organisation(partner, "蒲津粮油行")
    here = place(partner, DIANJI)
    items = [done(offer(partner, place=here, owner={"organisation": grain}), "Resource")["id"]]
    values = {"title": fresh("能出的"), "place": here, "owner": {"organisation": grain}, "items": items}
    first = done(
        move(partner, "Publish", "resource", done(save(partner, "resource", **values), "ResourceList")), "ResourceList"
    )
    draft = done(save(partner, "resource", **values), "ResourceList")
    newer = done(move(partner, "Publish", "resource", draft, supersedes=first["id"]), "ResourceList")
    former = partner.one(
        "query($id: ID!) { node(id: $id) { ... on ResourceList { status version } } }", {"id": first["id"]}
    )
    assert former["status"] == "SUPERSEDED"
    refused(move(partner, "Withdraw", "resource", newer, reason=" "), "INVALID_INPUT")
    refused(move(partner, "Withdraw", "resource", draft, reason="写错了"), "STALE_VERSION")
    assert done(move(partner, "Withdraw", "resource", newer, reason="写错了"), "ResourceList")["status"] == "WITHDRAWN"
