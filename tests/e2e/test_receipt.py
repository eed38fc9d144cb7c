"""A grid worker enters a neighbour's need, who asks by number who has it and since when; nobody sees a telephone."""

from datetime import datetime
from typing import Any

import pytest

from api import clock
from tests.e2e.asking import ERROR, FORBIDDEN, Somebody, done, refused
from tests.e2e.conftest import As
from tests.e2e.story import NEED, SHIJI, fresh, organisation, place

PHONE = "13900007316"
NAME = "陈玉梅"
RECEIPT = """query($number: String!) { needReceipt(number: $number) { number status statusLabel since holder next
    reviewOn reason history { status label on } slip spoken } }"""
RELATIVE = f"""mutation($input: RelativeNeedInput!) {{ needSubmitForRelative(input: $input) {{ __typename {ERROR}
    {FORBIDDEN} ... on NeedReceipt {{ number next history {{ status }} slip }} }} }}"""
CONFIRM = f"""mutation($id: ID!) {{ needConsentConfirm(id: $id, expectedVersion: 1) {{ __typename {ERROR} {FORBIDDEN}
    ... on Need {{ id visibility version onBehalf {{ words confirmedAt by {{ id }} confirmedBy {{ id }} }} }} }} }}"""
ADVANCE = f"""mutation($id: ID!, $to: NeedStatus!, $version: Int!, $assignee: AssigneeInput) {{
    needAdvance(id: $id, to: $to, expectedVersion: $version, assignee: $assignee) {{ __typename {ERROR} {FORBIDDEN}
    ... on Need {{ version }} }} }}"""
EVERYTHING = """query($id: ID!, $number: String!) {
    node(id: $id) { ... on Need { number title text status consent source statusReason place { code }
        onBehalfBy { id contact { name phone address } }
        onBehalf { words recorder consent givenOn sheetAt by { id contact { name phone address } } }
        ownerPerson { id contact { name phone address } place { code } household { id } memberships(first: 9) {
        nodes { role } } } history(first: 20) { nodes { actor action changes } } } }
    needs(first: 100) { nodes { id number title ownerPerson { contact { name phone address } } } }
    needReceipt(number: $number) { number status holder next slip spoken history { label } } }"""
HIDDEN = """query($id: ID!) { node(id: $id) { id } }"""


def neighbour(place_id: str, **behalf: Any) -> dict[str, Any]:
    person = {"name": NAME, "phone": f"{PHONE[:3]} {PHONE[3:7]} {PHONE[7:]}", "address": "三号楼二单元一层"}
    return {
        "title": fresh("想请人来看看水龙头"), "category": "repair.minor.water", "place": place_id,
        "onBehalfOf": {"consent": "ORAL", "person": person, **behalf},
    }  # fmt: skip


@pytest.fixture
def asked(somebody: As) -> Any:
    """Return a need that the grid worker entered for a neighbour whom nobody had registered."""
    worker = somebody("grid worker")
    return done(worker.one(NEED, {"input": neighbour(place(worker, SHIJI))}), "Need")


def test_a_number_that_was_misheard_or_is_nobodys_tells_nothing(nobody: Somebody, asked: Any) -> None:
    number = asked["number"]
    misheard = ("1" if number[0] != "1" else "2") + number[1:]
    for wrong in (misheard, "", "abc", number[1:]):
        assert nobody.code(RECEIPT, {"number": wrong}) == "INVALID_INPUT"


def test_the_neighbour_asks_by_number_who_has_it_and_since_when(
    somebody: As, administrator: Somebody, nobody: Somebody, asked: Any
) -> None:
    number, today = asked["number"], datetime.now(clock.LOCAL_ZONE).date().isoformat()
    first = nobody.one(RECEIPT, {"number": number})
    assert (first["status"], first["statusLabel"], first["holder"]) == ("REQUESTED", "点单(已登记)", "社区")
    office = organisation(administrator, "电机社区居委会(演)")
    given = {"id": asked["id"], "to": "DISPATCHED", "version": 1, "assignee": {"organisation": office}}
    done(administrator.one(ADVANCE, given), "Need")

    told = nobody.one(RECEIPT, {"number": f"{number[:3]}-{number[3:6]}-{number[6:]}"})
    assert told["holder"].startswith("电机社区居委会")
    assert (told["since"], [step["status"] for step in told["history"]]) == (today, ["REQUESTED", "DISPATCHED"])
    assert told["holder"] in told["spoken"]
    assert told["number"] in told["slip"]
    assert asked["title"] not in str(told)
    assert nobody.speaking("en").one(RECEIPT, {"number": number})["statusLabel"] == "handed on"


def test_nobody_sees_a_telephone(somebody: As, tokens: dict[str, str], asked: Any) -> None:
    seen = set()
    for role in (*tokens, None):
        answer = somebody(role).post(EVERYTHING, {"id": asked["id"], "number": asked["number"]})
        assert answer.status_code == 200, answer.text
        body = answer.json()["data"]
        assert PHONE not in answer.text, role
        assert NAME not in answer.text, role
        assert body["needReceipt"]["status"] == "REQUESTED"
        if body["node"]["onBehalf"] is not None:
            seen.add(role)
    assert {"grid worker", "staff", "committee administrator", "auditor"} <= seen
    assert not {None, "neighbour", "partner", "resident", "resident of another community"} & seen


def test_a_child_elsewhere_enters_it_and_the_grid_worker_makes_sure(somebody: As, nobody: Somebody) -> None:
    child, worker = somebody("resident of another community"), somebody("grid worker")
    given = neighbour(place(child, SHIJI), recorder="CHILD", words="母亲口头同意,儿子代填")
    assert refused(nobody.one(RELATIVE, {"input": given}), "UNAUTHENTICATED")
    told = done(child.one(RELATIVE, {"input": given}), "NeedReceipt")
    assert "核实" in told["next"]
    assert "核实" in told["slip"].replace("\n", "")
    listing = (
        """query($within: String!) { needs(filter: {within: $within}, first: 100) { nodes { id title version } } }"""
    )
    (need,) = [each for each in worker.one(listing, {"within": SHIJI})["nodes"] if each["title"] == given["title"]]
    for role in ("neighbour", "partner", "resident of another community", None):
        assert somebody(role).one(HIDDEN, {"id": need["id"]}) is None
    refused(child.one(CONFIRM, {"id": need["id"]}), "FORBIDDEN")

    sure = done(worker.one(CONFIRM, {"id": need["id"]}), "Need")
    assert (sure["visibility"], sure["version"], sure["onBehalf"]["words"]) == ("PUBLIC", 2, "母亲口头同意,儿子代填")
    assert sure["onBehalf"]["confirmedAt"]
    assert somebody("partner").one(HIDDEN, {"id": need["id"]}) is not None
    assert "核实" not in nobody.one(RECEIPT, {"number": told["number"]})["next"]


def test_what_is_sent_again_under_its_key_registers_and_enters_once(somebody: As) -> None:
    worker, key = somebody("grid worker"), fresh("sent-again")
    person = {"name": fresh("赵秀英"), "phone": "13900007317"}
    given = neighbour(place(worker, SHIJI), person=person)
    first, again = [worker.post(NEED, {"input": given}, **{"Idempotency-Key": key.encode().hex()}) for _ in range(2)]
    assert done(first.json()["data"]["needSubmit"], "Need")["number"]
    assert first.content == again.content
    assert again.headers["Idempotency-Replayed"] == "true"
    listing = """query($within: String!) { needs(filter: {within: $within}, first: 100) { nodes { title } } }"""
    titles = [each["title"] for each in worker.one(listing, {"within": SHIJI})["nodes"]]
    assert titles.count(given["title"]) == 1
