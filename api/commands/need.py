"""Needs: submit, update, move along the board, withdraw."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from api import clock
from api.commands import inputs
from api.commands.consent import PATH, consent_of, named_owner
from api.commands.item import REQUIRED, item_columns, require_inputs, source_of
from api.commands.item_children import external_rows, line_rows, window_rows
from api.commands.item_place import public_columns
from api.commands.item_type import NEED
from api.commands.item_update import move_item, update_item
from api.commands.new_item import NewItem, Values, submit_all, submit_one
from api.commands.permission import require, scope_of
from api.commands.reference import Reference
from api.commands.rows import Rows
from api.commands.unit_of_work import Done
from api.errors import InvalidInput
from api.identifiers import new_id, new_number
from api.models import Need, Organisation, Person
from api.models.choices import Consent, ItemKind, Source, Urgency, Visibility
from api.plan.statement import chunks
from api.plan.viewer import Viewer
from api.state_machines.need import NEEDS_REASON, UNASSIGNED, NeedStatus
from auth.permissions import Action, Object

DEFAULTS: Mapping[str, Any] = {
    "target_groups": [],
    "visibility": Visibility.PUBLIC,
    "urgency": Urgency.NORMAL,
}
NAMED = tuple(name for name in REQUIRED if name != "owner")
# What whoever asked may do alone; all other moves are for those in charge or asked to act.
BY_OWNER = frozenset({NeedStatus.WITHDRAWN, NeedStatus.REQUESTED, NeedStatus.EVALUATED})


async def submit_need(viewer: Viewer, values: Values) -> int:
    """Put a need on the board (点单) and match it; return its identifier.

    With `on_behalf_of` (consent ORAL or PAPER) the owner is somebody else and the viewer is noted
    as the one who entered it; an owner named there by name and telephone is found or registered.

    Raises:
        InvalidInput, NotFound, Duplicate: with the place of the fault.
        Forbidden: the viewer may not submit needs there for that owner.
    """
    return await submit_one(viewer, ItemKind.NEED, values, _new_need, number_needs)


async def submit_needs(viewer: Viewer, many: Sequence[Values]) -> list[int]:
    """Put many needs on the board, all or none; return their identifiers in the same order.

    Raises:
        BatchRefused: each fault by its row's index.
    """
    return await submit_all(viewer, ItemKind.NEED, many, _new_need, number_needs)


async def update_need(viewer: Viewer, identifier: int, changes: Mapping[str, Any], expected: int) -> int:
    """Change the given fields of a need and match it anew.

    Raises:
        StaleVersion: it was changed since version `expected`; both values are given.
        InvalidInput, NotFound, Duplicate, Forbidden.
    """
    return await update_item(viewer, NEED, identifier, changes, expected)


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
    """Move a need along the board, e.g. dispatch it (派单) to `assignee`.

    Withdrawing, merging and deferring need a reason. Who asked may withdraw, reopen and evaluate.

    Raises:
        InvalidTransition: the present state does not allow it.
        StaleVersion, InvalidInput, NotFound, Forbidden.
    """
    why = inputs.text(reason, ("reason",), 500, required=to in NEEDS_REASON)
    columns: dict[str, Any] = {"status_reason": why}
    if to is NeedStatus.DEFERRED:
        columns["review_on"] = _review(review_on)
    if assignee is not None:
        columns |= await _assignee(viewer, assignee)
    elif to in UNASSIGNED:
        # Whoever was asked to act no longer is, and needs to know no longer where exactly.
        columns |= {"assigned_organisation_id": None, "assigned_person_id": None}
    own = to in BY_OWNER and assignee is None
    return await move_item(viewer, NEED, identifier, to, expected, columns, by_owner=own)


async def relatives_need(viewer: Viewer, values: Values, reference: Reference) -> NewItem:
    """Build a need that somebody without office there enters; see `api.commands.on_behalf`."""
    return await _new_need(viewer, values, reference, in_charge=False)


async def _new_need(viewer: Viewer, values: Values, reference: Reference, *, in_charge: bool = True) -> NewItem:
    behalf = values.get("on_behalf_of")
    named = behalf and behalf.get("person")
    if named:
        if values.get("owner") is not None:
            raise InvalidInput("本人只填一处", "Say only once whose it is", (*PATH, "person"))
        values = {name: value for name, value in values.items() if name != "owner"}
    require_inputs(values, NAMED if named else REQUIRED)
    columns = {**DEFAULTS, **await item_columns(viewer, values, reference)}
    registered: Sequence[Done] = ()
    if named:
        found = await named_owner(viewer, named, columns, reference.rows, in_charge=in_charge)
        columns |= found.columns
        registered = (found.done,) if found.done else ()
    columns |= _behalf(viewer, values, columns)
    columns |= await public_columns(columns, reference.rows)
    need = Need(
        id=new_id(),
        number="",
        status=NeedStatus.REQUESTED,
        published_at=clock.now(),
        **columns,
    )
    rule = None
    if in_charge:
        rule = require(viewer, Object.NEED, Action.CREATE, scope_of(need), visible=True)
        if need.consent is not None:
            require(viewer, Object.NEED_ON_BEHALF, Action.CREATE, scope_of(need), visible=True)
    consents = [consent_of(viewer, behalf, need, in_charge=in_charge)] if behalf else []
    if not in_charge:
        need.visibility = Visibility.ADMINISTRATORS
    owner = {"need_id": need.id}
    children = [
        *consents,
        *line_rows(owner, values.get("lines"), need.category, reference),
        *window_rows(owner, values.get("windows")),
        *external_rows(ItemKind.NEED, need.id, values.get("external_ids"), reference),
    ]
    return NewItem(need, children, NEED.done("submit", need, {}, rule), registered)


def _behalf(viewer: Viewer, values: Values, columns: Mapping[str, Any]) -> dict[str, Any]:
    source = source_of(viewer, values, columns)
    behalf = values.get("on_behalf_of")
    if behalf is None:
        if source is not Source.HOTLINE and _somebody_else(viewer, columns):
            raise InvalidInput(
                "替别人提出须写明对方如何同意", "Say how the other agreed that you enter it", ("onBehalfOf",)
            )
        return {"source": source}
    return {
        "source": Source.ON_BEHALF if source is Source.RESIDENT else source,
        "on_behalf_by_id": viewer.principal.person_id,
        "consent": inputs.choice(behalf["consent"], Consent, ("onBehalfOf", "consent")),
    }


def _somebody_else(viewer: Viewer, columns: Mapping[str, Any]) -> bool:
    """Tell whether the owner is a person or household that is not the viewer's own."""
    me = viewer.principal
    if me.person_id is None:  # The system's own viewer enters what was agreed elsewhere.
        return False
    person, household = columns.get("owner_person_id"), columns.get("owner_household_id")
    return person not in (None, me.person_id) or (household is not None and household not in me.household_ids)


def _review(review_on: date | None) -> date:
    if review_on is None or review_on < clock.today():
        raise InvalidInput("暂不能办须有复查日期", "A deferred need needs a date of review", ("reviewOn",))
    inputs.day(review_on, ("reviewOn",))
    return review_on


async def _assignee(viewer: Viewer, value: Mapping[str, int | None]) -> dict[str, Any]:
    rows, columns = Rows(), {}
    for name, model in (("organisation", Organisation), ("person", Person)):
        identifier = value.get(name)
        if identifier is not None:
            await rows.visible(viewer, model, identifier, ("assignee", name))
        columns[f"assigned_{name}_id"] = identifier
    return columns


async def number_needs(items: Sequence[NewItem]) -> None:
    """Give each new need a number of its own, drawn at random so that none can be guessed."""
    waiting = [item.row for item in items]
    taken: set[str] = set()
    while waiting:
        for need in waiting:
            need.number = new_number()
        for some in chunks([need.number for need in waiting]):
            stored = await Need.filter(number__in=some).values_list("number", flat=True)
            taken |= {str(number) for number in stored}
        again = []
        for need in waiting:
            if need.number in taken:
                again.append(need)
            taken.add(need.number)
        waiting = again
