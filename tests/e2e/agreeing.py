"""How an agreement of the story comes into force: drafted by the committee, signed by it, last by the unit."""

from datetime import timedelta
from typing import Any

from api import clock
from tests.e2e.asking import ERROR, FORBIDDEN, Somebody, done
from tests.e2e.story import DIANJI, fresh, organisation, place

RESULT = f"{{ __typename {ERROR} {FORBIDDEN} ... on Agreement {{ id status version }} }}"
DRAFT = f"mutation($input: AgreementInput!) {{ agreementDraft(input: $input) {RESULT} }}"
PROPOSE = f"mutation($id: ID!, $v: Int!) {{ agreementPropose(id: $id, expectedVersion: $v) {RESULT} }}"
SIGN = f"mutation($id: ID!, $v: Int!) {{ agreementSign(id: $id, expectedVersion: $v) {RESULT} }}"


def half_signed(administrator: Somebody, **promise: Any) -> Any:
    """Return an agreement of Dianji with the grain shop, of one promise, which only the unit has yet to sign."""
    today = clock.now().date()
    given = {
        "title": fresh("共驻共建协议"),
        "place": place(administrator, DIANJI),
        "committee": organisation(administrator, "电机社区居委会(演)"),
        "unit": organisation(administrator, "蒲津粮油行"),
        "validFrom": (today - timedelta(days=1)).isoformat(),
        "validTo": (today + timedelta(days=60)).isoformat(),
        "promises": [promise],
    }
    agreement = done(administrator.one(DRAFT, {"input": given}), "Agreement")
    for step in (PROPOSE, SIGN):
        agreement = done(administrator.one(step, {"id": agreement["id"], "v": agreement["version"]}), "Agreement")
    assert agreement["status"] == "PROPOSED"
    return agreement
