"""Sending a workbook and confirming it: the same code both times, and the first time it is undone."""

import asyncio
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

import orjson

from api.commands.service_item_rows import ItemRow, Written, match_rows, write_rows
from api.commands.unit_of_work import UnitOfWork, unit_of_work
from api.commands.workbook import Kept, close_workbook, keep_workbook, kept_workbook
from api.errors import DomainError
from api.imports.problems import CellFault
from api.imports.workbook.columns import STATUS, title_of
from api.imports.workbook.comparing import named_versions, plans_of
from api.imports.workbook.known import Known, known_items, organisation_of
from api.imports.workbook.plan import Kind, Plan
from api.imports.workbook.report import outcome_of
from api.imports.workbook.sheet import Sheet, SheetRow, read_sheet
from api.models import Organisation
from api.plan.registry import snake
from api.plan.viewer import Viewer

Outcome = dict[str, Any]


class Mode(StrEnum):
    """What a clerk chooses: nothing unless all rows are good, or the good rows."""

    ALL = "all"
    GOOD = "good"


@dataclass(frozen=True, slots=True)
class Sent:
    """A workbook with what its rows do, or did; `kept` is how to confirm it, `outcome` that it was confirmed."""

    sheet: Sheet
    known: Known
    plans: list[Plan]
    kept: Kept | None = None
    outcome: Outcome | None = None

    @property
    def written(self) -> bool:
        """Tell whether it was confirmed, now or before."""
        return self.outcome is not None

    @property
    def faulty(self) -> list[Plan]:
        """Return the rows with faults."""
        return [plan for plan in self.plans if plan.faults]


class _Undone(Exception):
    """Leaves the unit of work without writing."""


async def send_workbook(viewer: Viewer, organisation_id: int, raw: bytes) -> Sent:
    """Read a workbook and tell what confirming it would do; nothing of it is written.

    Raises:
        FileRefused: it cannot be read at all.
        NotFound, Unauthenticated, Forbidden: the viewer keeps no service items of that organisation.
    """
    organisation = await organisation_of(viewer, organisation_id)
    sheet = await asyncio.to_thread(read_sheet, raw)
    known = await known_items(viewer, organisation, named_versions(sheet))
    plans = plans_of(sheet, known)
    try:
        async with unit_of_work(viewer) as work:
            await _write(work, organisation, plans)
            raise _Undone
    except _Undone:
        pass
    content = orjson.dumps(asdict(sheet)).decode()
    kept = await keep_workbook(viewer, organisation, content, len(sheet.rows))
    return Sent(sheet, known, plans, kept)


async def confirm_workbook(viewer: Viewer, token: str, mode: Mode) -> Sent:
    """Write what a sent workbook asks for, as things are now; confirming again does nothing and tells the same.

    Raises:
        NotFound: it was not sent by the viewer, or too long ago.
        Unauthenticated, Forbidden: the viewer keeps no service items of that organisation any longer.
    """
    sent: Sent | None = None
    try:
        async with unit_of_work(viewer) as work:
            upload = await kept_workbook(viewer, token)
            organisation = await organisation_of(viewer, upload.organisation_id)
            sheet = _sheet(orjson.loads(upload.content))
            known = await known_items(viewer, organisation, named_versions(sheet))
            if upload.outcome is not None:
                return Sent(sheet, known, [], outcome=upload.outcome)
            plans = plans_of(sheet, known)
            written = await _write(work, organisation, plans)
            sent = Sent(sheet, known, plans)
            if sent.faulty and mode is Mode.ALL:
                raise _Undone
            await match_rows(work, written)
            outcome = outcome_of(plans)
            work.record(await close_workbook(upload, outcome))
            sent = Sent(sheet, known, plans, outcome=outcome)
    except _Undone:
        pass
    assert sent is not None
    return sent


async def _write(work: UnitOfWork, organisation: Organisation, plans: list[Plan]) -> Written:
    doing = [plan for plan in plans if plan.kind is not Kind.UNCHANGED and not plan.faults]
    written = await write_rows(work, [_row(plan, organisation) for plan in doing])
    for index, fault in written.faults.items():
        doing[index].faults.append(_told(fault))
    return written


def _row(plan: Plan, organisation: Organisation) -> ItemRow:
    values = dict(plan.values)
    if plan.item is None:
        return ItemRow(values | {"organisation": organisation.id})
    status = values.pop(STATUS, None)
    return ItemRow(values, plan.item.identifier, plan.item.version, status)


def _told(fault: DomainError) -> CellFault:
    """Return what a command complains about, at the column that it means."""
    key = snake(fault.path[0]) if fault.path else None
    return CellFault(title_of(key), fault.zh, fault.en)


def _sheet(kept: dict[str, Any]) -> Sheet:
    rows = [SheetRow(**row) for row in kept["rows"]]
    return Sheet(kept["header"], rows, kept["above"], kept["extra"])
