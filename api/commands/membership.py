"""Memberships: who holds which role where. Nobody gives more power than their own office allows."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from api import clock
from api.commands import inputs
from api.commands.editing import Changes, load, refuse_stale, save
from api.commands.field_names import differences
from api.commands.permission import require, scope_of
from api.commands.rows import Rows
from api.commands.unit_of_work import Done, unit_of_work
from api.errors import Forbidden, InvalidInput
from api.identifiers import new_id
from api.models import Membership, Organisation, Person, Place
from api.models.choices import Family, OrganisationStatus
from api.plan.viewer import Viewer
from auth.permissions import Action, Object
from auth.roles import Role, with_included

# Roles that people of a community hold; none of them reads contacts beyond what is given to it.
COMMUNITY_ROLES = frozenset(
    {
        Role.OWNER,
        Role.RESIDENT,
        Role.REGISTERED_HELPER,
        Role.TEAM_LEAD,
        Role.DELIBERATION_MEMBER,
        Role.OWNERS_COMMITTEE,
        Role.ADJUNCT_MEMBER,
        Role.PROPERTY_CLERK,
        Role.PROPERTY_MANAGER,
        Role.UNIT_REPRESENTATIVE,
        Role.EXPERT,
        Role.GRID_WORKER,
        Role.GRID_HEAD,
        Role.BUILDING_HEAD,
        Role.LANE_STEWARD,
    }
)
COMMITTEE_ROLES = frozenset({Role.COMMITTEE_STAFF, Role.COMMITTEE_ADMINISTRATOR})
# Which roles an office may give, within its own place: offices of a higher level come from above.
GRANTABLE: Mapping[Role, frozenset[Role]] = {
    Role.COMMITTEE_ADMINISTRATOR: COMMUNITY_ROLES | COMMITTEE_ROLES,
    Role.SUBDISTRICT_OFFICER: COMMUNITY_ROLES
    | COMMITTEE_ROLES
    | {Role.COMMUNITY_COMMISSIONER, Role.DEPARTMENT_OFFICER},
    Role.SYSTEM_ADMINISTRATOR: frozenset(Role) - {Role.ANONYMOUS},
}
# Roles that somebody holds for an organisation, never for themselves.
FOR_ORGANISATION = frozenset(
    {
        Role.OWNERS_COMMITTEE,
        Role.PROPERTY_CLERK,
        Role.PROPERTY_MANAGER,
        Role.UNIT_REPRESENTATIVE,
    }
)
OF_A_FIRM = frozenset({Role.PROPERTY_CLERK, Role.PROPERTY_MANAGER})


async def grant_membership(viewer: Viewer, values: Mapping[str, Any]) -> int:
    """Give a person, or an organisation (for its keys), a role at a place; return the identifier.

    Values: role, place, person, organisation (with a person: for whom the role is held), family,
    valid_from (today), valid_to, confirmed_on.

    Raises:
        InvalidInput, NotFound: with the place of the fault.
        Forbidden: the viewer may not give roles there, or not this one.
    """
    async with unit_of_work(viewer) as work:
        columns = await _columns(viewer, values)
        membership = Membership(id=new_id(), **columns)
        scope = scope_of(membership)
        rule = require(viewer, Object.MEMBERSHIP, Action.CREATE, scope, visible=True)
        refuse_excess(viewer, membership)
        await membership.save(force_create=True)
        work.record(_done("grant", membership, {"role": [None, membership.role]}, rule))
    return int(membership.id)


async def end_membership(viewer: Viewer, identifier: int, expected: int, *, last_day: date | None = None) -> int:
    """End a membership: `last_day` (by default yesterday, so at once) is the last in force.

    Raises:
        StaleVersion, InvalidInput, NotFound, Forbidden.
    """
    async with unit_of_work(viewer) as work:
        row, rule = await load(viewer, Membership, Object.MEMBERSHIP, identifier, Action.WITHDRAW)
        refuse_excess(viewer, row)
        end = last_day or date.fromordinal(clock.today().toordinal() - 1)
        inputs.day(end, ("lastDay",))
        if row.valid_to is not None and end > row.valid_to:
            raise InvalidInput("已到期的角色不能这样延长", "An ended role is not prolonged in this way", ("lastDay",))
        refuse_stale(row.version, expected, differences(row, {"valid_to": end}))
        changed = await save(row, {"valid_to": end})
        work.record(_done("end", row, changed, rule))
    return int(row.id)


async def confirm_membership(viewer: Viewer, identifier: int, expected: int) -> int:
    """Note that a membership was checked today and still stands.

    Raises:
        StaleVersion, NotFound, Forbidden.
    """
    async with unit_of_work(viewer) as work:
        row, rule = await load(viewer, Membership, Object.MEMBERSHIP, identifier, Action.UPDATE)
        refuse_excess(viewer, row)
        today = {"confirmed_on": clock.today()}
        refuse_stale(row.version, expected, differences(row, today))
        work.record(_done("confirm", row, await save(row, today), rule))
    return int(row.id)


def may_grant(viewer: Viewer, role: Role, path: str) -> bool:
    """Tell whether an office that the viewer holds at or above the place may give the role."""
    return any(
        role in GRANTABLE.get(office, ())
        for held in viewer.principal.held
        if path.startswith(held.scope)
        for office in with_included(held.role)
    )


def refuse_excess(viewer: Viewer, membership: Any) -> None:
    """Raise Forbidden unless the viewer's office gives this role there, to somebody else."""
    role = Role(membership.role)
    mine = viewer.principal.person_id
    if not may_grant(viewer, role, membership.path):
        raise Forbidden(
            f"您的职务不能授予或变更 {role}",
            f"Your office does not give or change the role {role}",
            ("role",),
        )
    if mine is not None and membership.person_id == mine:
        raise Forbidden("不能给自己授权", "Nobody changes their own roles", ("person",))


async def _columns(viewer: Viewer, values: Mapping[str, Any]) -> dict[str, Any]:
    rows = Rows()
    role = inputs.choice(values.get("role") or "", Role, ("role",))
    if role is Role.ANONYMOUS:
        raise InvalidInput("人人都有这个角色", "Everybody holds this role", ("role",))
    if values.get("place") is None:
        raise inputs.missing(("place",))
    place = await rows.visible(viewer, Place, values["place"], ("place",))
    person_id, organisation_id = values.get("person"), values.get("organisation")
    if person_id is not None:
        await rows.visible(viewer, Person, person_id, ("person",))
    organisation = None
    if organisation_id is not None:
        organisation = await rows.visible(viewer, Organisation, organisation_id, ("organisation",))
    _refuse_mismatch(role, person_id, organisation)
    family = values.get("family") or (organisation.family if organisation else None)
    start = values.get("valid_from") or clock.today()
    inputs.period(start, values.get("valid_to"), ())
    return {
        "role": role,
        "place_id": place.id,
        "path": place.path,
        "person_id": person_id,
        "organisation_id": organisation_id,
        "family": None if family is None else inputs.choice(family, Family, ("family",)),
        "valid_from": start,
        "valid_to": values.get("valid_to"),
        "confirmed_on": inputs.day(values.get("confirmed_on"), ("confirmedOn",)),
    }


def _refuse_mismatch(role: Role, person_id: int | None, organisation: Any) -> None:
    if person_id is None and organisation is None:
        raise InvalidInput("须指明个人或单位", "Name a person or an organisation", ("person",))
    here = ("organisation",)
    if role in FOR_ORGANISATION and organisation is None:
        raise InvalidInput("这个角色须代表一个单位", "This role is held for an organisation", here)
    if organisation is None:
        return
    if organisation.status is OrganisationStatus.SUSPENDED:
        raise InvalidInput("该单位已停用", "The organisation is suspended", here)
    if role in OF_A_FIRM and organisation.family != Family.PROPERTY_FIRM:
        raise InvalidInput("该单位不是物业(管家)", "Not a property firm", here)


def _done(verb: str, row: Membership, change: Changes, rule: str | None) -> Done:
    return Done(f"membership.{verb}", "Membership", row.id, row.path, change, rule)
