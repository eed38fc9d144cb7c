"""Who confirms a registration: never whoever it is about or who entered it; and of two the same, one is taken."""

import asyncio
from dataclasses import replace

import pytest

from api.commands.confirmation import confirm_register
from api.commands.registration import confirm_registration, end_registration, submit_registration, update_registration
from api.errors import Duplicate, Forbidden
from api.models import Membership, Registration, Resource
from auth.roles import Role
from tests.api.commands.test_registration import OFFER, helper
from tests.factories import Town


async def test_entered_by_whoever_may_confirm_it_is_confirmed_but_for_oneself(town: Town) -> None:
    other, me = await town.person(), await town.person()
    staff = town.viewer(Role.COMMITTEE_STAFF, person=me)
    confirmed = await submit_registration(staff, {"person": other})
    waiting = await submit_registration(staff, {"person": me})
    assert (await Registration.get(id=confirmed)).status == "ACTIVE"
    assert (await Registration.get(id=waiting)).status == "PENDING"
    with pytest.raises(Forbidden):
        await confirm_registration(staff, waiting, 1)
    assert await Membership.filter(person_id=other).count() == 1
    assert not await Membership.filter(person_id=me).exists()


async def test_nobody_confirms_the_registration_of_the_unit_they_act_for(town: Town) -> None:
    firm, me = await town.organisation("B"), await town.person()
    place = {"organisation": firm, "place": town.id("A")}
    for role in (Role.COMMITTEE_STAFF, Role.COMMITTEE_ADMINISTRATOR, Role.SUBDISTRICT_OFFICER):
        speaker = town.viewer(role, "S", person=me, organisation=firm)
        waiting = await submit_registration(speaker, {**place, **OFFER})
        row = await Registration.get(id=waiting)
        assert (row.status, row.entered_by_id) == ("PENDING", me), "entering it does not confirm it either"
        # Neither who acts for it, nor who entered it and has left the unit since, nor a program of the unit.
        left = town.viewer(role, "S", person=me)
        program = replace(speaker.principal, person_id=None, actor="program")
        for refused in (speaker, left, replace(speaker, principal=program)):
            with pytest.raises(Forbidden) as told:
                await confirm_registration(refused, waiting, 1)
            assert (told.value.path, "Somebody else" in told.value.en) == (("id",), True)
        assert (await Registration.get(id=waiting)).status == "PENDING"
        await confirm_registration(town.administrator(), waiting, 1)
        with pytest.raises(Forbidden):
            await update_registration(speaker, waiting, {"certificates": [{"kind": "电工证"}]}, 2)
        with pytest.raises(Forbidden) as told:
            await confirm_register(speaker, [("Registration", waiting)])
        assert told.value.path == ("ids", "0")
        assert await confirm_register(left, [("Registration", waiting)]) == 1
        await end_registration(speaker, waiting, "换人", 3)


async def test_of_the_same_registration_sent_many_times_at_once_one_is_taken(town: Town) -> None:
    firm, me = await town.organisation("B"), await town.person()
    speaker = town.viewer(Role.UNIT_REPRESENTATIVE, "B", person=await town.person(), organisation=firm)
    resident = town.viewer(Role.RESIDENT, person=me)
    unit, own = {"organisation": firm, "place": town.id("A")}, {"person": me, "place": town.id("A1")}
    for viewers, given in (((speaker, town.administrator()), unit), ((resident, resident), own)):
        sent = [submit_registration(viewer, {**given, **OFFER}) for viewer in viewers * 4]
        answers = await asyncio.gather(*sent, return_exceptions=True)
        assert sum(isinstance(each, int) for each in answers) == 1, answers
        lost = [each for each in answers if isinstance(each, Duplicate)]
        assert len(lost) == len(answers) - 1
        assert {(each.path, each.en) for each in lost} == {(("place",), "Registered there already")}
    assert await Registration.all().count() == await Resource.all().count() == 2
    # In another place, or once it has ended, they register again; and the refusal is still there.
    assert await submit_registration(speaker, {**unit, "place": town.id("B")})
    row = await Registration.get(organisation_id=firm, place_id=town.id("A"))
    await end_registration(speaker, row.id, "换人", row.version)
    assert await submit_registration(speaker, unit)
    with pytest.raises(Duplicate):
        await submit_registration(speaker, unit)


async def test_a_colleague_of_a_person_may_confirm_them(town: Town) -> None:
    firm = await town.organisation()
    _, _, done = await helper(town, organisation=firm)
    await confirm_registration(town.viewer(Role.COMMITTEE_STAFF, organisation=firm), done, 1)
    assert (await Registration.get(id=done)).status == "ACTIVE"
