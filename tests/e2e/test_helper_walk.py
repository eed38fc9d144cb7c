"""A resident registers as a helper, finds a neighbour's small wish for the weekend, fulfils it and is thanked."""

from datetime import datetime, time, timedelta
from typing import Any

import pytest

from api import clock
from tests.e2e.asking import ERROR, FORBIDDEN, Somebody, done, refused
from tests.e2e.conftest import As
from tests.e2e.story import DIANJI, SHIJI, document, fresh, household, place, published, submit

REGISTRATION = f"{{ __typename {ERROR} {FORBIDDEN} ... on Registration {{ id status version resource {{ id }} }} }}"
REGISTER = f"mutation($input: RegistrationInput!) {{ registrationSubmit(input: $input) {REGISTRATION} }}"
CONFIRM = f"mutation($id: ID!, $v: Int!) {{ registrationConfirm(id: $id, expectedVersion: $v) {REGISTRATION} }}"
END = f'mutation($id: ID!, $v: Int!) {{ registrationEnd(id: $id, expectedVersion: $v, reason: "改天") {REGISTRATION} }}'
RESULT = f"""{{ __typename {ERROR} {FORBIDDEN} ... on Claim {{ id status version need {{ status }}
    lines {{ resource {{ id }} }} evaluations {{ bySide score text }} }} }}"""
CLAIM = f"mutation($id: ID!, $input: ClaimInput) {{ needClaim(id: $id, input: $input) {RESULT} }}"
ACCEPT = f"mutation($id: ID!, $v: Int!) {{ claimAccept(id: $id, expectedVersion: $v) {RESULT} }}"
COMPLETE = f"""mutation($id: ID!, $v: Int!) {{
    claimComplete(id: $id, expectedVersion: $v, proof: "换了插头,转得很稳") {RESULT} }}"""
EVALUATE = f"""mutation($id: ID!, $side: ClaimSide!, $text: String) {{
    claimEvaluate(id: $id, side: $side, score: 5, text: $text) {RESULT} }}"""
WEEKEND = """query($place: String!, $between: IntervalInput!) { needs(first: 100, filter: {within: $place,
    status: [REQUESTED], availableBetween: $between}) { nodes { id } } }"""

SUGGESTED = """query($id: ID!) { node(id: $id) { ... on Need { lines { id } matches(first: 20) { nodes {
    resource { id } } } } } }"""


def saturday(hour: int) -> str:
    """Return an hour of the next Saturday but one, in the time of the place."""
    today = clock.now().date()
    day = today + timedelta(days=(5 - today.weekday()) % 7 + 7)
    return datetime.combine(day, time(hour)).isoformat()


def window(start: int, end: int) -> dict[str, str]:
    return {"startsAt": saturday(start), "endsAt": saturday(end)}


def person(asker: Somebody) -> str:
    return str(asker.one("{ viewer { person { id } } }")["person"]["id"])


@pytest.fixture
def wish(somebody: As) -> Any:
    """Return a neighbour's small wish for Saturday."""
    neighbour = somebody("neighbour")
    asked = submit(
        neighbour, title=fresh("电风扇不转了"), category="life.appliance", place=place(neighbour, SHIJI),
        owner={"household": household(neighbour)}, estimatedCost=50, windows=[window(9, 12)],
        lines=[{"kind": "LABOUR", "category": "life.appliance", "quantity": 1, "unit": "TIME"}],
    )  # fmt: skip
    return done(asked, "Need")


def small_wishes() -> dict[str, Any]:
    """Return a rule: small wishes go to registered helpers who have time for them."""
    conditions = [
        {"field": "provider.type", "op": "=", "value": "PERSON"},
        {"field": "pair.categoryKinship", "op": "=", "value": "SAME"},
        {"field": "pair.providerRegistered", "op": "=", "value": True},
        {"field": "demand.estimatedCost", "op": "<=", "value": 500, "unknown": "fails"},
        {"field": "pair.overlapMinutes", "op": ">=", "value": 60, "unknown": "fails"},
    ]
    return document(fresh("small-wishes"), require={"all": conditions})


def test_nobody_claims_for_a_helper_and_nobody_helps_before_the_community_has_confirmed(
    somebody: As, resident: Somebody, wish: Any
) -> None:
    me = {"claimant": {"person": person(resident)}}
    for role in ("partner", "neighbour", "property firm clerk", None):
        answer = somebody(role).one(CLAIM, {"id": wish["id"], "input": me})
        assert answer["code"] in ("FORBIDDEN", "NOT_FOUND", "UNAUTHENTICATED", "INVALID_INPUT"), (role, answer)
    mine = {
        "person": person(resident),
        "place": place(resident, SHIJI),
        "offer": "修小家电",
        "category": "life.appliance",
    }
    registered = done(resident.one(REGISTER, {"input": mine}), "Registration")
    assert registered["status"] == "PENDING"
    refused(resident.one(CONFIRM, {"id": registered["id"], "v": registered["version"]}), "FORBIDDEN")
    done(resident.one(END, {"id": registered["id"], "v": registered["version"]}), "Registration")


def test_a_registered_helper_fulfils_a_wish_at_the_weekend(
    somebody: As, resident: Somebody, administrator: Somebody, wish: Any
) -> None:
    neighbour = somebody("neighbour")
    offered = {
        "person": person(resident), "place": place(resident, SHIJI), "offer": "周六上午修小家电",
        "category": "life.appliance", "skills": ["修小家电"], "quantity": 2, "unit": "TIME", "windows": [window(9, 11)],
    }  # fmt: skip
    registered = done(resident.one(REGISTER, {"input": offered}), "Registration")
    confirmed = done(administrator.one(CONFIRM, {"id": registered["id"], "v": registered["version"]}), "Registration")
    assert confirmed["status"] == "ACTIVE"
    published(administrator, DIANJI, small_wishes())

    between = {"from": f"{saturday(0)}+08:00", "to": f"{saturday(23)}+08:00"}
    assert wish["id"] in {each["id"] for each in resident.one(WEEKEND, {"place": SHIJI, "between": between})["nodes"]}
    (seen,) = resident.data(SUGGESTED, {"id": wish["id"]}).values()
    assert confirmed["resource"]["id"] in {each["resource"]["id"] for each in seen["matches"]["nodes"]}

    given: dict[str, Any] = {"claimant": {"person": person(resident)}, "plannedOn": saturday(9)[:10]}
    given["lines"] = [{"line": seen["lines"][0]["id"], "resource": confirmed["resource"]["id"]}]
    claim = done(resident.one(CLAIM, {"id": wish["id"], "input": given}), "Claim")
    refused(resident.one(ACCEPT, {"id": claim["id"], "v": 1}), "FORBIDDEN")
    accepted = done(administrator.one(ACCEPT, {"id": claim["id"], "v": 1}), "Claim")
    assert accepted["need"]["status"] == "IN_PROGRESS"
    finished = done(resident.one(COMPLETE, {"id": claim["id"], "v": accepted["version"]}), "Claim")
    assert (finished["status"], finished["need"]["status"]) == ("COMPLETED", "CLEARED")
    thanks = {"id": claim["id"], "side": "ASKER", "text": "修好了,还教我怎么上油"}
    done(neighbour.one(EVALUATE, thanks), "Claim")
    last = done(resident.one(EVALUATE, {"id": claim["id"], "side": "CLAIMANT", "text": "老人家备好了茶"}), "Claim")
    assert (last["status"], last["need"]["status"]) == ("EVALUATED", "EVALUATED")
    assert {each["bySide"] for each in last["evaluations"]} == {"ASKER", "CLAIMANT"}
