"""Registrations (双报到): submit, confirm, update, end.

A registration that offers something owns a resource, as a service item does: the offer is matched like any
other, rests until the community has confirmed, and is withdrawn with the registration.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from api import clock
from api.commands import inputs
from api.commands.editing import Changes, load, refuse_stale, save
from api.commands.field_names import differences
from api.commands.given_role import end_role, give_role
from api.commands.item_type import RESOURCE
from api.commands.item_update import checked_change, refuse_uneditable, write_change
from api.commands.permission import require, scope_of
from api.commands.reference import load_reference
from api.commands.registration_confirming import may_confirm, refuse_own
from api.commands.registration_offer import OFFER, new_resource, offered, visibility_of
from api.commands.registration_parties import insert_once, parties
from api.commands.rematching import rematch, rematch_provider
from api.commands.skills import certificates, skills
from api.commands.unit_of_work import Done, UnitOfWork, unit_of_work
from api.errors import Forbidden, InvalidInput
from api.identifiers import new_id
from api.models import Registration, Resource
from api.models.choices import ItemKind
from api.plan.viewer import Viewer
from api.state_machines.machine import check_move
from api.state_machines.registration import EDITABLE, TRANSITIONS, RegistrationStatus
from api.state_machines.resource import ResourceStatus
from auth.permissions import Action, Object
from auth.roles import Role

Values = Mapping[str, Any]
S = RegistrationStatus


async def submit_registration(viewer: Viewer, values: Values) -> int:
    """Register a unit to a community, or a person to where they live; return the identifier.

    Values: organisation (alone: the unit; with a person: for which unit), person, place, offer, skills,
    certificates, and of what is offered category, windows, quantity, unit, target_groups, service_area.
    Entered by whoever may confirm, it is confirmed at once, but for one's own and that of a unit one acts for.

    Raises:
        InvalidInput, NotFound, Duplicate: with the place of the fault.
        Forbidden: the viewer may not register them there.
    """
    async with unit_of_work(viewer) as work:
        me = {"entered_by_id": viewer.principal.person_id}
        row = Registration(id=new_id(), status=S.PENDING, **me, **await parties(viewer, values), **_columns(values))
        rule = _require(viewer, row, Action.CREATE)
        resource = None
        if offered(values):
            resource = await new_resource(viewer, row, values)
            row.resource_id = resource.id
        await insert_once(row)
        work.record(_done("submit", row, {}, rule))
        if may_confirm(viewer, row):
            await _confirm(work, row, rule)
        if resource is not None:
            work.changed_along("resource.offer", "Resource", resource.id, resource.path)
            await rematch(work, ItemKind.RESOURCE, resource.id)
    return int(row.id)


async def confirm_registration(viewer: Viewer, identifier: int, expected: int) -> int:
    """Confirm a registration: a person becomes a registered helper there, and the offer is matched.

    Raises:
        Forbidden: also when it is the viewer's own, of a unit they act for, or entered by them.
        InvalidTransition, StaleVersion, NotFound.
    """
    async with unit_of_work(viewer) as work:
        row, rule = await load(viewer, Registration, Object.REGISTRATION, identifier, Action.CONFIRM)
        refuse_own(viewer, row)
        refuse_stale(row.version, expected, differences(row, {"status": S.ACTIVE}))
        check_move(TRANSITIONS, row.status, S.ACTIVE, "报到")
        await _confirm(work, row, rule)
        if row.resource_id is not None:
            await rematch(work, ItemKind.RESOURCE, row.resource_id)
    return int(row.id)


async def update_registration(viewer: Viewer, identifier: int, changes: Values, expected: int) -> int:
    """Change what a registration offers and who can do what; it is matched anew.

    Certificates of a confirmed registration are entered by those who check them.

    Raises:
        StaleVersion: it was changed since version `expected`; both values are given.
        InvalidInput, NotFound, Forbidden.
    """
    for name in ("place", "organisation", "person"):
        if name in changes:
            raise InvalidInput("请结束后重新报到", "End it and register anew", (name,))
    async with unit_of_work(viewer) as work:
        row, _ = await load(viewer, Registration, Object.REGISTRATION, identifier, Action.UPDATE)
        rule = _require(viewer, row, Action.UPDATE)
        columns = _columns(changes)
        refuse_stale(row.version, expected, differences(row, columns))
        refuse_uneditable(row.status, EDITABLE)
        proofs = columns.get("certificates") or row.certificates
        if row.status is S.ACTIVE and proofs != row.certificates and not may_confirm(viewer, row):
            raise Forbidden("证书须由社区核对后录入", "Whoever checks certificates enters them", ("certificates",))
        of_resource = await _change_offer(viewer, row, changes)
        changed = await save(row, columns | ({"resource_id": row.resource_id} if row.resource_id else {}))
        work.record(_done("update", row, changed | of_resource, rule))
        await _rematch(work, row)
    return int(row.id)


async def end_registration(viewer: Viewer, identifier: int, reason: str, expected: int) -> int:
    """End a registration, or decline one that waits: role and offer go with it.

    Raises:
        InvalidTransition, StaleVersion, InvalidInput, NotFound, Forbidden.
    """
    why = inputs.text(reason, ("reason",), 500, required=True)
    async with unit_of_work(viewer) as work:
        row, _ = await load(viewer, Registration, Object.REGISTRATION, identifier, Action.WITHDRAW)
        rule = _require(viewer, row, Action.WITHDRAW)
        sent = {"status": S.ENDED, "status_reason": why}
        refuse_stale(row.version, expected, differences(row, sent))
        check_move(TRANSITIONS, row.status, S.ENDED, "报到")
        changed = await save(row, sent | {"live_key": None})
        await end_role(work, row.membership_id, rule)
        await _move_resource(row, {"status": ResourceStatus.WITHDRAWN})
        work.record(_done("end", row, changed, rule))
        await _rematch(work, row)
    return int(row.id)


async def _confirm(work: UnitOfWork, row: Registration, rule: str | None) -> None:
    columns: dict[str, Any] = {"status": S.ACTIVE, "confirmed_on": clock.today()}
    if row.person_id is not None:
        helper = Role.REGISTERED_HELPER
        place = (row.place_id, row.path)
        columns["membership_id"] = await give_role(work, helper, row.person_id, place, rule, ("person",))
    changed = await save(row, columns)
    await _move_resource(row, {"status": ResourceStatus.OFFERED, "visibility": visibility_of(row)})
    work.record(_done("confirm", row, changed, rule))
    # The own offer is matched by the caller; others of the same provider change their facts as well.
    await _rematch(work, row)


async def _move_resource(row: Registration, columns: Values) -> None:
    resource = await Resource.get_or_none(id=row.resource_id)
    if resource is not None:
        await save(resource, columns)


async def _change_offer(viewer: Viewer, row: Registration, changes: Values) -> Changes:
    """Change the owned resource, or make one; return what changed of it."""
    given = {name: changes[name] for name in OFFER if name in changes}
    if row.resource_id is None:
        if offered(changes):
            resource = await new_resource(viewer, row, {"offer": row.offer_zh, **changes})
            row.resource_id = resource.id
        return {}
    if "offer" in changes:
        given["title"] = changes["offer"]
    reference = await load_reference(ItemKind.RESOURCE, [given])
    resource = await Resource.get(id=row.resource_id)
    change = await checked_change(viewer, RESOURCE, resource, given, reference)
    return await write_change(RESOURCE, resource, change, reference)


async def _rematch(work: UnitOfWork, row: Registration) -> None:
    if row.resource_id is not None:
        work.changed_along("resource.update", "Resource", row.resource_id, row.path)
        await rematch(work, ItemKind.RESOURCE, row.resource_id)
    # What is said of a person holds for the person, and not for the unit they come from.
    if row.person_id is not None:
        await rematch_provider(work, person=row.person_id)
    else:
        await rematch_provider(work, organisation=row.organisation_id)


def _require(viewer: Viewer, row: Registration, action: Action) -> str | None:
    """Require the right to a registration; what a person offers is the person's, though their unit may read it."""
    scope = scope_of(row)
    if row.person_id is not None:
        scope = replace(scope, owner_organisation_id=None)
    return require(viewer, Object.REGISTRATION, action, scope, visible=True)


def _columns(values: Values) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    if "offer" in values:
        columns["offer_zh"] = inputs.text(values["offer"], ("offer",), 200)
    if "skills" in values:
        columns["skills"] = skills(values["skills"])
    if "certificates" in values:
        columns["certificates"] = certificates(values["certificates"])
    return columns


def _done(verb: str, row: Registration, change: Changes, rule: str | None) -> Done:
    return Done(f"registration.{verb}", "Registration", row.id, row.path, change, rule)
