"""Moves of a list on its way: hand in, confirm, send back, withdraw."""

from typing import Any

from api import clock
from api.commands import inputs
from api.commands.editing import refuse_stale, save
from api.commands.field_names import differences
from api.commands.item_list import list_done, load_list, table_of
from api.commands.item_list_answering import asked_for
from api.commands.item_list_content import stored_items
from api.commands.item_list_owner import owner_of, refuse_self_reliant
from api.commands.unit_of_work import unit_of_work
from api.errors import InvalidInput
from api.models import ItemList
from api.models.choices import ListKind
from api.plan.viewer import Viewer
from api.state_machines.item_list import ListStatus
from api.state_machines.machine import check_move
from auth.permissions import Action

S = ListStatus


async def submit_list(viewer: Viewer, kind: ListKind, identifier: int, expected: int) -> int:
    """Hand a draft or a returned list in to the committee, today; nobody changes it meanwhile.

    A list of a collection round is taken as long as the round is open, also after its day.

    Raises:
        InvalidInput: it has no items.
        InvalidTransition: its own state does not allow it, or the round is not open.
        Forbidden: also when it is a household's that has an account and is not the viewer's.
        StaleVersion, NotFound.
    """
    sent = {"status_reason": None, "submitted_on": clock.today()}
    return await _move(viewer, kind, identifier, expected, S.SUBMITTED, Action.SUBMIT, "submit", sent)


async def confirm_list(viewer: Viewer, kind: ListKind, identifier: int, expected: int) -> int:
    """Confirm a list that was handed in; it can be published now.

    Raises:
        InvalidTransition, StaleVersion, NotFound, Forbidden.
    """
    return await _move(viewer, kind, identifier, expected, S.CONFIRMED, Action.CONFIRM, "confirm", {})


async def return_list(viewer: Viewer, kind: ListKind, identifier: int, reason: str, expected: int) -> int:
    """Send a list back to its owner with a reason; it can be changed and handed in again.

    Raises:
        InvalidTransition, StaleVersion, InvalidInput, NotFound, Forbidden.
    """
    sent = {"status_reason": _reason(reason)}
    return await _move(viewer, kind, identifier, expected, S.RETURNED, Action.CONFIRM, "return", sent)


async def withdraw_list(viewer: Viewer, kind: ListKind, identifier: int, reason: str, expected: int) -> int:
    """Withdraw a list with a reason, whether published or still on its way; its items stay.

    Raises:
        InvalidTransition, StaleVersion, InvalidInput, NotFound, Forbidden.
    """
    sent = {"status_reason": _reason(reason)}
    return await _move(viewer, kind, identifier, expected, S.WITHDRAWN, Action.WITHDRAW, "withdraw", sent)


def _reason(reason: str) -> str | None:
    return inputs.text(reason, ("reason",), 500, required=True)


async def _move(
    viewer: Viewer,
    kind: ListKind,
    identifier: int,
    expected: int,
    to: ListStatus,
    action: Action,
    verb: str,
    columns: dict[str, Any],
) -> int:
    async with unit_of_work(viewer) as work:
        row, rule = await load_list(viewer, kind, identifier, action)
        if to is S.SUBMITTED:
            await refuse_self_reliant(viewer, owner_of(row), ("id",))
        sent = {"status": to, **columns}
        refuse_stale(row.version, expected, differences(row, sent))
        check_move(table_of(row), row.status, to, "清单")
        if to is S.SUBMITTED:
            await _complete(viewer, row)
        work.record(list_done(verb, row, await save(row, sent), rule))
    return int(row.id)


async def _complete(viewer: Viewer, row: ItemList) -> None:
    if not await stored_items(row):
        raise InvalidInput("清单里没有条目", "The list has no items", ("items",))
    await asked_for(viewer, row.kind, row.invitation_id)
