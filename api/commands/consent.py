"""Entering a need for somebody else: whose it is, how they agreed, and who took that down."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from api import clock
from api.commands import inputs
from api.commands.contact import contact_columns, new_contact
from api.commands.item import Columns
from api.commands.permission import require, scope_of
from api.commands.rows import Rows
from api.commands.unit_of_work import Done
from api.errors import InvalidInput
from api.identifiers import new_id
from api.models import Contact, Need, NeedConsent, Person, Place
from api.models.choices import Consent, Family, Recorder, Visibility
from api.plan.viewer import Viewer
from auth.permissions import Action, Object
from auth.roles import Role

Given = Mapping[str, Any]
PATH = ("onBehalfOf",)
WORDS: Mapping[Consent, str] = {Consent.ORAL: "本人口头同意", Consent.PAPER: "本人书面同意"}
OFFICES: Mapping[Recorder, frozenset[Role]] = {
    Recorder.GRID_WORKER: frozenset({Role.GRID_WORKER, Role.GRID_HEAD}),
    Recorder.BUILDING_HEAD: frozenset({Role.BUILDING_HEAD}),
    Recorder.STAFF: frozenset(
        {
            Role.COMMUNITY_COMMISSIONER,
            Role.COMMITTEE_STAFF,
            Role.COMMITTEE_ADMINISTRATOR,
            Role.SUBDISTRICT_OFFICER,
        }
    ),
}


@dataclass(frozen=True, slots=True)
class Owner:
    """Columns of an owner who was named by name and telephone; `done` when they had to be registered."""

    columns: Columns
    done: Done | None


async def named_owner(viewer: Viewer, person: Given, where: Columns, rows: Rows, *, in_charge: bool) -> Owner:
    """Return the owner whom name and telephone tell, registering somebody nobody knows yet.

    Found is only who has the same telephone and the same name in the same community: a couple may share a
    telephone. `where` has the place columns of the need. Nothing tells the viewer whether somebody was found.

    Raises:
        InvalidInput, NotFound: with the place of the fault.
        Forbidden: somebody in charge elsewhere (`in_charge`) enters it for a person who lives here.
    """
    path = (*PATH, "person")
    contact = contact_columns({name: person.get(name) for name in ("name", "phone", "address")}, path)
    if contact["name"] is None:
        raise inputs.missing((*path, "name"))
    if contact["phone"] is None and not in_charge:
        raise InvalidInput(
            "须留一个能问到本人的电话", "Give a telephone by which the person can be asked", (*path, "phone")
        )
    home: Any = await rows.visible(viewer, Place, person.get("place") or where["place_id"], (*path, "place"))
    new = Person(id=new_id(), place_id=home.id, path=home.path, household_id=None, language="zh")
    rule = None
    if in_charge:
        rule = require(viewer, Object.NEED_ON_BEHALF, Action.CREATE, scope_of(new), visible=True)
    known = await _known(contact, await _community_path(home))
    if known is not None:
        return Owner(_columns(known.person_id, known.household_id), None)
    await new.save(force_create=True)
    await new_contact("person", new.id, contact).save(force_create=True)
    return Owner(_columns(new.id, None), Done("person.register", "Person", new.id, new.path, {}, rule))


def consent_of(viewer: Viewer, given: Given, need: Need, *, in_charge: bool) -> NeedConsent:
    """Return the consent to be stored with a new need; what is left out is said by the way and the office.

    Raises:
        InvalidInput: a paper has no place, or the consent lies in the future.
    """
    way = inputs.choice(given["consent"], Consent, (*PATH, "consent"))
    sheet = inputs.text(given.get("sheet_at"), (*PATH, "sheetAt"), 200, required=way is Consent.PAPER)
    day = inputs.day(given.get("given_on"), (*PATH, "givenOn")) or clock.today()
    if day > clock.today():
        raise InvalidInput("同意的日期还没到", "The consent lies in the future", (*PATH, "givenOn"))
    recorder = given.get("recorder")
    now, me = clock.now(), viewer.principal.person_id
    return NeedConsent(
        id=new_id(),
        need_id=need.id,
        recorder=_office(viewer) if recorder is None else inputs.choice(recorder, Recorder, (*PATH, "recorder")),
        words=inputs.text(given.get("words"), (*PATH, "words"), 200) or WORDS[way],
        given_on=day,
        sheet_at=sheet,
        recorded_by_id=me,
        recorded_at=now,
        wanted=Visibility(need.visibility),
        # Those in charge were there; a relative's word is made sure of by a call.
        confirmed_by_id=me if in_charge else None,
        confirmed_at=now if in_charge else None,
    )


async def note_choice(need: Need, visibility: Visibility) -> None:
    """Keep that somebody has chosen a visibility while the consent of a need still waits."""
    await NeedConsent.filter(need_id=need.id, confirmed_at=None).update(chosen=visibility)


def _office(viewer: Viewer) -> Recorder:
    held = {each.role for each in viewer.principal.held}
    return next((recorder for recorder, roles in OFFICES.items() if held & roles), Recorder.OTHER)


async def _known(contact: Columns, community: str) -> Any:
    if contact["phone"] is None:
        return None
    same = (
        await Contact.filter(phone_hash=contact["phone_hash"], organisation_id=None)
        .order_by("id")
        .select_related("person", "household")
    )
    for each in same:
        lives: Any = each.person or each.household
        if each.name == contact["name"] and lives is not None and lives.path.startswith(community):
            return each
    return None


async def _community_path(home: Any) -> str:
    community = await Place.get_or_none(id=home.community_id)
    return str(community.path if community else home.path)


def _columns(person: int | None, household: int | None) -> Columns:
    return {
        "owner_person_id": person,
        "owner_household_id": household,
        "owner_organisation_id": None,
        "family": Family.OWNERS,
    }
