"""Changing and moving stored items; the same for needs, resources and projects."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from api.commands.claim_settling import close_open_claims, is_held
from api.commands.consent import note_choice
from api.commands.editing import Changes, load, refuse_stale, save
from api.commands.field_names import differences
from api.commands.item import Columns, item_columns
from api.commands.item_given import GivenChildren, given_children, shown
from api.commands.item_place import deciding, public_columns
from api.commands.item_type import ItemType
from api.commands.permission import require, scope_of
from api.commands.reference import Reference, load_reference
from api.commands.rematching import rematch
from api.commands.unit_of_work import unit_of_work
from api.errors import InvalidInput
from api.feed.telling import Happened, tell
from api.matching.item import let_nobody_match
from api.matching.storing import GONE, matches_of_lines
from api.models import Need, RequirementLine
from api.plan.viewer import Viewer
from api.state_machines.machine import check_move
from auth.permissions import Action


@dataclass(frozen=True, slots=True)
class Change:
    """Checked columns and child rows of a change, and the fields whose values differ."""

    columns: Columns
    children: Sequence[GivenChildren]
    found: dict[str, tuple[Any, Any]]


async def update_item(
    viewer: Viewer, kind: ItemType, identifier: int, changes: Mapping[str, Any], expected: int
) -> int:
    """Change the given fields of an item and match it anew; return its identifier.

    Raises:
        StaleVersion: it was changed since version `expected`; both values are given.
        InvalidInput, NotFound, Duplicate, Forbidden.
    """
    async with unit_of_work(viewer) as work:
        row, rule = await load(viewer, kind.model, kind.object, identifier, Action.UPDATE)
        _refuse_foreign(row)
        reference = await load_reference(kind.kind, [changes])
        change = await checked_change(viewer, kind, row, changes, reference)
        refuse_stale(row.version, expected, change.found)
        refuse_uneditable(row.status, kind.editable)
        community, path = row.community_id, row.path
        changed = await write_columns(kind, row, change, reference)
        if any(child.field == "lines" for child in change.children):
            await _refuse_held(kind, row)
            await let_nobody_match(kind.kind, row.id, {path, row.path})
        if change.children and row.community_id != community:
            # Its old lines take their matches along when they go; the place it leaves must be counted before.
            await rematch(work, kind.kind, row.id)
        changed |= await write_children(change)
        # Whoever moves an item elsewhere, or gives it away, needs the right to it there as well; and owning
        # an item is right enough to change it, but not to put it on another place's board.
        require(viewer, kind.object, Action.UPDATE, scope_of(row), visible=True)
        if row.path != path:
            require(viewer, kind.object, Action.CREATE, scope_of(row), visible=True)
        work.record(kind.done("update", row, changed, rule))
        await rematch(work, kind.kind, row.id)
    return int(row.id)


async def checked_change(
    viewer: Viewer, kind: ItemType, row: Any, changes: Mapping[str, Any], reference: Reference
) -> Change:
    """Return what `changes` make of a stored item. Raise InvalidInput, NotFound or Duplicate."""
    columns = await item_columns(viewer, changes, reference, row)
    category = columns.get("category", row.category)
    children = await given_children(viewer, kind, row, changes, category, reference)
    return Change(columns, children, differences(row, columns) | shown(children))


def refuse_uneditable(status: StrEnum, editable: frozenset[StrEnum]) -> None:
    """Raise InvalidInput for an item whose state allows no edits."""
    if status not in editable:
        raise InvalidInput("这个状态下不能修改", f"What is {status} cannot be edited", ("id",))


async def write_change(kind: ItemType, row: Any, change: Change, reference: Reference) -> Changes:
    """Write a checked change; return each field's former and new value."""
    return await write_columns(kind, row, change, reference) | await write_children(change)


async def write_columns(kind: ItemType, row: Any, change: Change, reference: Reference) -> Changes:
    """Write the columns of a checked change, if the row is still as it was read."""
    former, columns = row.category, change.columns
    changed = await save(row, columns | await _placed(row, columns, reference))
    if isinstance(row, Need) and row.consent is not None and "visibility" in columns:
        await note_choice(row, row.visibility)
    if kind.lines and not any(child.field == "lines" for child in change.children) and row.category != former:
        # A line that asked for the item itself goes on doing so.
        lines = RequirementLine.filter(**{kind.key: row.id}, category=former)
        await lines.update(category=row.category)
    return changed


async def write_children(change: Change) -> Changes:
    """Replace the child rows that a checked change gives."""
    for child in change.children:
        # Matches of lines go with them.
        lost: Any = await matches_of_lines(child.owner) if child.model is RequirementLine else ()
        await child.model.filter(**child.owner).delete()
        await tell([Happened(GONE, "Match", identifier, path) for identifier, path in lost])
        await child.model.bulk_create(child.rows)
    return {name: list(both) for name, both in shown(change.children).items()}


async def _placed(row: Any, columns: Columns, reference: Reference) -> Columns:
    if not columns.keys() & {"path", "owner_person_id", "longitude"}:
        return {}
    known = deciding(row)
    if columns.get("path", row.path) != row.path:
        known |= {"longitude": None, "latitude": None}
    return await public_columns(known | columns, reference.rows)


async def move_item(
    viewer: Viewer,
    kind: ItemType,
    identifier: int,
    to: StrEnum,
    expected: int,
    columns: Mapping[str, Any],
    *,
    reason: str | None = None,
    by_owner: bool = True,
) -> int:
    """Move an item to another state and match it anew; `columns` change along with the state.

    Unless `by_owner`, owning the item is not enough: the right must come from another relation.

    Raises:
        InvalidTransition: the present state does not allow it.
        StaleVersion, NotFound, Forbidden, Unauthenticated.
    """
    action = Action.WITHDRAW if to is kind.withdrawn else Action.UPDATE
    async with unit_of_work(viewer) as work:
        row, rule = await load(viewer, kind.model, kind.object, identifier, action)
        _refuse_foreign(row)
        if not by_owner:
            scope = replace(scope_of(row), owner_person_id=None, owner_household_id=None, owner_organisation_id=None)
            rule = require(viewer, kind.object, action, scope, visible=True)
        sent = {"status": to, **columns}
        refuse_stale(row.version, expected, differences(row, sent))
        check_move(kind.transitions, row.status, to, kind.name_zh)
        changed = await save(row, sent)
        if reason is not None:
            changed["reason"] = [None, reason]
        work.record(kind.done(to.lower(), row, changed, rule))
        if to in kind.closing:
            await close_open_claims(work, kind.key, row.id, reason or columns.get("status_reason"))
        await rematch(work, kind.kind, row.id)
    return int(row.id)


async def _refuse_held(kind: ItemType, row: Any) -> None:
    # The row is locked like a claim locks it, so that no claim of a line comes while the lines go.
    await kind.model.filter(id=row.id).select_for_update(no_key=True).first()
    if await is_held(kind.key, row.id):
        raise InvalidInput("有人认领期间不能改条目", "The lines stay while somebody has claimed them", ("lines",))


def _refuse_foreign(row: Any) -> None:
    kind = getattr(row, "kind", None)
    if kind == "SERVICE_ITEM":
        raise InvalidInput("请修改所属的服务事项", "Change the service item that owns it", ("id",))
    if kind == "REGISTRATION":
        raise InvalidInput("请修改所属的报到", "Change the registration that owns it", ("id",))
