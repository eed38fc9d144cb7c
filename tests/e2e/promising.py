"""Agreements in each state that an operation takes: a draft, a proposal, one in force, and a broken promise."""

from typing import Any

from tests.e2e.in_process import InProcess

HERE = 'first: 1, filter: {within: "140881001008", status:'
FOUND = f"""{{ drafts: agreements({HERE} [DRAFT]}}) {{ nodes {{ id version }} }}
  proposals: agreements({HERE} [PROPOSED]}}) {{ nodes {{ id version }} }}
  signed: agreements({HERE} [IN_FORCE, ENDED]}}) {{ nodes {{ id version }} }} }}"""
# The story's broken promises are another community's; one that was made good can be noted again.
BROKEN = """{ agreements(filter: {within: "140881003002", status: [EXPIRED]}, first: 1) {
  nodes { promises { id progress { state } } } } }"""
DRAFT = """mutation($input: AgreementInput!) { agreementDraft(input: $input) {
  __typename ... on Agreement { id version } } }"""
PROPOSE = (
    """mutation($id: ID!, $version: Int!) { agreementPropose(id: $id, expectedVersion: $version) { __typename } }"""
)
PERIOD = {"validFrom": "2026-01-01", "validTo": "2199-12-31"}


def promising(inside: InProcess, office: str, unit: str, place: str, tokens: dict[str, str]) -> dict[str, Any]:
    """Return the rows by the prefix of the operations that take them; what is not there is made."""
    token = tokens["committee administrator"]
    found = inside.data(FOUND, {}, token)
    for name in ("drafts", "proposals"):
        if not found[name]["nodes"]:
            given = {
                "title": "试一份协议", "place": place, "committee": office, "unit": unit, **PERIOD,
                "promises": [{"category": "life.haircut"}],
            }  # fmt: skip
            draft = inside.data(DRAFT, {"input": given}, token)["agreementDraft"]
            if name == "proposals":
                inside.data(PROPOSE, {"id": draft["id"], "version": draft["version"]}, token)
    found = inside.data(FOUND, {}, token)
    (broken,) = inside.data(BROKEN, {}, tokens["administrator of another community"])["agreements"]["nodes"]
    promise = next(each for each in broken["promises"] if each["progress"]["state"] in ("BROKEN", "MADE_GOOD"))
    return {
        "agreementSign": found["proposals"]["nodes"][0],
        "agreementEnd": found["signed"]["nodes"][0],
        "agreementPromiseRemedy": promise,
        "agreement": found["drafts"]["nodes"][0],
    }
