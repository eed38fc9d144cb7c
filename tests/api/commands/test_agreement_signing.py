"""Signing and ending: each side for itself, both the same text."""

import asyncio
import dataclasses
from datetime import date

import pytest

from api import clock
from api.commands import agreement as commands
from api.commands.agreement_signing import sign_agreement
from api.errors import Forbidden, InvalidInput, InvalidTransition, NotFound, StaleVersion
from api.models import AgreementSignature, AuditEntry
from api.models.choices import Visibility
from api.state_machines.agreement import AgreementStatus
from auth.permissions import Action, Object, Permission
from auth.roles import Role
from tests.api.agreements import NOON
from tests.api.commands.agreeing import PROMISES, outsiders, proposed, sides_of
from tests.api.commands.records import actions
from tests.factories import Town

S = AgreementStatus


async def test_nobody_signs_for_the_other_side_twice_or_from_outside(town: Town) -> None:
    sides = await sides_of(town)
    other = await town.organisation()
    with clock.fixed(NOON):
        row = await proposed(town, sides)
        for viewer in (town.anonymous(), *outsiders(town, other)):
            with pytest.raises(NotFound):
                await sign_agreement(viewer, row.id, row.version)
        for viewer in (town.viewer(Role.COMMITTEE_STAFF, "A"), town.viewer(Role.AUDITOR, "D")):
            with pytest.raises(Forbidden):
                await sign_agreement(viewer, row.id, row.version)
        narrow = frozenset({Permission(Object.AGREEMENT, Action.READ)})
        with pytest.raises(Forbidden):
            await sign_agreement(town.program(sides.unit, narrow), row.id, row.version)
        assert not await AgreementSignature.exists()

        await sign_agreement(sides.administrator, row.id, row.version)
        with pytest.raises(Forbidden):
            await sign_agreement(sides.administrator, row.id, row.version + 1)
        with pytest.raises(Forbidden):
            await sign_agreement(town.administrator("S"), row.id, row.version + 1)
    assert [each.organisation_id for each in await AgreementSignature.all()] == [sides.committee]
    await row.refresh_from_db()
    assert row.status is S.PROPOSED


async def test_whoever_holds_both_offices_signs_for_one_side_only(town: Town) -> None:
    sides = await sides_of(town)
    both = dataclasses.replace(
        sides.representative,
        principal=dataclasses.replace(
            sides.representative.principal,
            held=(*sides.representative.principal.held, *sides.administrator.principal.held),
        ),
    )
    with clock.fixed(NOON):
        row = await proposed(town, sides)
        await sign_agreement(both, row.id, row.version)
        with pytest.raises(Forbidden):
            await sign_agreement(both, row.id, row.version + 1)
        colleague = town.viewer(Role.UNIT_REPRESENTATIVE, "A", person=await town.person(), organisation=sides.unit)
        await sign_agreement(colleague, row.id, row.version + 1)
    await row.refresh_from_db()
    assert row.status is S.IN_FORCE


async def test_both_sides_sign_the_same_text_the_unit_s_program_too(town: Town) -> None:
    sides = await sides_of(town)
    scopes = frozenset({Permission(Object.AGREEMENT, action) for action in (Action.READ, Action.SIGN)})
    with clock.fixed(NOON):
        row = await proposed(town, sides)
        await sign_agreement(town.program(sides.unit, scopes), row.id, row.version)
        await row.refresh_from_db()
        assert (row.status, row.visibility) == (S.PROPOSED, Visibility.ADMINISTRATORS)
        await sign_agreement(sides.administrator, row.id, row.version)
    await row.refresh_from_db()
    assert (row.status, row.visibility, row.in_force_on) == (S.IN_FORCE, Visibility.PUBLIC, date(2026, 6, 15))
    one, other = await AgreementSignature.all().order_by("id")
    assert one.digest == other.digest
    assert [one.organisation_id, other.organisation_id] == [sides.unit, sides.committee]
    assert await actions() == ["agreement.draft", "agreement.propose", "agreement.sign", "agreement.sign"]
    entries = await AuditEntry.all().order_by("sequence")
    assert [entry.policy_rule for entry in entries] == ["R1202", "R1204", "R1199", "R1205"]


async def test_a_changed_text_is_not_signed_by_who_read_the_former_one(town: Town) -> None:
    sides = await sides_of(town)
    with clock.fixed(NOON):
        row = await proposed(town, sides)
        await sign_agreement(sides.administrator, row.id, row.version)
        read = row.version + 1
        await commands.update_agreement(sides.administrator, row.id, {"promises": PROMISES[:1]}, read)
        with pytest.raises(StaleVersion):
            await sign_agreement(sides.representative, row.id, read)
        await row.refresh_from_db()
        assert row.status is S.DRAFT
        assert not await AgreementSignature.exists()
        with pytest.raises(InvalidTransition):
            await sign_agreement(sides.representative, row.id, row.version)
        number = row.number
        await commands.propose_agreement(sides.representative, row.id, row.version)
        await sign_agreement(sides.representative, row.id, row.version + 1)
        await sign_agreement(sides.administrator, row.id, row.version + 2)
    await row.refresh_from_db()
    assert (row.status, row.number) == (S.IN_FORCE, number)


async def test_what_both_have_signed_is_changed_by_nobody_and_ended_by_either_with_a_reason(town: Town) -> None:
    sides = await sides_of(town)
    with clock.fixed(NOON):
        row = await proposed(town, sides)
        await sign_agreement(sides.administrator, row.id, 2)
        await sign_agreement(sides.representative, row.id, 3)
        with pytest.raises(InvalidInput):
            await commands.update_agreement(sides.administrator, row.id, {"title": "改"}, 4)
        for viewer in outsiders(town, await town.organisation()):
            with pytest.raises(Forbidden):
                await commands.end_agreement(viewer, row.id, "不办了", 4)
        with pytest.raises(InvalidInput):
            await commands.end_agreement(sides.representative, row.id, " ", 4)
        with pytest.raises(StaleVersion):
            await commands.end_agreement(sides.representative, row.id, "单位搬走", 3)
        await commands.end_agreement(sides.representative, row.id, "单位搬走", 4)
        with pytest.raises(InvalidTransition):
            await commands.end_agreement(sides.administrator, row.id, "再解除", 5)
    await row.refresh_from_db()
    assert (row.status, row.status_reason, row.ended_on) == (S.ENDED, "单位搬走", date(2026, 6, 15))


async def test_two_who_sign_at_once_leave_one_to_read_again(town: Town) -> None:
    sides = await sides_of(town)
    with clock.fixed(NOON):
        row = await proposed(town, sides)
        signing = [
            sign_agreement(viewer, row.id, row.version) for viewer in (sides.administrator, sides.representative)
        ]
        faults = [each for each in await asyncio.gather(*signing, return_exceptions=True) if not isinstance(each, int)]
    assert [type(fault) for fault in faults] == [StaleVersion]
    assert await AgreementSignature.all().count() == 1
    await row.refresh_from_db()
    assert (row.status, row.version) == (S.PROPOSED, 3)
