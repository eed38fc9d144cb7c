"""People and households of the register; who they are stands sealed in tables of its own."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from api import clock, sealing
from api.commands import inputs
from api.commands.contact import SUBJECTS, contact_columns, new_contact, reveal_contact, write_contact
from api.commands.editing import load
from api.commands.permission import require, scope_of
from api.commands.rows import Rows
from api.commands.unit_of_work import Done, unit_of_work
from api.errors import Duplicate, InvalidInput
from api.identifiers import new_id
from api.models import Household, Identity, Person, Place
from api.plan.viewer import Viewer
from auth.permissions import Action, Object

LANGUAGES = ("zh", "en")
ID_NUMBER = re.compile(r"[1-9]\d{16}[0-9X]", re.ASCII)
# GB 11643-1999: weights of the first 17 digits, and the check character by the sum modulo 11.
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECKS = "10X98765432"


async def register_household(viewer: Viewer, values: Mapping[str, Any]) -> int:
    """Register a household (户) at a place, with its sealed contact; return its identifier.

    Values: place, name, phone, address.

    Raises:
        InvalidInput, NotFound: with the place of the fault.
        Forbidden: the viewer may not register households there.
    """
    async with unit_of_work(viewer) as work:
        place = await _place(viewer, values.get("place"))
        household = Household(id=new_id(), place_id=place.id, path=place.path)
        scope = scope_of(household)
        rule = require(viewer, Object.HOUSEHOLD, Action.CREATE, scope, visible=True)
        await household.save(force_create=True)
        contact = contact_columns(values)
        await new_contact("household", household.id, contact).save(force_create=True)
        work.record(Done("household.register", "Household", household.id, household.path, {}, rule))
    return int(household.id)


async def register_person(viewer: Viewer, values: Mapping[str, Any]) -> int:
    """Register a person, with sealed contact and identity; return its identifier.

    Values: place (by default the household's), household, language ("zh" or "en"), name, phone,
    address, id_number and, with it, id_purpose: what the number is kept for.

    Raises:
        InvalidInput, NotFound, Duplicate: with the place of the fault.
        Forbidden: the viewer may not register people there, or no identity numbers.
    """
    async with unit_of_work(viewer) as work:
        household = await _household(viewer, values.get("household"))
        place_id = values.get("place") or (household and household.place_id)
        place = await _place(viewer, place_id)
        language = values.get("language") or LANGUAGES[0]
        if language not in LANGUAGES:
            raise InvalidInput("须为 zh 或 en", "Must be zh or en", ("language",))
        person = Person(
            id=new_id(),
            place_id=place.id,
            path=place.path,
            household_id=household and household.id,
            language=language,
        )
        scope = scope_of(person)
        rule = require(viewer, Object.PERSON, Action.CREATE, scope, visible=True)
        await person.save(force_create=True)
        await new_contact("person", person.id, contact_columns(values)).save(force_create=True)
        if values.get("id_number"):
            require(viewer, Object.PERSON_IDENTITY, Action.UPDATE, scope, visible=True)
            await _store_identity(person.id, values)
        work.record(Done("person.register", "Person", person.id, person.path, {}, rule))
    return int(person.id)


async def update_contact(viewer: Viewer, name: str, identifier: int, values: Mapping[str, Any]) -> int:
    """Change name, phone or address of a "person" or "household"; return the identifier.

    Raises:
        NotFound: it does not exist or the viewer may not see it.
        Forbidden, InvalidInput.
    """
    subject = SUBJECTS[name]
    async with unit_of_work(viewer) as work:
        row, _ = await load(viewer, subject.model, subject.seen, identifier, Action.READ)
        scope = scope_of(row)
        rule = require(viewer, subject.contact, Action.UPDATE, scope, visible=True)
        written = await write_contact(name, row.id, contact_columns(values))
        change = dict.fromkeys(written)
        work.record(Done("contact.update", subject.seen, row.id, row.path, change, rule))
    return identifier


def check_id_number(value: str, path: inputs.Path) -> str:
    """Return an identity number of 18 characters whose birth date and check character are right.

    Raises:
        InvalidInput: it is not one (GB 11643-1999).
    """
    number = inputs.line(value, path, 18).upper()
    fault = InvalidInput("身份证号有误", "Not a valid identity number", path)
    if not ID_NUMBER.fullmatch(number):
        raise fault
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        raise fault from None
    total = sum(int(digit) * weight for digit, weight in zip(number, WEIGHTS, strict=False))
    if born > clock.today() or CHECKS[total % 11] != number[17]:
        raise fault
    return number


async def _store_identity(person_id: int, values: Mapping[str, Any]) -> None:
    number = check_id_number(values["id_number"], ("idNumber",))
    purpose = inputs.line(values.get("id_purpose"), ("idPurpose",), 200)
    hashed = sealing.lookup_hash("id_number", number)
    if await Identity.exists(id_number_hash=hashed):
        raise Duplicate("这个证件号已登记", "This number is registered already", ("idNumber",))
    await Identity.create(
        id=new_id(),
        person_id=person_id,
        id_number=number,
        id_number_hash=hashed,
        purpose=purpose,
    )


async def _place(viewer: Viewer, identifier: int | None) -> Place:
    if identifier is None:
        raise inputs.missing(("place",))
    place: Place = await Rows().visible(viewer, Place, identifier, ("place",))
    return place


async def _household(viewer: Viewer, identifier: int | None) -> Any:
    if identifier is None:
        return None
    return await Rows().visible(viewer, Household, identifier, ("household",))


__all__ = [
    "check_id_number",
    "register_household",
    "register_person",
    "reveal_contact",
    "update_contact",
]
