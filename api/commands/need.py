"""Needs: submit, update, move along the board, withdraw."""

import secrets
from collections.abc import Mapping
from datetime import date
from typing import Any

from api import clock
from api.commands import inputs
from api.commands.editing import load, refuse_stale, save
from api.commands.item import item_columns, public_columns
from api.commands.item_children import replace_external_ids, replace_lines, replace_windows
from api.commands.permission import require, scope_of
from api.commands.reference import load_reference
from api.commands.rematching import rematch
from api.commands.unit_of_work import Done, unit_of_work
from api.errors import InvalidInput, NotFound
from api.identifiers import new_id
from api.models import Need, Organisation, Person
from api.models.choices import ItemKind, Source, Urgency, Visibility
from api.plan.viewer import Viewer
from api.state_machines.machine import check_move
from api.state_machines.need import EDITABLE, NEEDS_REASON, TRANSITIONS, NeedStatus
from auth.permissions import Action, Object

DEFAULTS: dict[str, Any] = {
    "target_groups": [],
    "visibility": Visibility.PUBLIC,
    "urgency": Urgency.NORMAL,
    "source": Source.RESIDENT,
}


async def submit_need(viewer: Viewer, values: Mapping[str, Any]) -> int:
    """Put a need on the board (点单) and match it; return its identifier.

    With `on_behalf_of` (consent ORAL or PAPER) the owner is somebody else and the viewer is noted as the one who
    entered it.

    Raises:
        InvalidInput, NotFound, Duplicate: with the place of the fault.
        Forbidden: the viewer may not submit needs there for that owner.
    """
    async with unit_of_work(viewer) as work:
        reference = await load_reference()
        columns = DEFAULTS | await item_columns(values, reference) | _source(viewer, values)
        columns |= await public_columns(columns)
        need = Need(
            id=new_id(), number=await _free_number(), status=NeedStatus.REQUESTED, published_at=clock.now(), **columns
        )
        rule = require(viewer, Object.NEED, Action.CREATE, scope_of(need), visible=True)
        await need.save(force_create=True)
        await replace_lines({"need_id": need.id}, values.get("lines") or [], need.category, reference)
        await replace_windows({"need_id": need.id}, values.get("windows") or [])
        await replace_external_ids(ItemKind.NEED, need.id, values.get("external_ids") or [])
        work.record(_done("need.submit", need, {}, rule))
        await rematch(work, ItemKind.NEED, need.id)
    return need.id


async def update_need(viewer: Viewer, identifier: int, changes: Mapping[str, Any], expected: int) -> int:
    """Change the given fields of a need and match it anew.

    Raises:
        StaleVersion: it was changed since version `expected`; both values are given.
        InvalidInput, NotFound, Forbidden, InvalidTransition.
    """
    async with unit_of_work(viewer) as work:
        need, rule = await load(viewer, Need, Object.NEED, identifier, Action.UPDATE)
        reference = await load_reference()
        columns = await item_columns(changes, reference)
        refuse_stale(need, expected, columns)
        if need.status not in EDITABLE:
            raise InvalidInput("这个状态下不能修改", f"A need that is {need.status} cannot be edited", ("id",))
        if columns.keys() & {"path", "owner_person_id", "longitude"}:
            columns |= await public_columns(_present(need) | columns)
        changed = await save(need, columns)
        require(viewer, Object.NEED, Action.UPDATE, scope_of(need), visible=True)
        if "lines" in changes:
            await replace_lines({"need_id": need.id}, changes["lines"] or [], need.category, reference)
            changed["lines"] = [None, len(changes["lines"] or [])]
        if "windows" in changes:
            await replace_windows({"need_id": need.id}, changes["windows"] or [])
            changed["windows"] = [None, len(changes["windows"] or [])]
        if "external_ids" in changes:
            await replace_external_ids(ItemKind.NEED, need.id, changes["external_ids"] or [])
        work.record(_done("need.update", need, changed, rule))
        await rematch(work, ItemKind.NEED, need.id)
    return need.id


async def move_need(
    viewer: Viewer,
    identifier: int,
    to: NeedStatus,
    expected: int,
    *,
    reason: str | None = None,
    assignee: Mapping[str, int | None] | None = None,
    review_on: date | None = None,
) -> int:
    """Move a need along the board, e.g. dispatch it (派单) to `assignee`; withdrawing and deferring need a reason.

    Raises:
        InvalidTransition: the present state does not allow it.
        StaleVersion, InvalidInput, NotFound, Forbidden.
    """
    action = Action.WITHDRAW if to is NeedStatus.WITHDRAWN else Action.UPDATE
    async with unit_of_work(viewer) as work:
        need, rule = await load(viewer, Need, Object.NEED, identifier, action)
        refuse_stale(need, expected, {"status": to})
        check_move(TRANSITIONS, need.status, to, "需求")
        why = inputs.text(reason, ("reason",), 500, required=to in NEEDS_REASON)
        columns: dict[str, Any] = {"status": to, "status_reason": why}
        if to is NeedStatus.DEFERRED:
            columns["review_on"] = _review(review_on)
        if assignee is not None:
            columns |= await _assignee(assignee)
        changed = await save(need, columns)
        work.record(_done(f"need.{to.lower()}", need, changed, rule))
        await rematch(work, ItemKind.NEED, need.id)
    return need.id


def _source(viewer: Viewer, values: Mapping[str, Any]) -> dict[str, Any]:
    behalf = values.get("on_behalf_of")
    columns: dict[str, Any] = {}
    if values.get("source"):
        columns["source"] = values["source"]
    if behalf is not None:
        columns |= {"on_behalf_by_id": viewer.principal.person_id, "consent": behalf["consent"]}
        columns["source"] = values.get("source") or Source.ON_BEHALF
    return columns


def _review(review_on: date | None) -> date:
    if review_on is None or review_on < clock.today():
        raise InvalidInput("暂不能办须有复查日期", "A deferred need needs a date of review", ("reviewOn",))
    return review_on


async def _assignee(value: Mapping[str, int | None]) -> dict[str, Any]:
    organisation, person = value.get("organisation"), value.get("person")
    if organisation is not None and not await Organisation.exists(id=organisation):
        raise NotFound(path=("assignee", "organisation"))
    if person is not None and not await Person.exists(id=person):
        raise NotFound(path=("assignee", "person"))
    return {"assigned_organisation_id": organisation, "assigned_person_id": person}


async def _free_number() -> str:
    while True:
        number = f"{secrets.randbelow(10**10):010d}"
        if not await Need.exists(number=number):
            return number


def _present(need: Need) -> dict[str, Any]:
    names = ("path", "owner_organisation_id", "longitude", "latitude")
    return {name: getattr(need, name) for name in names}


def _done(action: str, need: Need, change: dict[str, Any], rule: str | None) -> Done:
    return Done(action, "Need", need.id, need.path, change, rule, (ItemKind.NEED, need.version))
