"""After the claim: answered, handed back, run out, completed, evaluated; and when the contact is open."""

from datetime import timedelta
from typing import Any

import pytest

from api import clock
from api.commands import claim_contact, claim_evaluation, claim_joining
from api.commands import claim_moves as moves
from api.commands.due import run_due
from api.errors import (
    Duplicate,
    Forbidden,
    InvalidInput,
    InvalidTransition,
    LimitExceeded,
    NotFound,
    StaleVersion,
)
from api.models import AuditEntry, Claim, ClaimEvaluation, ClaimParticipant, Need
from api.models.choices import ClaimSide, Consent, ParticipantStatus
from api.state_machines.claim import ClaimStatus
from api.state_machines.need import NeedStatus
from auth.roles import Role
from tests.api.commands.claiming import Board, board, member
from tests.api.commands.records import actions
from tests.factories import Town

PHONE = "13800001234"


@pytest.fixture
async def here(town: Town) -> Board:
    return await board(town)


async def accepted(here: Board, *, consent: str | None = Consent.ORAL) -> int:
    key = await here.claim()
    await moves.accept_claim(here.staff, key, 1, consent=consent)
    return key


async def test_only_the_committee_answers(here: Board) -> None:
    key = await here.claim()
    for who in (here.unit, here.rival, here.resident):
        with pytest.raises(Forbidden):
            await moves.accept_claim(who, key, 1)
        with pytest.raises(Forbidden):
            await moves.decline_claim(who, key, "不行", 1)
    elsewhere = here.town.viewer(Role.COMMITTEE_STAFF, "B")
    with pytest.raises(Forbidden):
        await moves.accept_claim(elsewhere, key, 1)


async def test_declining_needs_a_reason_and_frees_the_need(here: Board) -> None:
    key = await here.claim()
    with pytest.raises(InvalidInput):
        await moves.decline_claim(here.staff, key, " ", 1)
    with pytest.raises(StaleVersion):
        await moves.decline_claim(here.staff, key, "时间对不上", 7)
    await moves.decline_claim(here.staff, key, "时间对不上", 1)
    assert await here.claim(here.rival)
    with pytest.raises(InvalidTransition) as refused:
        await moves.accept_claim(here.staff, key, 2)
    assert refused.value.allowed == ()


async def test_accepting_the_whole_puts_the_need_under_way_and_handing_back_returns_it(here: Board) -> None:
    key = await accepted(here)
    assert await here.status() == NeedStatus.IN_PROGRESS
    with pytest.raises(Forbidden):
        await moves.release_claim(here.rival, key, "不归我", 2)
    await moves.release_claim(here.unit, key, "车坏了", 2)
    row = await Claim.get(id=key)
    assert (row.status, row.status_reason, row.due_at) == (ClaimStatus.RELEASED, "车坏了", None)
    assert await here.status() == NeedStatus.DISPATCHED
    assert await actions() == [
        "need.submit", "claim.create", "claim.accept", "need.dispatched", "need.in_progress", "claim.release",
        "need.dispatched",
    ]  # fmt: skip


async def test_a_part_does_not_put_the_need_under_way(here: Board) -> None:
    key = await here.claim(lines=[{"line": await here.line(), "quantity": 3.0}])
    await moves.accept_claim(here.staff, key, 1)
    assert await here.status() == NeedStatus.REQUESTED


async def test_silence_lets_a_claim_run_out(here: Board) -> None:
    key = await here.claim()
    assert await run_due(here.town.runtime) == 0
    now = clock.now()
    with clock.fixed(now + timedelta(days=7, seconds=1)):
        assert await run_due(here.town.runtime) == 1
        assert await run_due(here.town.runtime) == 0
        assert await here.claim(here.rival)
    row = await Claim.get(id=key)
    assert (row.status, row.status_reason) == (ClaimStatus.EXPIRED, "到期没有答复")
    assert (await AuditEntry.get(action="claim.expire")).actor == "system:deadline"


async def test_an_accepted_claim_that_nobody_completes_returns_the_need(here: Board) -> None:
    planned = clock.today() + timedelta(days=3)
    key = await here.claim(planned_on=planned)
    await moves.accept_claim(here.staff, key, 1)
    with clock.fixed(clock.now() + timedelta(days=9)):
        assert await run_due(here.town.runtime) == 0
    with clock.fixed(clock.now() + timedelta(days=12)):
        assert await run_due(here.town.runtime) == 1
    assert (await Claim.get(id=key)).status is ClaimStatus.EXPIRED
    assert await here.status() == NeedStatus.DISPATCHED


async def test_what_ended_is_due_no_more(here: Board) -> None:
    key = await here.claim()
    await moves.release_claim(here.unit, key, "车坏了", 1)
    with clock.fixed(clock.now() + timedelta(days=60)):
        assert await run_due(here.town.runtime) == 0


async def test_completion_needs_proof_and_takes_no_more_than_was_claimed(here: Board) -> None:
    key = await accepted(here)
    line = await here.line()
    refused: list[dict[str, Any]] = [
        {"proof": " "},
        {"proof": "送到", "links": ["http://example.org/a.jpg"]},
        {"proof": "送到", "links": ["https://user:secret@example.org/"]},
        {"proof": "送到", "delivered": [{"line": line, "quantity": 11.0}]},
        {"proof": "送到", "delivered": [{"line": line, "quantity": 1.0}, {"line": line, "quantity": 2.0}]},
    ]
    for values in refused:
        with pytest.raises(InvalidInput):
            await moves.complete_claim(here.unit, key, expected=2, **values)
    with pytest.raises(NotFound):
        await moves.complete_claim(here.unit, key, "送到", 2, delivered=[{"line": 1, "quantity": 1.0}])
    with pytest.raises(Forbidden):
        await moves.complete_claim(here.rival, key, "送到", 2)
    assert (await Claim.get(id=key)).status is ClaimStatus.ACCEPTED
    await moves.complete_claim(here.unit, key, "十份都送到门口", 2, links=["https://example.org/a.jpg"])
    row = await Claim.get(id=key)
    assert (row.status, row.proof_links) == (ClaimStatus.COMPLETED, ["https://example.org/a.jpg"])
    assert await here.status() == NeedStatus.CLEARED


async def test_each_side_evaluates_once_and_for_itself(here: Board) -> None:
    person = await here.town.person("B1")
    await member(here.town, here.firm, person)
    key = await here.claim(member=person)
    await moves.accept_claim(here.staff, key, 1)
    with pytest.raises(InvalidTransition):
        await claim_evaluation.evaluate_claim(here.resident, key, ClaimSide.ASKER, 5)
    await moves.complete_claim(here.unit, key, "送到", 2)
    for who, side in ((here.unit, ClaimSide.ASKER), (here.resident, ClaimSide.CLAIMANT), (here.rival, ClaimSide.ASKER)):
        with pytest.raises(Forbidden):
            await claim_evaluation.evaluate_claim(who, key, side, 5)
    with pytest.raises(InvalidInput):
        await claim_evaluation.evaluate_claim(here.resident, key, ClaimSide.ASKER, 6)
    await claim_evaluation.evaluate_claim(here.resident, key, ClaimSide.ASKER, 4, member_score=5, text="师傅很耐心")
    assert await here.status() == NeedStatus.EVALUATED
    with pytest.raises(Duplicate):
        await claim_evaluation.evaluate_claim(here.staff, key, ClaimSide.ASKER, 1)
    assert (await Claim.get(id=key)).status is ClaimStatus.COMPLETED
    with pytest.raises(InvalidInput):
        await claim_evaluation.evaluate_claim(here.unit, key, ClaimSide.CLAIMANT, 5, member_score=1)
    await claim_evaluation.evaluate_claim(here.unit, key, ClaimSide.CLAIMANT, 5, text="在家等着,很配合")
    assert (await Claim.get(id=key)).status is ClaimStatus.EVALUATED
    said = await ClaimEvaluation.get(claim_id=key, by_side=ClaimSide.ASKER)
    assert (said.organisation_id, said.member_person_id, said.member_score) == (here.firm, person, 5)


async def test_the_committee_enters_what_an_asker_without_an_account_said(here: Board) -> None:
    key = await accepted(here)
    await moves.complete_claim(here.unit, key, "送到", 2)
    await claim_evaluation.evaluate_claim(here.staff, key, ClaimSide.ASKER, 5, text="电话里说很好")
    assert await here.status() == NeedStatus.EVALUATED


async def test_the_contact_opens_with_acceptance_and_consent_and_closes_with_the_claim(here: Board) -> None:
    await here.town.contact(person_id=here.asker, name="演示·王阿姨", phone=PHONE)
    key = await here.claim()
    with pytest.raises(Forbidden):
        await claim_contact.reveal_asker(here.unit, key, "约时间")
    await moves.accept_claim(here.staff, key, 1)
    with pytest.raises(Forbidden):
        await claim_contact.reveal_asker(here.unit, key, "约时间")
    with pytest.raises(Forbidden):
        await claim_joining.consent_to_contact(here.unit, key, Consent.ORAL)
    await claim_joining.consent_to_contact(here.resident, key, Consent.ORAL)
    with pytest.raises(Forbidden):
        await claim_contact.reveal_asker(here.rival, key, "约时间")
    with pytest.raises(InvalidInput):
        await claim_contact.reveal_asker(here.unit, key, "")
    found = await claim_contact.reveal_asker(here.unit, key, "约时间")
    assert (found.name, found.phone) == ("演示·王阿姨", PHONE)
    entry = await AuditEntry.get(action="contact.reveal")
    assert (entry.object_type, entry.object_id, entry.change["purpose"]) == ("Claim", key, "约时间")
    assert PHONE not in str(entry.change)
    await claim_joining.consent_to_contact(here.resident, key, None)
    with pytest.raises(Forbidden):
        await claim_contact.reveal_asker(here.unit, key, "再问一次")
    await claim_joining.consent_to_contact(here.staff, key, Consent.PAPER)
    await moves.complete_claim(here.unit, key, "送到", (await Claim.get(id=key)).version)
    with pytest.raises(Forbidden):
        await claim_contact.reveal_asker(here.unit, key, "回访")


async def test_contacts_through_claims_count_with_all_others(here: Board) -> None:
    key = await accepted(here)
    for _ in range(30):
        await claim_contact.reveal_asker(here.unit, key, "约时间")
    with pytest.raises(LimitExceeded):
        await claim_contact.reveal_asker(here.unit, key, "约时间")


async def test_an_expert_claims_but_reads_no_contact(here: Board) -> None:
    me = await here.town.person("B1")
    expert = here.town.viewer(Role.EXPERT, "A", person=me)
    key = await here.claim(expert)
    await moves.accept_claim(here.staff, key, 1, consent=Consent.ORAL)
    with pytest.raises(Forbidden) as refused:
        await claim_contact.reveal_asker(expert, key, "约时间")
    assert refused.value.rule_id == "R1989"


async def test_several_together_join_under_a_lead_or_leave(here: Board) -> None:
    key = await here.claim(participants=[{"organisation": here.other, "share": "出两个人"}])
    invited = await ClaimParticipant.get(claim_id=key)
    assert invited.status is ParticipantStatus.INVITED
    with pytest.raises(Forbidden):
        await claim_joining.answer_invitation(here.unit, invited.id, ParticipantStatus.JOINED)
    assert await claim_joining.answer_invitation(here.rival, invited.id, ParticipantStatus.JOINED) == key
    assert (await ClaimParticipant.get(claim_id=key)).status is ParticipantStatus.JOINED
    with pytest.raises(NotFound):
        await claim_joining.answer_invitation(here.rival, 1, ParticipantStatus.JOINED)
    await moves.release_claim(here.unit, key, "改期", (await Claim.get(id=key)).version)
    with pytest.raises(InvalidTransition):
        await claim_joining.answer_invitation(here.rival, invited.id, ParticipantStatus.LEFT)


async def test_every_move_of_the_need_is_a_version_that_people_can_read(here: Board) -> None:
    await accepted(here)
    assert (await Need.get(id=here.need)).version == 3
