"""Contacts: checked, sealed, and shown in clear only with a purpose, an audit row and a limit."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from api import clock, sealing
from api.commands import inputs
from api.commands.permission import require, scope_of
from api.commands.unit_of_work import Done, unit_of_work
from api.errors import InvalidInput, LimitExceeded, NotFound
from api.identifiers import new_id
from api.models import AuditEntry, Contact, Household, Organisation, Person
from api.plan.viewer import Viewer
from auth.permissions import Action, Object, Permission

REVEALED = "contact.reveal"
AN_HOUR = timedelta(hours=1)
MOST_AN_HOUR = 30
# A mobile number, a landline with or without its area, a service number, or one from abroad.
PHONE = re.compile(r"1[3-9]\d{9}|0\d{9,11}|[2-8]\d{6,7}|[48]00\d{7}|9[56]\d{3,4}|1\d{2,4}|\+\d{6,15}", re.ASCII)
_SEPARATORS = re.compile(r"[\s().\-–—]+")


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose contact it can be, and under which objects of the policy it is seen and read."""

    name: str
    model: type[Any]
    seen: Object
    contact: Object


SUBJECTS: Mapping[str, Subject] = {
    subject.name: subject
    for subject in (
        Subject("person", Person, Object.PERSON, Object.PERSON_CONTACT),
        Subject("household", Household, Object.HOUSEHOLD, Object.HOUSEHOLD_CONTACT),
        Subject("organisation", Organisation, Object.ORGANISATION, Object.ORGANISATION_CONTACT),
    )
}


@dataclass(frozen=True, slots=True)
class ClearContact:
    """A contact in clear; never stored, never logged."""

    name: str | None
    phone: str | None
    address: str | None

    def __repr__(self) -> str:
        """Show nothing."""
        return "<ClearContact>"


def normal_phone(value: str | None, path: inputs.Path) -> str | None:
    """Return a phone number as digits, without separators and China's prefix; else InvalidInput."""
    if value is None or not value.strip():
        return None
    number = _SEPARATORS.sub("", unicodedata.normalize("NFKC", value))
    number = re.sub(r"^(?:\+|00)86", "", number)
    if not PHONE.fullmatch(number):
        raise InvalidInput("电话号码有误", "Not a phone number", path)
    return number


def contact_columns(values: Mapping[str, Any], path: inputs.Path = ()) -> dict[str, Any]:
    """Return the checked columns of the given contact values (name, phone, address)."""
    columns: dict[str, Any] = {}
    if "name" in values:
        columns["name"] = inputs.text(values["name"], (*path, "name"), 100)
    if "address" in values:
        columns["address"] = inputs.text(values["address"], (*path, "address"), 300)
    if "phone" in values:
        phone = normal_phone(values["phone"], (*path, "phone"))
        columns["phone"] = phone
        columns["phone_hash"] = phone and sealing.lookup_hash("phone", phone)
    return columns


def new_contact(name: str, identifier: int, columns: Mapping[str, Any]) -> Contact:
    """Return the contact row of a new person, household or organisation, not saved yet."""
    return Contact(id=new_id(), **{f"{name}_id": identifier}, **columns)


async def write_contact(name: str, identifier: int, columns: Mapping[str, Any]) -> list[str]:
    """Store the given columns of a contact; return their names (an audit keeps no values)."""
    if columns:
        row = await Contact.filter(**{f"{name}_id": identifier}).first()
        if row is None:
            await new_contact(name, identifier, columns).save(force_create=True)
        else:
            await row.update_from_dict(dict(columns)).save()
    return sorted(columns.keys() - {"phone_hash"})


async def reveal_contact(viewer: Viewer, name: str, identifier: int, purpose: str) -> ClearContact:
    """Return the contact of a "person", "household" or "organisation" in clear.

    An audit row says who read whose contact and why.

    Raises:
        NotFound: it does not exist or the viewer may not see it.
        Forbidden, Unauthenticated: the viewer may not read the contact.
        InvalidInput: no purpose is given.
        LimitExceeded: the viewer has read 30 contacts within the last hour.
    """
    subject = SUBJECTS[name]
    why = inputs.line(purpose, ("purpose",), 200)
    async with unit_of_work(viewer) as work:
        row: Any = await subject.model.get_or_none(id=identifier)
        if row is None:
            raise NotFound(path=("id",))
        scope = scope_of(row)
        seen = viewer.may(Permission(subject.seen, Action.READ), scope)
        rule = require(viewer, subject.contact, Action.READ, scope, visible=seen)
        await refuse_too_many(viewer)
        contact = await Contact.filter(**{f"{name}_id": identifier}).first()
        work.record(Done(REVEALED, subject.seen, row.id, row.path, {}, rule, purpose=why, quiet=True))
    if contact is None:
        return ClearContact(None, None, None)
    return ClearContact(contact.name, contact.phone, contact.address)


async def refuse_too_many(viewer: Viewer) -> None:
    """Raise LimitExceeded when the viewer has read as many contacts within the last hour as anybody may."""
    principal = viewer.principal
    # Readings of one viewer wait for each other, or many at once would all count too few.
    if principal.person_id is not None:
        await Person.filter(id=principal.person_id).select_for_update().first()
    else:
        organisations = Organisation.filter(id__in=sorted(principal.organisation_ids))
        await organisations.order_by("id").select_for_update()
    since = clock.now() - AN_HOUR
    read = await AuditEntry.filter(actor=principal.actor, action=REVEALED, at__gt=since).count()
    if read >= MOST_AN_HOUR:
        raise LimitExceeded(
            f"一小时内最多查看 {MOST_AN_HOUR} 份联系方式",
            f"At most {MOST_AN_HOUR} contacts may be read an hour",
            ("id",),
        )
