"""A contact is read anew each time, whatever `Idempotency-Key` is sent: asked again, audited again, kept nowhere."""

from collections.abc import Iterator

import pytest
from starlette.applications import Starlette

from api import clock
from api.app import create_app
from api.http.idempotency import REPLAYED
from api.models import AuditEntry, Claim, IdempotentOutcome, Membership
from api.schema.root import build_schema
from auth.roles import Role
from tests.api.commands.claiming import board
from tests.api.http.asking import Asking, code
from tests.api.http.keys import NOW, key_for, member
from tests.api.http.noting import keyed
from tests.factories import Town

PHONE = "13800001234"
FIELDS = "__typename ... on ContactReveal { phone } ... on UserError { code }"
REVEAL = f'mutation($id: ID!) {{ contactReveal(id: $id, purpose: "回访") {{ {FIELDS} }} }}'
CLAIMED = f'mutation($id: ID!) {{ claimContactReveal(id: $id, purpose: "约时间") {{ {FIELDS} }} }}'
BESIDE = f"""mutation($id: ID!) {{ contactReveal(id: $id, purpose: "回访") {{ {FIELDS} }}
  needWithdraw(id: "Need:1", expectedVersion: 1, reason: "试") {{ __typename }} }}"""


@pytest.fixture
async def app(town: Town) -> Starlette:
    app = create_app(town.runtime.settings, build_schema())
    app.state.runtime = town.runtime
    return app


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    with clock.fixed(NOW):
        yield


@pytest.fixture
async def neighbour(town: Town) -> str:
    person = await town.person()
    await town.contact(person_id=person, name="演示·王阿姨", phone=PHONE)
    return f"Person:{person}"


async def of_staff(town: Town) -> dict[str, str]:
    person = await town.person()
    await member(town, Role.COMMITTEE_STAFF, "A", person_id=person)
    return await key_for(person=person)


async def test_whoever_may_read_no_contact_any_more_is_told_none_under_the_old_key(
    ask: Asking, town: Town, neighbour: str
) -> None:
    headers = keyed(await of_staff(town))
    first = await ask(REVEAL, {"id": neighbour}, headers=headers)
    assert first.json()["data"]["contactReveal"]["phone"] == PHONE
    await Membership.all().delete()
    again = await ask(REVEAL, {"id": neighbour}, headers=headers)
    assert PHONE not in again.text
    assert again.json()["data"]["contactReveal"]["code"] in ("FORBIDDEN", "NOT_FOUND")
    assert await IdempotentOutcome.all().count() == 0


async def test_each_send_is_a_reading_with_an_audit_row_of_its_own(ask: Asking, town: Town, neighbour: str) -> None:
    headers = keyed(await of_staff(town))
    for count in (1, 2, 3):
        answer = await ask(REVEAL, {"id": neighbour}, headers=headers)
        assert answer.json()["data"]["contactReveal"]["phone"] == PHONE
        assert REPLAYED not in answer.headers
        assert await AuditEntry.filter(action="contact.reveal").count() == count
    assert await IdempotentOutcome.all().count() == 0


async def test_a_contact_through_a_claim_closes_with_it_under_the_old_key_too(ask: Asking, town: Town) -> None:
    here = await board(town)
    await town.contact(person_id=here.asker, name="演示·王阿姨", phone=PHONE)
    helper = await town.person()
    await member(town, Role.REGISTERED_HELPER, "A", person_id=helper)
    claim = await Claim.create(
        need_id=here.need, person_id=helper, actor_person_id=helper, asker_person_id=here.asker, path=town.path("A1b"),
        status="ACCEPTED", contact_consent_at=NOW,
    )  # fmt: skip
    headers, key = keyed(await key_for(person=helper)), {"id": f"Claim:{claim.id}"}
    for count in (1, 2):
        answer = await ask(CLAIMED, key, headers=headers)
        assert answer.json()["data"]["claimContactReveal"]["phone"] == PHONE, answer.text
        assert await AuditEntry.filter(action="contact.reveal").count() == count
    await Claim.filter(id=claim.id).update(status="COMPLETED")
    closed = await ask(CLAIMED, key, headers=headers)
    assert closed.json()["data"]["claimContactReveal"]["code"] == "FORBIDDEN"
    assert await IdempotentOutcome.all().count() == 0


async def test_beside_another_mutation_it_is_refused_and_nothing_is_done(
    ask: Asking, town: Town, neighbour: str
) -> None:
    # Not kept, the other one would be done twice; kept, the contact would be.
    answer = await ask(BESIDE, {"id": neighbour}, headers=keyed(await of_staff(town)))
    assert (answer.status_code, code(answer)) == (400, "BAD_REQUEST")
    assert PHONE not in answer.text
    assert await AuditEntry.filter(action="contact.reveal").count() == 0
