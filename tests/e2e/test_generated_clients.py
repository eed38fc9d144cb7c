"""Programs that have a token and schema.graphql alone do a partner's work, and keep a copy that is always true."""

import random
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from api import clock
from tests.clients.programs import CONTRACT, LANGUAGES, Program, generated, running
from tests.e2e.agreeing import half_signed
from tests.e2e.asking import ERROR, Somebody, done
from tests.e2e.server import Server
from tests.e2e.story import DIANJI, document, fresh, offer, organisation, place, published, submit

ACCEPT = f"""mutation($id: ID!, $v: Int!) {{ claimAccept(id: $id, expectedVersion: $v) {{ __typename {ERROR}
    ... on Claim {{ id status version }} }} }}"""
CHANGE = f"""mutation($id: ID!, $changes: NeedChanges!, $v: Int!) {{ needUpdate(id: $id, changes: $changes,
    expectedVersion: $v) {{ __typename {ERROR} ... on Need {{ id }} }} }}"""
WITHDRAW = f"""mutation($id: ID!, $v: Int!) {{ needWithdraw(id: $id, expectedVersion: $v, reason: "办好了") {{
    __typename {ERROR} ... on Need {{ id }} }} }}"""
CLAIM = f"mutation($id: ID!, $input: ClaimInput) {{ needClaim(id: $id, input: $input) {{ __typename {ERROR} }} }}"
EVALUATE = f"""mutation($id: ID!, $text: String) {{ claimEvaluate(id: $id, side: ASKER, score: 5, text: $text) {{
    __typename {ERROR} ... on Claim {{ status }} }} }}"""
PROMISES = """query($id: ID!) { node(id: $id) { ... on Agreement { promises {
    progress { kept left state } } } } }"""
KEPT = {
    "places": "PlaceKept",
    "needs": "NeedKept",
    "resources": "ResourceKept",
    "matches": "MatchKept",
    "agreements": "AgreementKept",
    "claims": "ClaimKept",
}
OFFICE, GRAIN = "电机社区居委会(演)", "蒲津粮油行"


@pytest.fixture(scope="module", params=["python", pytest.param("typescript", marks=pytest.mark.node)])
def command(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Return a generated program's folder and how it is started."""
    folder = tmp_path_factory.mktemp("clients") / request.param
    return folder, generated(LANGUAGES[request.param], folder)


@pytest.fixture
def program(command: Any, server: Server) -> Iterator[Program]:
    folder, start = command
    with running(start, folder, server.announced["graphql"], server.token("partner")) as started:
        yield started


def test_it_asks_claims_a_part_delivers_and_is_judged(
    program: Program, administrator: Somebody, partner: Somebody
) -> None:
    here, grain = place(administrator, DIANJI), organisation(partner, GRAIN)
    promised = half_signed(administrator, category="space.activity", quantity=20, unit="TIME")
    signed = program.told("sign", agreement=promised["id"], version=promised["version"])
    assert (signed["__typename"], signed["agreementStatus"]) == ("Agreement", "IN_FORCE")
    line = {"kind": "SPACE", "category": "space.activity", "quantity": 10, "unit": "TIME"}
    wanted = done(
        submit(administrator, place=here, owner={"organisation": organisation(partner, OFFICE)}, lines=[line]), "Need"
    )
    room = done(offer(partner, place=here, owner={"organisation": grain}), "Resource")
    published(administrator, DIANJI, document(fresh("generated")))

    now = clock.now()
    asked = {
        "agreement": promised["id"],
        "month": {"from": now.isoformat(), "to": (now + timedelta(days=30)).isoformat()},
        "circle": administrator.one(f'{{ place(code: "{DIANJI}") {{ point {{ longitude latitude }} }} }}')["point"]
        | {"metres": 2000},
    }
    need = next(each for each in program.told("open", **asked) if each["id"] == wanted["id"])
    assert room["id"] in {each["resource"]["id"] for each in need["matches"]["nodes"]}
    for reason in (each["reason"] for each in need["matches"]["nodes"]):
        assert reason["because"]
        assert any(each["holds"] and each["sentence"] for each in reason["conditions"])

    part = {"claimant": {"organisation": grain}, "agreement": promised["id"]}
    part["lines"] = [{"line": need["lines"][0]["id"], "quantity": 4}]
    key = fresh("four-times")
    claim = program.told("claim", need=need["id"], input=part, key=key)
    assert (claim["__typename"], claim["claimStatus"]) == ("Claim", "PROPOSED")
    assert program.told("claim", need=need["id"], input=part, key=key) == claim
    too_much = {**part, "lines": [{"line": need["lines"][0]["id"], "quantity": 7}]}
    conflict = program.told("claim", need=need["id"], input=too_much, key=fresh("seven-more"))
    assert (conflict["code"], conflict["contested"][0]["left"]) == ("CLAIM_CONFLICT", 6)

    accepted = done(administrator.one(ACCEPT, {"id": claim["id"], "v": claim["version"]}), "Claim")
    line_claimed = [{"line": part["lines"][0]["line"], "quantity": 4}]
    finished = program.told(
        "complete", claim=claim["id"], version=accepted["version"], proof="四个周六都开了门", delivered=line_claimed
    )
    assert finished.get("claimStatus") == "COMPLETED", finished
    judged = program.told("evaluate", claim=claim["id"], score=5, text="人到得齐")
    assert judged["__typename"] == "Claim", judged
    thanked = administrator.one(EVALUATE, {"id": claim["id"], "text": "门开得准时"})
    assert done(thanked, "Claim")["status"] == "EVALUATED"
    (mine,) = program.told("claims", agreement=promised["id"])
    assert mine["lines"] == [{"quantity": 4, "unit": "TIME", "delivered": 4}]
    assert {(each["bySide"], each["text"]) for each in mine["evaluations"]} == {
        ("CLAIMANT", "人到得齐"),
        ("ASKER", "门开得准时"),
    }
    (promise,) = administrator.one(PROMISES, {"id": promised["id"]})["promises"]
    assert promise["progress"] == {"kept": 4, "left": 16, "state": "OPEN"}


def test_its_copy_is_what_a_fresh_reading_gives_whatever_others_do(
    program: Program, administrator: Somebody, partner: Somebody
) -> None:
    dice = random.Random(7)
    needs = [new_need(administrator) for _ in range(3)]
    first = program.told("follow")
    assert set(needs) <= first["copy"].keys()
    is_what_a_fresh_reading_gives(program, partner)

    hidden: set[str] = set()
    dropped: set[str] = set()
    steps = [(hide, needs[0]), (withdraw, needs[1]), (claim_it, needs[2])]
    for _ in range(9):
        needs.append(new_need(administrator))
        steps.append((dice.choice([hide, withdraw, claim_it]), needs[-1]))
    for step, need in sorted(steps, key=lambda _: dice.random()):
        step(administrator if step is not claim_it else partner, need)
        hidden |= {need} if step is hide else set()
        if dice.random() < 0.3:
            dropped |= set(program.told("follow")["dropped"])

    dropped |= set(program.told("follow")["dropped"])
    last = program.told("follow")
    assert not last["dropped"], "nothing happened meanwhile"
    assert needs[0] in hidden & dropped, "what was in the copy is dropped by a tombstone"
    assert not hidden & last["copy"].keys()
    is_what_a_fresh_reading_gives(program, partner)

    done(administrator.one(CHANGE, {"id": needs[0], "v": version(administrator, needs[0]),
                                    "changes": {"visibility": "PUBLIC"}}), "Need")  # fmt: skip
    assert program.told("follow")["copy"][needs[0]]["__typename"] == "Need"


def new_need(administrator: Somebody) -> str:
    owner = {"organisation": organisation(administrator, OFFICE)}
    return str(done(submit(administrator, place=place(administrator, DIANJI), owner=owner), "Need")["id"])


def version(asker: Somebody, need: str) -> int:
    return int(asker.one("query($id: ID!) { node(id: $id) { ... on Need { version } } }", {"id": need})["version"])


def hide(administrator: Somebody, need: str) -> None:
    changes = {"visibility": "ADMINISTRATORS"}
    done(administrator.one(CHANGE, {"id": need, "v": version(administrator, need), "changes": changes}), "Need")


def withdraw(administrator: Somebody, need: str) -> None:
    done(administrator.one(WITHDRAW, {"id": need, "v": version(administrator, need)}), "Need")


def claim_it(partner: Somebody, need: str) -> None:
    given = {"claimant": {"organisation": organisation(partner, GRAIN)}}
    done(partner.one(CLAIM, {"id": need, "input": given}), "Claim")


def kept(copy: dict[str, Any]) -> dict[str, Any]:
    """Return of a copy what the program keeps with more than its identifier."""
    types = {name.removesuffix("Kept") for name in KEPT.values()}
    return {key: node for key, node in copy.items() if node["__typename"] in types}


def is_what_a_fresh_reading_gives(program: Program, asker: Somebody) -> None:
    """Compare at a moment in which nothing happens: background work of other stories may still run."""
    for _ in range(5):
        before = kept(program.told("follow")["copy"])
        read = fresh_reading(asker)
        if kept(program.told("follow")["copy"]) == before:
            assert {name.removesuffix("Kept") for name in KEPT.values()} == {
                each["__typename"] for each in read.values()
            }
            assert before == read
            return
    raise AssertionError("something happened all the time")


def fresh_reading(asker: Somebody) -> dict[str, Any]:
    """Return the same from the root fields, page by page, by the program's own fragments."""
    text = CONTRACT[1].read_text(encoding="utf-8")
    found: dict[str, Any] = {}
    for field, name in KEPT.items():
        (fragment,) = re.findall(rf"^fragment {name} on .*?\}}(?=\n\n|\Z)", text, re.M | re.S)
        query = f"""query($after: String) {{ {field}(first: 100, after: $after) {{ nodes {{ __typename ...{name} }}
            pageInfo {{ hasNextPage endCursor }} }} }} {fragment}"""
        found |= {node["id"]: node for node in asker.pages(query)}
    return found
