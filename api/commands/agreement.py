"""Agreements (共驻共建协议) until they are signed: draft, change, propose; and how a side ends one."""

from collections.abc import Mapping
from typing import Any

from api import clock
from api.commands import inputs
from api.commands.agreement_content import (
    agreement_columns,
    checked_promises,
    shown,
    stored_promises,
    write_promises,
)
from api.commands.agreement_course import close_agreement, done
from api.commands.editing import load, refuse_stale, save
from api.commands.field_names import differences
from api.commands.item import require_inputs
from api.commands.item_update import refuse_uneditable
from api.commands.numbering import next_number
from api.commands.permission import require, scope_of
from api.commands.unit_of_work import unit_of_work
from api.errors import InvalidInput
from api.identifiers import new_id
from api.models import Agreement, AgreementSignature
from api.models.choices import Visibility
from api.plan.viewer import Viewer
from api.state_machines.agreement import EDITABLE, TRANSITIONS, AgreementStatus
from api.state_machines.machine import check_move
from auth.permissions import Action, Object

REQUIRED = ("title", "place", "committee", "unit", "valid_from", "valid_to")
NUMBER_WORD = "协"
Values = Mapping[str, Any]


async def draft_agreement(viewer: Viewer, values: Values) -> int:
    """Begin an agreement of a committee with a unit; return its identifier.

    Until both have signed, only the two sides and the staff of the place see it.

    Raises:
        InvalidInput, NotFound: with the place of the fault.
        Forbidden: the viewer may not do so for that place or unit.
    """
    require_inputs(values, REQUIRED)
    async with unit_of_work(viewer) as work:
        identifier = new_id()
        columns = {"signed_visibility": Visibility.PUBLIC, **await agreement_columns(viewer, values)}
        row = Agreement(
            id=identifier,
            number=str(identifier),
            status=AgreementStatus.DRAFT,
            visibility=Visibility.ADMINISTRATORS,
            **columns,
        )
        rule = require(viewer, Object.AGREEMENT, Action.CREATE, scope_of(row), visible=True)
        promises = await checked_promises(values.get("promises") or [], columns)
        await row.save(force_create=True)
        await write_promises(row.id, promises)
        work.record(done("draft", row, {}, rule))
    return int(row.id)


async def update_agreement(viewer: Viewer, identifier: int, changes: Values, expected: int) -> int:
    """Change a draft. A proposal that is changed is a draft again, and what was signed is signed anew.

    Raises:
        StaleVersion: it was changed since version `expected`; both values are given.
        InvalidInput: also when both have signed it.
        NotFound, Forbidden.
    """
    async with unit_of_work(viewer) as work:
        row, rule = await load(viewer, Agreement, Object.AGREEMENT, identifier, Action.UPDATE)
        columns = await agreement_columns(viewer, changes, row)
        stored = await stored_promises(row.id)
        period = {name: columns.get(name, getattr(row, name)) for name in ("valid_from", "valid_to")}
        # Also what is not given is checked again: another period may leave a promise's day outside.
        given = (changes["promises"] or []) if "promises" in changes else [_as_input(each) for each in stored]
        promises = await checked_promises(given, period)
        found = differences(row, columns)
        if shown(promises) != shown(stored):
            found["promises"] = (shown(stored), shown(promises))
        refuse_stale(row.version, expected, found)
        refuse_uneditable(row.status, EDITABLE)
        changed = await save(row, columns | {"status": AgreementStatus.DRAFT})
        require(viewer, Object.AGREEMENT, Action.UPDATE, scope_of(row), visible=True)
        await AgreementSignature.filter(agreement_id=row.id).delete()
        if "promises" in found:
            await write_promises(row.id, promises)
            changed["promises"] = list(found["promises"])
        work.record(done("update", row, changed, rule))
    return int(row.id)


async def propose_agreement(viewer: Viewer, identifier: int, expected: int) -> int:
    """Put a draft before both sides to sign, with its number (永济-柳园-协-2026-0001).

    Raises:
        InvalidInput: it promises nothing, or its period is over.
        InvalidTransition, StaleVersion, NotFound, Forbidden.
    """
    async with unit_of_work(viewer) as work:
        row, rule = await load(viewer, Agreement, Object.AGREEMENT, identifier, Action.PROPOSE)
        sent: dict[str, Any] = {"status": AgreementStatus.PROPOSED}
        refuse_stale(row.version, expected, differences(row, sent))
        check_move(TRANSITIONS, row.status, AgreementStatus.PROPOSED, "协议")
        if not await stored_promises(row.id):
            raise InvalidInput("协议里没有承诺", "The agreement promises nothing", ("promises",))
        if row.valid_to < clock.today():
            raise InvalidInput("有效期已过", "Its period is over", ("validTo",))
        if row.number == str(row.id):
            sent["number"] = await next_number(row.path, NUMBER_WORD, _used)
        work.record(done("propose", row, await save(row, sent), rule))
    return int(row.id)


async def end_agreement(viewer: Viewer, identifier: int, reason: str, expected: int) -> int:
    """End an agreement before its period does, with the reason; what is not kept by then stays visible as broken.

    Raises:
        InvalidTransition, StaleVersion, InvalidInput, NotFound, Forbidden.
    """
    why = inputs.text(reason, ("reason",), 500, required=True)
    async with unit_of_work(viewer) as work:
        row, rule = await load(viewer, Agreement, Object.AGREEMENT, identifier, Action.WITHDRAW)
        refuse_stale(row.version, expected, differences(row, {"status": AgreementStatus.ENDED}))
        check_move(TRANSITIONS, row.status, AgreementStatus.ENDED, "协议")
        columns = {"status": AgreementStatus.ENDED, "status_reason": why, "ended_on": clock.today()}
        await close_agreement(work, row, columns, "end", rule)
    return int(row.id)


async def _used(prefix: str) -> list[str]:
    taken = Agreement.filter(number__startswith=prefix)
    return [str(number) for number in await taken.values_list("number", flat=True)]


def _as_input(columns: Values) -> Values:
    return {name.removesuffix("_zh"): value for name, value in columns.items()}
