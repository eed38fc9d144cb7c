"""Organisations, households, people: sealed contacts, and who reads them, why and how often."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from api import clock, db, sealing
from api.commands.contact import normal_phone, reveal_contact
from api.commands.need import submit_need
from api.commands.organisation import (
    register_organisation,
    register_organisations,
    resume_organisation,
    suspend_organisation,
    update_organisation,
)
from api.commands.person import check_id_number, register_household, register_person, update_contact
from api.errors import (
    BatchRefused,
    Duplicate,
    Forbidden,
    InvalidInput,
    InvalidTransition,
    LimitExceeded,
    NotFound,
    StaleVersion,
    Unauthenticated,
)
from api.models import AuditEntry, Contact, Event, Identity, Job, Need, Organisation, Person
from api.models.choices import OrganisationStatus
from auth.roles import Role
from tests.api.commands.records import actions, verify_chains
from tests.factories import Town

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
# The example of the standard itself (GB 11643-1999).
ID_NUMBER = "11010519491231002X"


def firm_of(town: Town, **more: Any) -> dict[str, Any]:
    return {"name": "蒲津粮油行", "kind": "ENTERPRISE", "place": town.id("A")} | more


async def test_only_who_keeps_the_register_registers(town: Town) -> None:
    with pytest.raises(Unauthenticated):
        await register_organisation(town.anonymous(), firm_of(town))
    for viewer in (town.administrator("B"), town.viewer(Role.COMMITTEE_STAFF)):
        with pytest.raises(Forbidden):
            await register_organisation(viewer, firm_of(town))
    with pytest.raises(Forbidden):
        await register_person(town.viewer(Role.GRID_WORKER), {"place": town.id("A1b")})
    assert not await Organisation.exists()
    assert not await Person.exists()


async def test_an_organisation_gets_its_family_from_its_kind_and_a_sealed_contact(town: Town) -> None:
    contact = {"name": "张经理", "phone": "+86 138-1234-5678", "address": "一号楼"}
    done = await register_organisation(town.administrator(), firm_of(town, contact=contact))
    row = await Organisation.get(id=done)
    assert (row.family, row.path, row.status) == ("UNITS", town.path("A"), OrganisationStatus.ACTIVE)
    stored = await Contact.get(organisation_id=done)
    assert stored.phone == "13812345678"
    assert stored.phone_hash == sealing.lookup_hash("phone", "13812345678")
    raw = (await db.reading().execute_query_dict("SELECT * FROM contact"))[0]
    assert not any(clear in str(raw) for clear in ("张经理", "13812345678", "一号楼"))
    assert await actions() == ["organisation.register"]


async def test_of_a_batch_of_organisations_all_or_none_are_registered(town: Town) -> None:
    good = firm_of(town, external_ids=[{"system": "credit", "value": "91"}])
    with pytest.raises(BatchRefused) as refused:
        await register_organisations(town.administrator(), [good, firm_of(town, kind="CLUB"), good])
    assert {index: fault.path for index, fault in refused.value.errors.items()} == {
        1: ("kind",),
        2: ("externalIds", "0"),
    }
    assert not await Organisation.exists()
    assert len(await register_organisations(town.administrator(), [good, firm_of(town)])) == 2


async def test_a_new_family_reaches_what_the_organisation_owns(town: Town) -> None:
    viewer = town.administrator()
    firm = await register_organisation(viewer, firm_of(town))
    need = await submit_need(viewer, town.need({"organisation": firm}))
    with pytest.raises(StaleVersion) as refused:
        await update_organisation(viewer, firm, {"name": "改名"}, 9)
    assert [(c.name, c.current, c.sent) for c in refused.value.conflicts] == [("name", "蒲津粮油行", "改名")]
    await update_organisation(viewer, firm, {"kind": "PROPERTY_FIRM", "contact": {"phone": "114"}}, 1)
    assert (await Need.get(id=need)).family == "PROPERTY_FIRM"
    assert (await Job.get()).path == town.path("A")
    assert (await Contact.get(organisation_id=firm)).phone == "114"


async def test_an_organisation_is_suspended_once_and_resumed(town: Town) -> None:
    viewer = town.administrator()
    firm = await register_organisation(viewer, firm_of(town))
    representative = town.viewer(Role.UNIT_REPRESENTATIVE, organisation=firm)
    with pytest.raises(Forbidden):
        await suspend_organisation(representative, firm, "自己停", 1)
    await suspend_organisation(viewer, firm, "搬走了", 1)
    with pytest.raises(InvalidTransition):
        await suspend_organisation(viewer, firm, "搬走了", 2)
    await resume_organisation(viewer, firm, "回来了", 2)
    assert (await Organisation.get(id=firm)).status is OrganisationStatus.ACTIVE


async def test_a_person_belongs_to_a_household_and_is_found_by_the_phone_s_hash(town: Town) -> None:
    staff = town.viewer(Role.COMMITTEE_STAFF)
    household = await register_household(staff, {"place": town.id("A1b"), "name": "王家", "phone": "0359-8022345"})
    values = {"household": household, "name": "王阿姨", "phone": "138 0000 0007"}
    person = await Person.get(id=await register_person(staff, values))
    assert (person.path, person.household_id) == (town.path("A1b"), household)
    found = await Contact.get(phone_hash=sealing.lookup_hash("phone", "13800000007"))
    assert found.person_id == person.id
    with pytest.raises(NotFound):
        await register_person(town.viewer(Role.COMMITTEE_STAFF, "B"), values)


@pytest.mark.parametrize("phone", ["12", "138000000071", "电话", "23800000007000", "+", "1380000000a"])
def test_what_is_no_phone_number_is_refused(phone: str) -> None:
    with pytest.raises(InvalidInput):
        normal_phone(phone, ("phone",))


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ("138 0000 0007", "13800000007"),
        ("+86-13800000007", "13800000007"),
        ("13800000007", "13800000007"),
        ("0359-8022345", "03598022345"),
        ("400-810-0000", "4008100000"),
        ("12345", "12345"),
        ("+44 20 7946 0000", "+442079460000"),
        (" ", None),
    ],
)
def test_phone_numbers_have_one_form(given: str, stored: str | None) -> None:
    assert normal_phone(given, ("phone",)) == stored


@pytest.mark.parametrize(
    "number",
    [
        "",
        "11010519491231002",
        "110105194912310021",
        "11010519491331002X",
        "11010529491231002X",
        "1101051949123100２X",
        "x" * 18,
    ],
)
def test_what_is_no_identity_number_is_refused(number: str) -> None:
    with pytest.raises(InvalidInput):
        check_id_number(number, ("idNumber",))


async def test_an_identity_number_is_sealed_kept_for_a_purpose_and_registered_once(town: Town) -> None:
    staff = town.viewer(Role.COMMITTEE_STAFF)
    values = {"place": town.id("A1b"), "id_number": ID_NUMBER.lower()}
    with pytest.raises(InvalidInput) as refused:
        await register_person(staff, values)
    assert refused.value.path == ("idPurpose",)
    assert not await Person.exists()
    await register_person(staff, values | {"id_purpose": "领取补贴"})
    with pytest.raises(Duplicate):
        await register_person(staff, values | {"id_purpose": "领取补贴"})
    raw = (await db.reading().execute_query_dict("SELECT * FROM identity"))[0]
    assert ID_NUMBER not in str(raw)
    assert (await Identity.get()).id_number == ID_NUMBER
    assert ID_NUMBER not in str([entry.change for entry in await AuditEntry.all()])


async def test_a_contact_is_changed_by_oneself_or_the_staff_alone(town: Town) -> None:
    me = await town.person()
    await town.contact(person_id=me, name="王")
    worker = town.viewer(Role.GRID_WORKER)
    with pytest.raises(Forbidden):
        await update_contact(worker, "person", me, {"name": "李"})
    with pytest.raises(NotFound):
        await update_contact(town.anonymous(), "person", me, {"name": "李"})
    await update_contact(town.viewer(Role.RESIDENT, person=me), "person", me, {"name": "李"})
    assert (await Contact.get(person_id=me)).name == "李"
    entry = await AuditEntry.get(action="contact.update")
    assert entry.change["fields"] == ["name"]


async def test_contacts_are_hidden_from_who_has_no_right_to_them(town: Town) -> None:
    me = await town.person()
    for viewer, fault in (
        (town.anonymous(), NotFound),
        (town.viewer(Role.COMMITTEE_STAFF, "B"), NotFound),
        (town.viewer(Role.GRID_WORKER), Forbidden),
        (town.viewer(Role.AUDITOR), Forbidden),
    ):
        with pytest.raises(fault):
            await reveal_contact(viewer, "person", me, "好奇")
    with pytest.raises(InvalidInput):
        await reveal_contact(town.viewer(Role.COMMITTEE_STAFF), "person", me, " ")
    assert await actions() == []


async def test_a_contact_read_in_clear_is_noted_with_reader_and_purpose(town: Town) -> None:
    household = await town.household()
    await town.contact(household_id=household, name="王家", phone="13800000007")
    staff = town.viewer(Role.COMMITTEE_STAFF, person=await town.person())
    clear = await reveal_contact(staff, "household", household, "上门修灯")
    assert (clear.name, clear.phone, clear.address) == ("王家", "13800000007", None)
    assert "王家" not in repr(clear)
    entry = await AuditEntry.get()
    assert (entry.actor, entry.object_type, entry.object_id) == (staff.principal.actor, "Household", household)
    assert (entry.action, entry.change["purpose"], entry.policy_rule) == ("contact.reveal", "上门修灯", "R201")
    assert not await Event.exists()
    await verify_chains()


async def test_thirty_contacts_an_hour_are_enough(town: Town) -> None:
    me = await town.person()
    staff = town.viewer(Role.COMMITTEE_STAFF, person=await town.person())
    with clock.fixed(NOON):
        for _ in range(30):
            await reveal_contact(staff, "person", me, "通知")
        with pytest.raises(LimitExceeded):
            await reveal_contact(staff, "person", me, "通知")
        other = town.viewer(Role.COMMITTEE_STAFF, person=await town.person())
        await reveal_contact(other, "person", me, "通知")
    with clock.fixed(NOON + timedelta(hours=1, seconds=1)):
        await reveal_contact(staff, "person", me, "通知")
    assert await AuditEntry.all().count() == 32


async def test_readings_at_the_same_time_are_counted_too(town: Town) -> None:
    me = await town.person()
    staff = town.viewer(Role.COMMITTEE_STAFF, person=await town.person())
    readings = (reveal_contact(staff, "person", me, "通知") for _ in range(40))
    ends = await asyncio.gather(*readings, return_exceptions=True)
    assert sum(isinstance(end, LimitExceeded) for end in ends) == 10
    assert await AuditEntry.all().count() == 30
