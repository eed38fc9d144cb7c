"""Needs entered for somebody else: by those in charge, and by a relative whose word is made sure of."""

from datetime import timedelta
from typing import Any

import pytest

from api import clock
from api.commands.need import move_need, submit_need
from api.commands.on_behalf import MOST_WAITING, confirm_consent, submit_for_relative
from api.errors import (
    DomainError,
    Forbidden,
    InvalidInput,
    InvalidTransition,
    LimitExceeded,
    NotFound,
    StaleVersion,
    Unauthenticated,
)
from api.models import AuditEntry, Contact, Need, NeedConsent, Person
from api.models.choices import Consent, Recorder, Source, Visibility
from api.plan.viewer import Viewer
from api.queries.need_receipt import need_receipt, own_receipt
from api.queries.number_tries import NumberTries
from api.sealing import lookup_hash
from api.state_machines.need import NeedStatus
from auth.roles import Role
from tests.api.commands.records import actions, nothing_was_recorded
from tests.factories import Town

PHONE = "13812345678"
MOTHER = {"name": "张桂兰", "phone": f"138-1234 {PHONE[7:]}", "address": "二单元三层"}


def needed(
    town: Town,
    person: dict[str, Any] | None = None,
    place: str = "A1b",
    visibility: Visibility = Visibility.PUBLIC,
    **behalf: Any,
) -> dict[str, Any]:
    consent = {"consent": "ORAL", "person": person or MOTHER} | behalf
    values = town.need({}, place, on_behalf_of=consent, visibility=visibility)
    del values["owner"]
    return values


async def worker(town: Town, role: Role = Role.GRID_WORKER, place: str = "A") -> Viewer:
    return town.viewer(role, place, person=await town.person(place))


async def child(town: Town) -> Viewer:
    return town.viewer(Role.RESIDENT, "B1", person=await town.person("B1"))


async def test_who_may_not_enter_needs_there_registers_nobody(town: Town) -> None:
    firm = await town.organisation()
    cases = [
        (town.anonymous(), Unauthenticated),
        (await worker(town, place="B"), Forbidden),
        (town.viewer(Role.RESIDENT, "A", person=await town.person()), Forbidden),
        (town.viewer(Role.AUDITOR, "D", person=await town.person()), Forbidden),
        (town.viewer(Role.UNIT_REPRESENTATIVE, "A", organisation=firm), Forbidden),
    ]
    people = await Person.all().count()
    for viewer, fault in cases:
        with pytest.raises(fault):
            await submit_need(viewer, needed(town))
    assert await Person.all().count() == people
    assert not await Need.exists()
    assert await nothing_was_recorded()


async def test_a_person_who_lives_where_the_viewer_has_no_office_is_not_registered(town: Town) -> None:
    with pytest.raises(Forbidden):
        await submit_need(await worker(town), needed(town, MOTHER | {"place": town.id("B1")}))
    assert not await Contact.exists()


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"consent": "SILENCE"}, ("onBehalfOf", "consent")),
        ({"consent": "PAPER"}, ("onBehalfOf", "sheetAt")),
        ({"given_on": clock.today() + timedelta(days=2)}, ("onBehalfOf", "givenOn")),
        ({"words": "坏\ud800"}, ("onBehalfOf", "words")),
        ({"recorder": "STRANGER"}, ("onBehalfOf", "recorder")),
        ({"person": MOTHER | {"name": " "}}, ("onBehalfOf", "person", "name")),
        ({"person": MOTHER | {"phone": "not a phone"}}, ("onBehalfOf", "person", "phone")),
        ({"person": MOTHER | {"place": 4711}}, ("onBehalfOf", "person", "place")),
    ],
)
async def test_bad_input_is_refused_with_its_place_and_registers_nobody(
    town: Town, change: dict[str, Any], path: tuple[str, ...]
) -> None:
    viewer = await worker(town)
    people = await Person.all().count()
    with pytest.raises(DomainError) as refused:
        await submit_need(viewer, needed(town, **change))
    assert refused.value.path == path
    assert (await Person.all().count(), await Contact.all().count()) == (people, 0)
    assert not await Need.exists()
    assert await nothing_was_recorded()


async def test_an_owner_is_said_once(town: Town) -> None:
    values = needed(town) | {"owner": {"person": await town.person()}}
    with pytest.raises(InvalidInput) as refused:
        await submit_need(await worker(town), values)
    assert refused.value.path == ("onBehalfOf", "person")


@pytest.mark.parametrize(
    ("role", "recorder"),
    [
        (Role.GRID_WORKER, Recorder.GRID_WORKER),
        (Role.BUILDING_HEAD, Recorder.BUILDING_HEAD),
        (Role.COMMITTEE_STAFF, Recorder.STAFF),
    ],
)
async def test_who_has_an_office_there_enters_a_need_for_somebody_nobody_knew(
    town: Town, role: Role, recorder: Recorder
) -> None:
    viewer = await worker(town, role)
    sheet: dict[str, Any] = {"consent": "PAPER", "sheet_at": "社区窗口第三册", "words": "本人签字,儿子在场"}
    need = await Need.get(id=await submit_need(viewer, needed(town, **sheet)))
    owner = await Person.get(id=need.owner_person_id)
    contact = await Contact.get(person_id=owner.id)
    assert (owner.path, contact.name, contact.phone) == (town.path("A1b"), MOTHER["name"], PHONE)
    assert (need.consent, need.source, need.visibility) == (Consent.PAPER, Source.ON_BEHALF, Visibility.PUBLIC)
    consent = await NeedConsent.get(need_id=need.id)
    assert (consent.recorder, consent.words, consent.sheet_at) == (recorder, sheet["words"], sheet["sheet_at"])
    assert (consent.recorded_by_id, consent.given_on) == (viewer.principal.person_id, clock.today())
    assert consent.confirmed_at is not None
    assert await actions() == ["person.register", "need.submit"]
    kept = str(await AuditEntry.all().values("change", "action"))
    assert PHONE not in kept
    assert MOTHER["name"] not in kept


async def test_same_telephone_and_name_are_found_and_another_name_is_another_person(town: Town) -> None:
    viewer, hashed = await worker(town), lookup_hash("phone", PHONE)
    known, far = await town.person("A2"), await town.person("B1")
    for person in (known, far):
        await town.contact(person_id=person, name=MOTHER["name"], phone=PHONE, phone_hash=hashed)
    home = await town.household()
    await town.contact(household_id=home, name="张家", phone=PHONE, phone_hash=hashed)

    async def owner(name: str) -> Need:
        return await Need.get(id=await submit_need(viewer, needed(town, MOTHER | {"name": name})))

    people = await Person.all().count()
    assert (await owner(MOTHER["name"])).owner_person_id == known
    assert (await owner("张家")).owner_household_id == home
    assert await Person.all().count() == people
    assert (await owner("老李")).owner_person_id not in (known, far)
    assert await Person.all().count() == people + 1


async def test_a_relative_must_be_a_resident_name_the_person_and_leave_a_telephone(town: Town) -> None:
    helper = town.viewer(Role.REGISTERED_HELPER, "B1", person=await town.person("B1"))
    firm = await town.organisation("B")
    for viewer in (town.anonymous(), helper, town.viewer(Role.UNIT_REPRESENTATIVE, "B", organisation=firm)):
        with pytest.raises((Forbidden, Unauthenticated)):
            await submit_for_relative(viewer, needed(town))
    me = await child(town)
    for person, path in ((None, ("person",)), ({"name": "张桂兰"}, ("person", "phone"))):
        with pytest.raises(InvalidInput) as refused:
            await submit_for_relative(me, needed(town) | {"on_behalf_of": {"consent": "ORAL", "person": person}})
        assert refused.value.path == ("onBehalfOf", *path)
    assert not await Need.exists()
    assert not await Contact.exists()


async def test_a_relatives_need_is_hidden_until_somebody_in_charge_has_asked(town: Town) -> None:
    me, office = await child(town), await worker(town)
    number = await submit_for_relative(me, needed(town, recorder="CHILD", words="母亲口头同意,儿子代填"))
    need = await Need.get(number=number)
    assert need.visibility is Visibility.ADMINISTRATORS
    told = await own_receipt(town.anonymous(), number)
    assert told is not None
    assert told.confirmed is False

    with pytest.raises(NotFound):
        await confirm_consent(me, need.id, 1)
    with pytest.raises(NotFound):
        await confirm_consent(await worker(town, place="B"), need.id, 1)
    with pytest.raises(Forbidden):
        await confirm_consent(await worker(town, Role.BUILDING_HEAD), need.id, 1)
    with pytest.raises(StaleVersion):
        await confirm_consent(office, need.id, 7)

    await confirm_consent(office, need.id, 1)
    await need.refresh_from_db()
    consent = await NeedConsent.get(need_id=need.id)
    assert (need.visibility, need.version) == (Visibility.PUBLIC, 2)
    assert consent.confirmed_by_id == office.principal.person_id
    with pytest.raises(InvalidTransition):
        await confirm_consent(office, need.id, 2)
    assert (await actions())[-1] == "need.confirm"
    told = await need_receipt(town.anonymous(), number, NumberTries(), "192.0.2.1")
    assert told is not None
    assert told.confirmed is True


async def test_a_relative_has_few_needs_waiting(town: Town) -> None:
    me, office = await child(town), town.administrator()
    numbers = [await submit_for_relative(me, needed(town)) for _ in range(MOST_WAITING)]
    with pytest.raises(LimitExceeded):
        await submit_for_relative(me, needed(town))
    assert await Need.all().count() == MOST_WAITING
    first, second = await Need.get(number=numbers[0]), await Need.get(number=numbers[1])
    await confirm_consent(office, first.id, 1)
    await submit_for_relative(me, needed(town))
    await move_need(office, second.id, NeedStatus.WITHDRAWN, 1, reason="本人说不用")
    await submit_for_relative(me, needed(town))
    with pytest.raises(LimitExceeded):
        await submit_for_relative(me, needed(town))
