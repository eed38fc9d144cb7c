"""Lists (清单) as documents: draft, change, publish, supersede; their other moves: `item_list_moves`."""

from collections.abc import Mapping, Sequence
from typing import Any

from api import clock
from api.commands import inputs
from api.commands.editing import Changes, load, refuse_stale, save
from api.commands.field_names import differences
from api.commands.item_list_answering import asked_for
from api.commands.item_list_content import (
    add_entries,
    checked_items,
    list_columns,
    number_for,
    stored_items,
    write_entries,
)
from api.commands.item_list_owner import entered_by, owner_of, refuse_self_reliant
from api.commands.permission import require, scope_of
from api.commands.unit_of_work import Done, UnitOfWork, unit_of_work
from api.errors import InvalidInput, InvalidTransition, NotFound
from api.identifiers import new_id
from api.models import ItemList
from api.models.choices import ItemKind, ListKind, Visibility
from api.plan.viewer import Viewer
from api.state_machines.item_list import COLLECTED, EDITABLE, TRANSITIONS, ListStatus
from api.state_machines.machine import check_move
from auth.permissions import Action, Object

OBJECTS: Mapping[ListKind, Object] = {
    ListKind.RESOURCE: Object.RESOURCE_LIST,
    ListKind.NEED: Object.NEED_LIST,
    ListKind.PROJECT: Object.PROJECT_LIST,
}
Values = Mapping[str, Any]


async def save_list(
    viewer: Viewer,
    kind: ListKind,
    values: Values,
    *,
    identifier: int | None = None,
    expected: int | None = None,
) -> int:
    """Create a draft of a list, or change the one with this identifier; return the identifier.

    Values: title, title_en, number (given at publication when absent), place, owner, period_from,
    period_to, visibility, items (identifiers of resources, needs or projects, in their order; given
    ones replace all), invitation (which it answers: whose place, owner and period hold where none is given).

    Raises:
        StaleVersion: the draft was changed since version `expected`.
        InvalidInput: also when it is handed in or published.
        InvalidTransition: the round of the invitation is not open.
        Forbidden: also when it is for a household that has an account and is not the viewer's.
        NotFound, Duplicate.
    """
    async with unit_of_work(viewer) as work:
        if identifier is None:
            row = await _create(work, kind, values)
        else:
            row = await _change(work, kind, identifier, values, expected)
    return int(row.id)


async def publish_list(
    viewer: Viewer,
    kind: ListKind,
    *,
    draft: int | None = None,
    expected: int | None = None,
    values: Values | None = None,
    supersedes: int | None = None,
) -> int:
    """Publish a list, today: a stored draft, or at once the whole content in `values`.

    A number that is not given is made of place, kind, year and counter (永济-柳园-需-2026-0003).
    The earlier list that it `supersedes` is marked so.

    Raises:
        InvalidInput: also for a list without items.
        StaleVersion, InvalidTransition, NotFound, Duplicate, Forbidden.
    """
    if (draft is None) == (values is None):
        raise InvalidInput("须给出草稿或全部内容之一", "Give a draft or the content", ("draft",))
    async with unit_of_work(viewer) as work:
        if draft is None:
            row = await _create(work, kind, values or {})
            rule = require(viewer, OBJECTS[kind], Action.PUBLISH, scope_of(row), visible=True)
        else:
            row, rule = await load_list(viewer, kind, draft, Action.PUBLISH)
            refuse_stale(row.version, row.version if expected is None else expected, {})
        check_move(table_of(row), row.status, ListStatus.PUBLISHED, "清单")
        if not (await stored_items(row) if values is None else values.get("items")):
            raise InvalidInput("清单里没有条目", "The list has no items", ("items",))
        columns: dict[str, Any] = {
            "status": ListStatus.PUBLISHED,
            "status_reason": None,
            "published_on": clock.today(),
            "number": await number_for(row),
        }
        if supersedes is not None:
            columns["supersedes_id"] = await _supersede(work, kind, supersedes, row)
        changed = await save(row, columns)
        work.record(list_done("publish", row, changed, rule))
    return int(row.id)


async def _create(work: UnitOfWork, kind: ListKind, values: Values) -> ItemList:
    viewer, identifier = work.viewer, new_id()
    answered = await asked_for(viewer, kind, values.get("invitation"))
    said = ("owner",) if values.get("owner") is not None else ("invitation",)
    values = {**answered.defaults, **{name: value for name, value in values.items() if value is not None}}
    for name in ("title", "place", "owner"):
        if values.get(name) is None:
            raise inputs.missing((name,))
    columns = {"visibility": Visibility.PUBLIC, **await list_columns(viewer, kind, values)}
    answered.refuse_other_owner(columns)
    columns |= {"invitation_id": answered.invitation_id, "entered_by_id": entered_by(viewer, columns)}
    columns.setdefault("number", str(identifier))
    row = ItemList(id=identifier, kind=kind, status=ListStatus.DRAFT, **columns)
    rule = require(viewer, OBJECTS[kind], Action.CREATE, scope_of(row), visible=True)
    await refuse_self_reliant(viewer, columns, said)
    await row.save(force_create=True)
    await add_entries(row, await checked_items(viewer, row, values.get("items") or []))
    work.record(list_done("create", row, {}, rule))
    return row


async def _change(work: UnitOfWork, kind: ListKind, identifier: int, values: Values, expected: int | None) -> ItemList:
    viewer = work.viewer
    row, rule = await load_list(viewer, kind, identifier, Action.UPDATE)
    await refuse_self_reliant(viewer, owner_of(row), ("id",))
    columns = await list_columns(viewer, kind, values, row)
    stored = await stored_items(row)
    found = differences(row, columns)
    if "items" in values and list(values["items"] or []) != stored:
        found["items"] = (_shown(kind, stored), _shown(kind, values["items"] or []))
    refuse_stale(row.version, expected or 0, found)
    if row.status not in EDITABLE:
        raise InvalidInput("只有草稿和退回的清单可以修改", "Only a draft or a returned list can be changed", ("id",))
    if row.invitation_id is not None and "owner" in values:
        (await asked_for(viewer, kind, row.invitation_id)).refuse_other_owner(columns)
    if "owner" in values:
        columns["entered_by_id"] = entered_by(viewer, columns)
    changed = await save(row, columns)
    require(viewer, OBJECTS[kind], Action.UPDATE, scope_of(row), visible=True)
    await refuse_self_reliant(viewer, owner_of(row), ("owner",))
    items = values.get("items") if "items" in values else stored
    # A draft that moved elsewhere may hold items that do not lie there.
    await write_entries(row, await checked_items(viewer, row, items or []))
    if "items" in found:
        changed["items"] = list(found["items"])
    work.record(list_done("update", row, changed, rule))
    return row


async def load_list(viewer: Viewer, kind: ListKind, identifier: int, action: Action) -> tuple[ItemList, str | None]:
    """Return a list of this kind and the policy rule that allows the action. Raise NotFound or Forbidden."""
    row, rule = await load(viewer, ItemList, OBJECTS[kind], identifier, action)
    if row.kind is not kind:
        raise NotFound(path=("id",))
    return row, rule


async def _supersede(work: UnitOfWork, kind: ListKind, identifier: int, by: ItemList) -> int:
    try:
        former, rule = await load_list(work.viewer, kind, identifier, Action.PUBLISH)
    except NotFound:
        raise NotFound(path=("supersedes",)) from None
    if former.id == by.id:
        raise InvalidInput("不能替代自己", "A list cannot supersede itself", ("supersedes",))
    try:
        check_move(TRANSITIONS, former.status, ListStatus.SUPERSEDED, "被替代的清单")
    except InvalidTransition as fault:
        fault.path = ("supersedes",)
        raise
    changed = await save(former, {"status": ListStatus.SUPERSEDED})
    work.record(list_done("supersede", former, changed, rule))
    return int(former.id)


def _shown(kind: ListKind, items: Sequence[int]) -> list[str]:
    return [f"{kind.capitalize()}:{item}" for item in items]


def table_of(row: ItemList) -> Mapping[ListStatus, frozenset[ListStatus]]:
    """Return the moves of a list: what answers a collection round is confirmed before it is published."""
    return TRANSITIONS if row.invitation_id is None else COLLECTED


def list_done(verb: str, row: ItemList, change: Changes, rule: str | None) -> Done:
    """Return what the audit and the history keep of a move or change."""
    history = (ItemKind.ITEM_LIST, row.version)
    name = OBJECTS[row.kind]
    return Done(f"{row.kind.lower()}_list.{verb}", name, row.id, row.path, change, rule, history)
