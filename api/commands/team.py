"""Teams (志愿队): register, update, disband.

A lead holds the role of a team lead there, or acts for the team's unit, or is named by the committee, which
gives the role with the name.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from api import clock
from api.commands import inputs
from api.commands.editing import Changes, load, refuse_stale, save
from api.commands.field_names import differences
from api.commands.item import require_inputs
from api.commands.item_update import refuse_uneditable
from api.commands.permission import require, scope_of
from api.commands.rematching import rematch_provider
from api.commands.rows import Rows
from api.commands.skills import certificates, skills
from api.commands.team_lead import appoint, hand_over, lock_led, release
from api.commands.unit_of_work import Done, UnitOfWork, unit_of_work
from api.errors import InvalidInput
from api.identifiers import new_id
from api.models import Organisation, Person, Place, Team
from api.models.choices import OrganisationStatus
from api.plan.viewer import Viewer
from api.state_machines.machine import check_move
from api.state_machines.team import EDITABLE, TRANSITIONS, TeamStatus
from auth.permissions import Action, Object, Permission

Values = Mapping[str, Any]
MOST_MEMBERS = 100_000


async def register_team(viewer: Viewer, values: Values) -> int:
    """Register a team; return its identifier. Without `lead` the viewer leads it.

    Values: name, name_en, text, lead, organisation, place, skills, certificates, members.

    Raises:
        InvalidInput, NotFound: with the place of the fault.
        Forbidden: the viewer may not register teams there, or not name this lead, or no certificates.
    """
    async with unit_of_work(viewer) as work:
        given = {**values, "lead": values.get("lead") or viewer.principal.person_id}
        require_inputs(given, ("name", "place", "lead"))
        team = Team(id=new_id(), status=TeamStatus.ACTIVE, **await _columns(viewer, given))
        scope = scope_of(team)
        rule = require(viewer, Object.TEAM, Action.CREATE, scope, visible=True)
        if team.organisation_id is not None:
            # Whoever leads a team does not put a unit's name on it.
            require(viewer, Object.TEAM, Action.CREATE, replace(scope, owner_person_id=None), visible=True)
        if viewer.may(Permission(Object.TEAM, Action.CONFIRM), scope):
            team.confirmed_on = clock.today()
        _require_proof(viewer, team, team.certificates)
        await lock_led(team.lead_person_id)
        await team.save(force_create=True)
        await appoint(work, team, rule)
        work.record(_done("register", team, {}, rule))
        await _rematch(work, team)
    return int(team.id)


async def update_team(viewer: Viewer, identifier: int, changes: Values, expected: int) -> int:
    """Change the given fields of a team; a new lead takes over its open claims, without contacts opened to others.

    Raises:
        StaleVersion: it was changed since version `expected`; both values are given.
        InvalidInput, NotFound, Forbidden.
    """
    for name in ("place", "organisation"):
        if name in changes:
            raise InvalidInput("不能迁走或转给别的单位", "A team is not moved or handed over", (name,))
    async with unit_of_work(viewer) as work:
        team, rule = await load(viewer, Team, Object.TEAM, identifier, Action.UPDATE)
        columns = await _columns(viewer, changes)
        refuse_stale(team.version, expected, differences(team, columns))
        refuse_uneditable(team.status, EDITABLE)
        former = team.lead_person_id
        await lock_led(former, columns.get("lead_person_id", former))
        if columns.get("certificates", team.certificates) != team.certificates:
            _require_proof(viewer, team, columns["certificates"] or team.certificates)
        changed = await save(team, columns)
        if team.lead_person_id != former:
            membership = team.membership_id
            await appoint(work, team, rule)
            await release(work, team, former, membership, rule)
            await hand_over(work, team, rule)
            await rematch_provider(work, person=former)
        work.record(_done("update", team, changed, rule))
        await _rematch(work, team)
    return int(team.id)


async def disband_team(viewer: Viewer, identifier: int, reason: str, expected: int) -> int:
    """Disband a team: it claims nothing more. What it has claimed stays with its lead.

    Raises:
        InvalidTransition, StaleVersion, InvalidInput, NotFound, Forbidden.
    """
    why = inputs.text(reason, ("reason",), 500, required=True)
    async with unit_of_work(viewer) as work:
        team, rule = await load(viewer, Team, Object.TEAM, identifier, Action.WITHDRAW)
        sent = {"status": TeamStatus.DISBANDED}
        refuse_stale(team.version, expected, differences(team, sent))
        check_move(TRANSITIONS, team.status, TeamStatus.DISBANDED, "志愿队")
        await lock_led(team.lead_person_id)
        changed = await save(team, sent)
        await release(work, team, team.lead_person_id, team.membership_id, rule)
        work.record(_done("disband", team, changed | {"reason": [None, why]}, rule))
        await _rematch(work, team)
    return int(team.id)


def _require_proof(viewer: Viewer, team: Team, given: Any) -> None:
    """Let only those who check certificates enter them: rules send people to electric wires for it."""
    if given:
        require(viewer, Object.TEAM, Action.CONFIRM, scope_of(team), visible=True)


async def _rematch(work: UnitOfWork, team: Team) -> None:
    await rematch_provider(work, person=team.lead_person_id, organisation=team.organisation_id)


async def _columns(viewer: Viewer, values: Values) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    for name, check in CHECKS.items():
        if name in values:
            columns |= check(values[name])
    return columns | await _related(viewer, values, Rows())


async def _related(viewer: Viewer, values: Values, rows: Rows) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    if "lead" in values:
        if values["lead"] is None:
            raise inputs.missing(("lead",))
        columns["lead_person_id"] = (await rows.visible(viewer, Person, values["lead"], ("lead",))).id
    if values.get("organisation") is not None:
        unit = await rows.visible(viewer, Organisation, values["organisation"], ("organisation",))
        if unit.status is OrganisationStatus.SUSPENDED:
            raise InvalidInput("该单位已停用", "The organisation is suspended", ("organisation",))
        columns["organisation_id"] = unit.id
    if "place" in values:
        place = await rows.visible(viewer, Place, values["place"], ("place",))
        columns |= {"place_id": place.id, "path": place.path}
    return columns


def _members(value: int | None) -> int | None:
    number = inputs.number(value, ("members",), low=1, high=MOST_MEMBERS)
    return None if number is None else int(number)


CHECKS: Mapping[str, Callable[[Any], dict[str, Any]]] = {
    "name": lambda value: {"name_zh": inputs.line(value, ("name",), 100)},
    "name_en": lambda value: {"name_en": inputs.text(value, ("nameEn",), 200)},
    "text": lambda value: {"text_zh": inputs.text(value, ("text",), inputs.LONGEST_TEXT)},
    "skills": lambda value: {"skills": skills(value)},
    "certificates": lambda value: {"certificates": certificates(value)},
    "members": lambda value: {"members": _members(value)},
}


def _done(verb: str, row: Team, change: Changes, rule: str | None) -> Done:
    return Done(f"team.{verb}", "Team", row.id, row.path, change, rule)
