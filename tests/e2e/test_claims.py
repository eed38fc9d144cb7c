"""A unit claims what a resident asks for, delivers and is judged; it alone learns whom to meet, and only meanwhile."""

from typing import Any

import pytest

from tests.e2e.asking import ERROR, FORBIDDEN, STALE, Somebody, done, refused
from tests.e2e.conftest import As
from tests.e2e.story import SHIJI, fresh, household, organisation, place, submit

CONFLICT = "... on ClaimConflictError { contested { line left unit } }"
RESULT = f"""__typename {ERROR} {FORBIDDEN} {STALE} {CONFLICT} ... on Claim {{ id status version statusReason note
    proof contactOpen organisation {{ id nameZh }} lines {{ id quantity unit delivered line {{ id claimed left }} }}
    need {{ id status }} evaluations {{ bySide score text }} }}"""
CLAIM = f"mutation($id: ID!, $input: ClaimInput) {{ needClaim(id: $id, input: $input) {{ {RESULT} }} }}"
ACCEPT = f"""mutation($id: ID!, $version: Int!, $consent: Consent) {{
    claimAccept(id: $id, expectedVersion: $version, contactConsent: $consent) {{ {RESULT} }} }}"""
COMPLETE = f"""mutation($id: ID!, $version: Int!, $delivered: [DeliveredInput!]) {{ claimComplete(id: $id,
    proof: "送到门口,当面点过", expectedVersion: $version, delivered: $delivered) {{ {RESULT} }} }}"""
RELEASE = f"""mutation($id: ID!, $version: Int!) {{
    claimRelease(id: $id, reason: "车坏了,改天", expectedVersion: $version) {{ {RESULT} }} }}"""
EVALUATE = f"""mutation($id: ID!, $side: ClaimSide!, $score: Int!, $text: String) {{
    claimEvaluate(id: $id, side: $side, score: $score, text: $text) {{ {RESULT} }} }}"""
REVEAL = f"""mutation($id: ID!) {{ claimContactReveal(id: $id, purpose: "约上门时间") {{ __typename {ERROR} {FORBIDDEN}
    ... on ContactReveal {{ name phone address }} }} }}"""
CONSENT = f"mutation($id: ID!, $consent: Consent) {{ claimConsent(id: $id, consent: $consent) {{ {RESULT} }} }}"
LOOK = """query($id: ID!) { node(id: $id) { ... on Need { status lines { id quantity unit claimed left }
    claims(first: 9) { totalCount nodes { id status note proof statusReason organisation { nameZh } } } } } }"""
MINE = "{ needs(filter: {claimedByMe: true}, first: 100) { nodes { id } } }"


@pytest.fixture
def need(resident: Somebody) -> Any:
    """Return a resident's need of ten bags of rice, which nobody has claimed yet."""
    asked = submit(
        resident, title=fresh("每月十袋米"), category="supplies", place=place(resident, SHIJI),
        owner={"household": household(resident)},
        lines=[{"kind": "GOODS", "category": "supplies", "quantity": 10, "unit": "BAG"}],
    )  # fmt: skip
    return done(asked, "Need")


def claimed(partner: Somebody, need: Any, quantity: float | None = None) -> Any:
    line = partner.one(LOOK, {"id": need["id"]})["lines"][0]["id"]
    grain = organisation(partner, "蒲津粮油行")
    given = {"claimant": {"organisation": grain}, "note": "周六送到", "lines": [{"line": line, "quantity": quantity}]}
    return partner.one(CLAIM, {"id": need["id"], "input": given})


@pytest.mark.parametrize("role", ["property firm clerk", "resident", "auditor", "neighbour", None])
def test_nobody_claims_in_the_name_of_others(somebody: As, partner: Somebody, need: Any, role: str | None) -> None:
    grain = organisation(partner, "蒲津粮油行")
    answer = somebody(role).one(CLAIM, {"id": need["id"], "input": {"claimant": {"organisation": grain}}})
    refused(answer, "UNAUTHENTICATED" if role is None else "FORBIDDEN")
    assert partner.one(LOOK, {"id": need["id"]})["claims"]["totalCount"] == 0


def test_what_is_held_is_refused_with_what_is_left(partner: Somebody, need: Any) -> None:
    done(claimed(partner, need, 6), "Claim")
    answer = refused(claimed(partner, need, 5), "CLAIM_CONFLICT")
    assert [(each["left"], each["unit"]) for each in answer["contested"]] == [(4, "BAG")]
    (line,) = partner.one(LOOK, {"id": need["id"]})["lines"]
    assert (line["claimed"], line["left"]) == (6, 4)
    assert need["id"] in {each["id"] for each in partner.one(MINE)["nodes"]}


def test_the_public_sees_that_it_is_claimed_and_no_details(partner: Somebody, nobody: Somebody, need: Any) -> None:
    done(claimed(partner, need), "Claim")
    (seen,) = nobody.one(LOOK, {"id": need["id"]})["claims"]["nodes"]
    assert seen["status"] == "PROPOSED"
    assert seen["organisation"]["nameZh"].startswith("蒲津粮油行")
    assert (seen["note"], seen["proof"], seen["statusReason"]) == (None, None, None)


def test_a_claim_from_first_word_to_last(
    partner: Somebody, resident: Somebody, administrator: Somebody, somebody: As, need: Any
) -> None:
    claim = done(claimed(partner, need), "Claim")
    key = {"id": claim["id"]}
    refused(partner.one(ACCEPT, {**key, "version": 1}), "FORBIDDEN")
    refused(partner.one(REVEAL, key), "FORBIDDEN")
    accepted = done(administrator.one(ACCEPT, {**key, "version": 1}), "Claim")
    assert (accepted["status"], accepted["need"]["status"]) == ("ACCEPTED", "IN_PROGRESS")
    refused(partner.one(REVEAL, key), "FORBIDDEN")
    done(resident.one(CONSENT, {**key, "consent": "ORAL"}), "Claim")
    forgotten = refused(resident.one(CONSENT, key), "INVALID_INPUT")
    assert forgotten["path"] == ["consent"]
    contact = done(partner.one(REVEAL, key), "ContactReveal")
    assert contact["phone"].startswith("138")
    for role in ("property firm clerk", "neighbour", "auditor", "administrator of another community"):
        answer = somebody(role).one(REVEAL, key)
        assert answer["code"] == "FORBIDDEN", (role, answer)
    line = accepted["lines"][0]["line"]["id"]
    finished = partner.one(COMPLETE, {**key, "version": 3, "delivered": [{"line": line, "quantity": 10}]})
    assert done(finished, "Claim")["need"]["status"] == "CLEARED"
    refused(partner.one(REVEAL, key), "FORBIDDEN")
    spoken = {"score": 5, "text": "送得准时,米也好"}
    refused(partner.one(EVALUATE, {**key, "side": "ASKER", **spoken}), "FORBIDDEN")
    judged = done(resident.one(EVALUATE, {**key, "side": "ASKER", **spoken}), "Claim")
    assert judged["need"]["status"] == "EVALUATED"
    last = done(partner.one(EVALUATE, {**key, "side": "CLAIMANT", "score": 5, "text": "约好了都在家"}), "Claim")
    assert last["status"] == "EVALUATED"
    assert {each["bySide"] for each in last["evaluations"]} == {"ASKER", "CLAIMANT"}
    sums = partner.one(
        """query($id: ID!) { node(id: $id) {
        ... on Organisation { evaluation { completed evaluations averageScore } } } }""",
        {"id": claim["organisation"]["id"]},
    )["evaluation"]
    assert sums["completed"] >= 1
    assert (sums["evaluations"] or 0) % 3 == 0
    assert (sums["averageScore"] is None) == (sums["evaluations"] is None)
    trail = somebody("auditor").one("{ auditEntries(first: 30) { nodes { action objectType change } } }")["nodes"]
    assert "claim.accept" in {each["action"] for each in trail}
    assert contact["phone"] not in str(trail)


def test_what_is_handed_back_is_free_again(partner: Somebody, administrator: Somebody, need: Any) -> None:
    claim = done(claimed(partner, need), "Claim")
    done(administrator.one(ACCEPT, {"id": claim["id"], "version": 1}), "Claim")
    given = done(partner.one(RELEASE, {"id": claim["id"], "version": 2}), "Claim")
    assert (given["statusReason"], given["need"]["status"]) == ("车坏了,改天", "DISPATCHED")
    assert done(claimed(partner, need), "Claim")["id"] != claim["id"]
