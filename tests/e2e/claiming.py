"""A claim in each state that an operation takes: proposed, accepted with consent to be met, and completed."""

from typing import Any

from tests.e2e.in_process import InProcess

STATES = ("PROPOSED", "ACCEPTED", "COMPLETED")
ROWS = "nodes { id version contactOpen lines { line { id } } participants { id } }"
HERE = """within: "140881001008", organisation: $unit"""
FOUND = "query($unit: ID!) {{ {} }}".format(
    " ".join(f"{each}: claims(filter: {{{HERE}, status: [{each}]}}, first: 20) {{ {ROWS} }}" for each in STATES)
)
NEED = """mutation($input: NeedInput!) { needSubmit(input: $input) { __typename ... on Need {
  id version lines { id } } } }"""
CLAIM = """mutation($id: ID!, $input: ClaimInput) { needClaim(id: $id, input: $input) {
  __typename ... on Claim { id } } }"""
ACCEPT = """mutation($id: ID!) { claimAccept(id: $id, expectedVersion: 1, contactConsent: ORAL) { __typename } }"""
COMPLETE = """mutation($id: ID!) { claimComplete(id: $id, expectedVersion: 2, proof: "当面点过") { __typename } }"""
WANTED = {"category": "supplies", "lines": [{"kind": "GOODS", "category": "supplies", "quantity": 10, "unit": "BAG"}]}
# Which state the operations take; those that are not named take a proposed claim.
TAKES = {
    "claimRelease": "ACCEPTED", "claimComplete": "ACCEPTED", "claimContactReveal": "ACCEPTED",
    "claimEvaluate": "COMPLETED",
}  # fmt: skip


def claiming(
    inside: InProcess, office: str, unit: str, helper: str, place: str, token: str, colleague: str
) -> dict[str, dict[str, Any]]:
    """Return a claim of `unit` by its state, each with `helper` asked to join; what is not there is made.

    Whoever makes a claim does not accept it: a colleague does.
    """
    found = _found(inside, unit, token)
    for state in STATES:
        if state not in found:
            given = {"title": "试一次认领", "place": place, "owner": {"organisation": office}, **WANTED}
            need = inside.data(NEED, {"input": given}, token)["needSubmit"]
            made = {"claimant": {"organisation": unit}, "participants": [{"person": helper}]}
            claim = inside.data(CLAIM, {"id": need["id"], "input": made}, token)["needClaim"]
            for step in (ACCEPT, COMPLETE)[: STATES.index(state)]:
                inside.data(step, {"id": claim["id"]}, colleague)
    return _found(inside, unit, token)


def _found(inside: InProcess, unit: str, token: str) -> dict[str, dict[str, Any]]:
    rows = inside.data(FOUND, {"unit": unit}, token)
    # The stories claim as well; only these here ask somebody to join.
    own = {state: [row for row in rows[state]["nodes"] if row["participants"]] for state in STATES}
    # One that a call before accepted is without consent.
    own["ACCEPTED"] = [row for row in own["ACCEPTED"] if row["contactOpen"]]
    return {state: nodes[0] for state, nodes in own.items() if nodes}
