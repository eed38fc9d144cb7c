"""Changing and moving stored items; the same for needs, resources and projects."""

from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum
from typing import Any

from tortoise.models import Model

from api.commands.editing import Changes, load, refuse_stale, save
from api.commands.field_names import differences
from api.commands.item import Columns, item_columns
from api.commands.item_given import given_children
from api.commands.item_place import deciding, public_columns
from api.commands.item_type import ItemType
from api.commands.permission import require, scope_of
from api.commands.reference import Reference, load_reference
from api.commands.rematching import rematch
from api.commands.unit_of_work import unit_of_work
from api.errors import InvalidInput
from api.models import RequirementLine
from api.plan.viewer import Viewer
from api.state_machines.machine import check_move
from auth.permissions import Action


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
        columns = await item_columns(viewer, changes, reference, row)
        changed = await apply(viewer, kind, row, columns, changes, reference, expected)
        # Whoever moves an item elsewhere, or gives it away, needs the right to it there as well.
        require(viewer, kind.object, Action.UPDATE, scope_of(row), visible=True)
        work.record(kind.done("update", row, changed, rule))
        await rematch(work, kind.kind, row.id)
    return int(row.id)


async def apply(
    viewer: Viewer,
    kind: ItemType,
    row: Any,
    columns: Columns,
    changes: Mapping[str, Any],
    reference: Reference,
    expected: int,
) -> Changes:
    """Write checked columns and given child rows; return each field's former and new value.

    Raises:
        StaleVersion: the row is not at version `expected`; both values are given.
        InvalidInput: in its state it cannot be edited.
    """
    category = columns.get("category", row.category)
    children = await given_children(viewer, kind, row, changes, category, reference)
    found = differences(row, columns) | {child.field: child.both for child in children}
    refuse_stale(row.version, expected, found)
    if row.status not in kind.editable:
        raise InvalidInput(
            "这个状态下不能修改", f"What is {row.status} cannot be edited", ("id",)
        )
    former = row.category
    changed = await save(row, columns | await _placed(row, columns, reference))
    for child in children:
        await _replace(child.model, child.owner, child.rows)
        changed[child.field] = list(child.both)
    if kind.lines and "lines" not in changes and category != former:
        # A line that asked for the item itself goes on doing so.
        lines = RequirementLine.filter(**{kind.key: row.id}, category=former)
        await lines.update(category=category)
    return changed


async def _placed(row: Any, columns: Columns, reference: Reference) -> Columns:
    if not columns.keys() & {"path", "owner_person_id", "longitude"}:
        return {}
    known = deciding(row)
    if columns.get("path", row.path) != row.path:
        known |= {"longitude": None, "latitude": None}
    return await public_columns(known | columns, reference.rows)


async def _replace(model: type[Model], owner: Mapping[str, Any], rows: list[Any]) -> None:
    await model.filter(**owner).delete()
    await model.bulk_create(rows)


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
            nobody = {f"owner_{owner}_id": None for owner in ("person", "household")}
            scope = replace(scope_of(row), owner_organisation_id=None, **nobody)
            rule = require(viewer, kind.object, action, scope, visible=True)
        sent = {"status": to, **columns}
        refuse_stale(row.version, expected, differences(row, sent))
        check_move(kind.transitions, row.status, to, kind.name_zh)
        changed = await save(row, sent)
        if reason is not None:
            changed["reason"] = [None, reason]
        work.record(kind.done(to.lower(), row, changed, rule))
        await rematch(work, kind.kind, row.id)
    return int(row.id)


def _refuse_foreign(row: Any) -> None:
    if getattr(row, "kind", None) == "SERVICE_ITEM":
        raise InvalidInput("请修改所属的服务事项", "Change the service item that owns it", ("id",))
