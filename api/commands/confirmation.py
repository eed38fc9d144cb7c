"""Reconfirming the register: what was looked at today and still stands, many entries in one step."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from api import clock
from api.commands.editing import load, save
from api.commands.membership import refuse_excess
from api.commands.registration_confirming import refuse_own
from api.commands.unit_of_work import Done, UnitOfWork, unit_of_work
from api.errors import DomainError, InvalidInput, LimitExceeded, NotFound
from api.models import Membership, Organisation, Pairing, Registration, ServicePoint, Team
from api.models.choices import ItemKind
from api.plan.registry import snake
from api.plan.viewer import Viewer
from api.state_machines.registration import RegistrationStatus
from auth.permissions import Action, Object

MOST = 100


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of entry: its table and who may confirm it."""

    model: type[Any]
    object: Object
    action: Action = Action.CONFIRM


KINDS: Mapping[str, Kind] = {
    "Membership": Kind(Membership, Object.MEMBERSHIP, Action.UPDATE),
    "Organisation": Kind(Organisation, Object.ORGANISATION),
    "Team": Kind(Team, Object.TEAM),
    "Registration": Kind(Registration, Object.REGISTRATION),
    "Pairing": Kind(Pairing, Object.PAIRING),
    "ServicePoint": Kind(ServicePoint, Object.SERVICE_POINT),
}


async def confirm_register(viewer: Viewer, entries: Sequence[tuple[str, int]]) -> int:
    """Note that entries of the register, by type and identifier, still stand today; return how many.

    All of them or none; each leaves its own audit row.

    Raises:
        LimitExceeded: more than 100.
        NotFound, Forbidden, InvalidInput: with the place of the entry that cannot be confirmed.
    """
    if len(entries) > MOST:
        raise LimitExceeded(f"一次最多 {MOST} 条", f"At most {MOST} at once", ("ids",))
    wanted = list(dict.fromkeys(entries))
    async with unit_of_work(viewer) as work:
        for name, identifier in wanted:
            try:
                await _confirm(work, name, identifier)
            except DomainError as fault:
                fault.path = ("ids", str(entries.index((name, identifier))))
                raise
    return len(wanted)


async def _confirm(work: UnitOfWork, name: str, identifier: int) -> None:
    kind = KINDS.get(name)
    if kind is None:
        raise NotFound
    row, rule = await load(work.viewer, kind.model, kind.object, identifier, kind.action)
    if name == "Membership":
        refuse_excess(work.viewer, row)
    if name == "Registration" and row.status is not RegistrationStatus.ACTIVE:
        raise InvalidInput("这条报到还没有核对或已结束", "This registration waits or has ended")
    if name == "Registration":
        refuse_own(work.viewer, row)
    changed = await save(row, {"confirmed_on": clock.today()})
    history = (ItemKind.ORGANISATION, row.version) if name == "Organisation" else None
    work.record(Done(f"{snake(name)}.confirm", name, row.id, row.path, changed, rule, history))
