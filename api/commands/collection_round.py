"""Collection rounds (双向梳理): open, invite, change, close, reopen, call off."""

from collections.abc import Mapping
from typing import Any

from api import clock
from api.commands import inputs
from api.commands.editing import Changes, load, refuse_stale, save
from api.commands.field_names import camel, differences
from api.commands.item import place_columns
from api.commands.permission import require, scope_of
from api.commands.rows import Rows
from api.commands.unit_of_work import Done, UnitOfWork, unit_of_work
from api.errors import InvalidInput, InvalidTransition, LimitExceeded, NotFound
from api.identifiers import new_id
from api.models import CollectionInvitation, CollectionRound, Household, ItemList, Organisation
from api.models.choices import ListKind, OrganisationStatus
from api.plan.viewer import Viewer
from api.state_machines.collection_round import TRANSITIONS, CollectionRoundStatus
from api.state_machines.machine import check_move
from auth.permissions import Action, Object

MOST_INVITED = 500
"""Units and households that one call may invite."""
INVITED: Mapping[str, tuple[type[Any], str]] = {
    "organisations": (Organisation, "owner_organisation_id"),
    "households": (Household, "owner_household_id"),
}
Values = Mapping[str, Any]


async def open_round(viewer: Viewer, values: Values) -> int:
    """Open a round and invite; return its identifier.

    Values: title, title_en, note, place, collects (kinds of list), period_from, period_to, due_on (today
    or later), organisations, households.

    Raises:
        InvalidInput, LimitExceeded, NotFound: with the place of the fault.
        Forbidden, Unauthenticated.
    """
    for name in ("title", "place", "collects", "due_on"):
        if not values.get(name):
            raise inputs.missing((camel(name),))
    async with unit_of_work(viewer) as work:
        columns = await _columns(viewer, values)
        _dates(columns)
        row = CollectionRound(id=new_id(), status=CollectionRoundStatus.OPEN, **columns)
        rule = require(viewer, Object.COLLECTION_ROUND, Action.CREATE, scope_of(row), visible=True)
        await row.save(force_create=True)
        work.record(_done("open", row, {}, rule))
        await _invite(work, row, values)
    return int(row.id)


async def invite(viewer: Viewer, identifier: int, values: Values) -> int:
    """Ask further organisations and households; those who were asked already stay as they are.

    Raises:
        InvalidTransition: the round is not open.
        InvalidInput, LimitExceeded, NotFound, Forbidden.
    """
    if not any(values.get(name) for name in INVITED):
        raise inputs.missing(("organisations",))
    async with unit_of_work(viewer) as work:
        row = await _open(identifier)
        await _invite(work, row, values)
    return int(row.id)


async def change_round(viewer: Viewer, identifier: int, changes: Values, expected: int) -> int:
    """Change title, note, period or the day by which lists are wanted.

    Raises:
        InvalidTransition: the round is not open.
        StaleVersion, InvalidInput, NotFound, Forbidden.
    """
    async with unit_of_work(viewer) as work:
        row, rule = await load(viewer, CollectionRound, Object.COLLECTION_ROUND, identifier, Action.UPDATE)
        columns = await _columns(viewer, changes)
        refuse_stale(row.version, expected, differences(row, columns))
        _require_open(row)
        _dates({"period_from": row.period_from, "period_to": row.period_to} | columns)
        work.record(_done("update", row, await save(row, columns), rule))
    return int(row.id)


async def move_round(
    viewer: Viewer, identifier: int, to: CollectionRoundStatus, expected: int, reason: str | None = None
) -> int:
    """Close a round, open it again, or call it off with a reason; lists that were handed in stay.

    Raises:
        InvalidTransition, StaleVersion, InvalidInput, NotFound, Forbidden.
    """
    why = inputs.text(reason, ("reason",), 500, required=to is CollectionRoundStatus.CANCELLED)
    async with unit_of_work(viewer) as work:
        row, rule = await load(viewer, CollectionRound, Object.COLLECTION_ROUND, identifier, Action.UPDATE)
        sent = {"status": to, "status_reason": why}
        refuse_stale(row.version, expected, differences(row, sent))
        check_move(TRANSITIONS, row.status, to, "征集")
        work.record(_done(to.lower(), row, await save(row, sent), rule))
    return int(row.id)


async def withdraw_invitation(viewer: Viewer, identifier: int) -> int:
    """Take back an invitation that no list answers; return the round's identifier.

    Raises:
        InvalidInput: a list answers it, drafts among them.
        NotFound, Forbidden.
    """
    async with unit_of_work(viewer) as work:
        row, rule = await load(viewer, CollectionInvitation, Object.COLLECTION_INVITATION, identifier, Action.WITHDRAW)
        if await ItemList.filter(invitation_id=row.id).exists():
            raise InvalidInput("已有清单回应这份邀请", "A list answers this invitation", ("id",))
        await row.delete()
        work.record(Done("collection_invitation.withdraw", "CollectionInvitation", row.id, row.path, {}, rule))
    return int(row.round_id)


async def _open(identifier: int) -> CollectionRound:
    row = await CollectionRound.get_or_none(id=identifier)
    if row is None:  # Everybody may read a round, so there is nothing to hide.
        raise NotFound(path=("id",))
    _require_open(row)
    return row


def _require_open(row: CollectionRound) -> None:
    if row.status is not CollectionRoundStatus.OPEN:
        raise InvalidTransition(
            f"这次征集现在是 {row.status},不再接受", f"The round is {row.status}", ("id",), allowed=()
        )


async def _columns(viewer: Viewer, values: Values) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    if "title" in values:
        columns["title_zh"] = inputs.text(values["title"], ("title",), 200, required=True)
    if "title_en" in values:
        columns["title_en"] = inputs.text(values["title_en"], ("titleEn",), 200)
    if "note" in values:
        columns["note"] = inputs.text(values["note"], ("note",), inputs.LONGEST_TEXT)
    if "place" in values:
        columns |= await place_columns(viewer, values["place"], Rows())
    if "collects" in values:
        given = {inputs.choice(kind, ListKind, ("collects",)) for kind in values["collects"]}
        columns["collects"] = [kind.value for kind in ListKind if kind in given]
    for name in ("period_from", "period_to", "due_on"):
        if name in values:
            columns[name] = inputs.day(values[name], (camel(name),))
    if "due_on" in columns and columns["due_on"] is None:
        raise inputs.missing(("dueOn",))
    return columns


def _dates(columns: Values) -> None:
    start, end, due = (columns.get(name) for name in ("period_from", "period_to", "due_on"))
    if start and end and end < start:
        raise InvalidInput("结束早于开始", "Ends before it begins", ("periodTo",))
    if due and due < clock.today():
        raise InvalidInput("截止日期已过", "The day lies in the past", ("dueOn",))


async def _invite(work: UnitOfWork, row: CollectionRound, values: Values) -> None:
    rule = require(work.viewer, Object.COLLECTION_INVITATION, Action.CREATE, scope_of(row), visible=True)
    rows = Rows()
    named = [(name, index, key) for name in INVITED for index, key in enumerate(values.get(name) or [])]
    if len(named) > MOST_INVITED:
        raise LimitExceeded(f"一次最多邀请 {MOST_INVITED} 家", f"At most {MOST_INVITED} at once", ("organisations",))
    for name, (model, _) in INVITED.items():
        await rows.fetch(model, values.get(name) or [])
    known = {_whom(each) for each in await CollectionInvitation.filter(round_id=row.id)}
    made = []
    for name, index, key in named:
        each = await _invitation(work.viewer, rows, row, (name, key), (name, str(index)))
        if _whom(each) not in known:
            known.add(_whom(each))
            made.append(each)
    await CollectionInvitation.bulk_create(made)
    for each in made:
        work.record(Done("collection_invitation.create", "CollectionInvitation", each.id, each.path, {}, rule))


def _whom(invitation: CollectionInvitation) -> tuple[int | None, int | None]:
    return invitation.owner_organisation_id, invitation.owner_household_id


async def _invitation(
    viewer: Viewer, rows: Rows, row: CollectionRound, who: tuple[str, int], path: tuple[str, str]
) -> CollectionInvitation:
    model, column = INVITED[who[0]]
    found = await rows.visible(viewer, model, who[1], path)
    if getattr(found, "status", None) is OrganisationStatus.SUSPENDED:
        raise InvalidInput("该单位已停用", "The organisation is suspended", path)
    if model is Household and not found.path.startswith(row.path):
        raise InvalidInput("该户不在征集范围内", "The household lies outside the round's place", path)
    place = found.path if model is Household else row.path
    return CollectionInvitation(id=new_id(), round_id=row.id, path=place, **{column: found.id})


def _done(verb: str, row: CollectionRound, change: Changes, rule: str | None) -> Done:
    return Done(f"collection_round.{verb}", "CollectionRound", row.id, row.path, change, rule)


__all__ = ["change_round", "invite", "move_round", "open_round", "withdraw_invitation"]
