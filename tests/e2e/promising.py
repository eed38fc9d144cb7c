"""A drafted agreement and a proposed claim, for calls that need them."""

from typing import Any

from tests.e2e.in_process import InProcess

PLACE = "140881001008"
AGREEMENTS = f"""{{ agreements(filter: {{within: "{PLACE}", status: [DRAFT]}}, first: 1) {{
  nodes {{ id version promises {{ id }} }} }} }}"""
CLAIMS = f"""{{ claims(filter: {{within: "{PLACE}", status: [PROPOSED], claimedByMe: true}}, first: 1) {{
  nodes {{ id version lines {{ line {{ id }} }} participants {{ id }} }} }} }}"""
RESULT = "{ ... on UserError { message } ... on Node { id } }"
DRAFT = f"mutation($input: AgreementInput!) {{ agreementDraft(input: $input) {RESULT} }}"
NEED = f"mutation($input: NeedInput!) {{ needSubmit(input: $input) {RESULT} }}"
CLAIM = f"mutation($id: ID!, $input: ClaimInput) {{ needClaim(id: $id, input: $input) {RESULT} }}"


def agreement(inside: InProcess, committee: str, unit: str, place: str, token: str) -> Any:
    """Return a draft of an agreement, made where there is none."""
    given = {
        "title": "试一份协议", "place": place, "committee": committee, "unit": unit, "validFrom": "2026-12-01",
        "validTo": "2199-12-01", "promises": [{"category": "life.haircut"}],
    }  # fmt: skip
    if not _found(inside, AGREEMENTS, token):
        _made(inside, DRAFT, {"input": given}, token)
    return _found(inside, AGREEMENTS, token)[0]


def claim(inside: InProcess, owner: str, place: str, tokens: dict[str, str]) -> Any:
    """Return a proposed claim of the resident, of two on a need of its own, made where there is none."""
    if not _found(inside, CLAIMS, tokens["resident"]):
        given = {"owner": {"organisation": owner}, "place": place, "title": "试一件",
                 "category": "life.haircut", "visibility": "PUBLIC"}  # fmt: skip
        need = _made(inside, NEED, {"input": given}, tokens["committee administrator"])
        together = {"participants": [{"organisation": owner}]}
        _made(inside, CLAIM, {"id": need["id"], "input": together}, tokens["resident"])
    return _found(inside, CLAIMS, tokens["resident"])[0]


def promised(name: str, target: Any, committee: str, unit: str) -> dict[str, Any]:
    """Return right values by name for an operation on agreements or claims, of which `target` is one."""
    if name.startswith("agreement"):
        return {"committee": committee, "unit": unit, "validFrom": "2026-12-01", "validTo": "2199-12-01"}
    if name.startswith("claim"):
        return {"line": target["lines"][0]["line"]["id"], "quantity": 1, "side": "ASKER",
                "participant": target["participants"][0]["id"]}  # fmt: skip
    return {}


def _found(inside: InProcess, query: str, token: str) -> Any:
    (found,) = inside.data(query, {}, token).values()
    return found["nodes"]


def _made(inside: InProcess, mutation: str, variables: dict[str, Any], token: str) -> Any:
    (made,) = inside.data(mutation, variables, token).values()
    assert "id" in made, made
    return made
