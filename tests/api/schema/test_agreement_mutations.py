"""The life of an agreement over GraphQL: each side's steps, and errors as data."""

from typing import Any

from api import clock
from api.context import Context
from api.plan.viewer import Viewer
from auth.roles import Role
from tests.api.agreements import NOON
from tests.api.commands.agreeing import sides_of
from tests.api.reading import schema
from tests.factories import Town

ERROR = "... on UserError { code message path } ... on StaleVersionError { currentVersion conflicts { field } }"
RESULT = f"""__typename ... on Agreement {{ id number status version inForceOn visibility
  promises {{ id quantity unit progress {{ state left }} }} signatures {{ organisation {{ name }} digest }}
  history(first: 9) {{ nodes {{ version action actor }} }} }} {ERROR}"""
DRAFT = f"mutation ($input: AgreementInput!) {{ found: agreementDraft(input: $input) {{ {RESULT} }} }}"
UPDATE = f"""mutation ($id: ID!, $changes: AgreementChanges!, $version: Int!) {{
  found: agreementUpdate(id: $id, changes: $changes, expectedVersion: $version) {{ {RESULT} }} }}"""


def step(name: str, more: str = "") -> str:
    return f"""mutation ($id: ID!, $version: Int!) {{
      found: {name}(id: $id, expectedVersion: $version{more}) {{ {RESULT} }} }}"""


async def tell(viewer: Viewer, text: str, **variables: Any) -> Any:
    with clock.fixed(NOON):
        result = await schema().execute(text, variable_values=variables, context_value=Context(viewer))
    assert not result.errors, result.errors
    return (result.data or {})["found"]


async def test_an_agreement_is_drafted_proposed_signed_and_ended(town: Town) -> None:
    sides = await sides_of(town)
    staff = town.viewer(Role.COMMITTEE_STAFF, "A")
    given: dict[str, Any] = {
        "title": "共驻共建协议", "place": f"Place:{town.id('A')}", "committee": f"Organisation:{sides.committee}",
        "unit": f"Organisation:{sides.unit}", "validFrom": "2026-06-01", "validTo": "2026-12-31",
        "promises": [{"category": "life.repair", "quantity": 30, "unit": "PIECE", "dueOn": "2026-09-30"}],
    }  # fmt: skip

    refused = await tell(town.anonymous(), DRAFT, input=given)
    assert (refused["__typename"], refused["code"]) == ("ForbiddenError", "UNAUTHENTICATED")
    wrong = await tell(staff, DRAFT, input=given | {"promises": [{"category": "life", "dueOn": "2027-01-01"}]})
    assert (wrong["code"], wrong["path"]) == ("INVALID_INPUT", ["promises", "0", "dueOn"])

    draft = await tell(staff, DRAFT, input=given)
    key = draft["id"]
    assert (draft["status"], draft["visibility"]) == ("DRAFT", "ADMINISTRATORS")
    changed = await tell(sides.representative, UPDATE, id=key, changes={"text": "双方商定"}, version=1)
    assert changed["version"] == 2
    stale = await tell(staff, UPDATE, id=key, changes={"text": "另一段"}, version=1)
    assert (stale["__typename"], stale["currentVersion"], stale["conflicts"]) == (
        "StaleVersionError", 2, [{"field": "text"}]
    )  # fmt: skip
    early = await tell(sides.administrator, step("agreementSign"), id=key, version=2)
    assert early["__typename"] == "InvalidTransitionError"

    proposed = await tell(sides.administrator, step("agreementPropose"), id=key, version=2)
    assert proposed["number"] == "永济-柳园-协-2026-0001"
    unseen = await tell(town.administrator("B"), step("agreementSign"), id=key, version=3)
    assert unseen["code"] == "NOT_FOUND"
    await tell(sides.representative, step("agreementSign"), id=key, version=3)
    signed = await tell(sides.administrator, step("agreementSign"), id=key, version=4)
    assert (signed["status"], signed["inForceOn"], signed["visibility"]) == ("IN_FORCE", "2026-06-15", "PUBLIC")
    assert [promise["progress"] for promise in signed["promises"]] == [{"state": "OPEN", "left": 30}]
    assert len({signature["digest"] for signature in signed["signatures"]}) == 1
    assert [entry["action"] for entry in signed["history"]["nodes"]] == [
        "agreement.sign", "agreement.sign", "agreement.propose", "agreement.update", "agreement.draft"
    ]  # fmt: skip

    ended = await tell(sides.representative, step("agreementEnd", ', reason: "单位搬走"'), id=key, version=5)
    assert (ended["status"], ended["promises"][0]["progress"]["state"]) == ("ENDED", "BROKEN")
    remedy = f'mutation ($id: ID!) {{ found: agreementPromiseRemedy(id: $id, remedy: "由新单位接办") {{ {RESULT} }} }}'
    refused = await tell(sides.representative, remedy, id=ended["promises"][0]["id"])
    assert refused["code"] == "FORBIDDEN"
    mended = await tell(sides.administrator, remedy, id=ended["promises"][0]["id"])
    assert mended["promises"][0]["progress"]["state"] == "MADE_GOOD"
