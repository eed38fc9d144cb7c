"""The course of a signed agreement: it comes into force, promises fall due, it is fulfilled or runs out.

Most of it happens on a day, not by somebody: `api.commands.due` calls it when a deadline is reached.
"""

from typing import Any

from api import clock
from api.commands.deadline import (
    AGREEMENT_ENDS,
    AGREEMENT_STARTS,
    PROMISE_DUE,
    after,
    drop_deadlines,
    set_deadline,
)
from api.commands.editing import Changes, save
from api.commands.rematching import rematch_provider
from api.commands.unit_of_work import Done, UnitOfWork
from api.models import Agreement, AgreementPromise, Deadline
from api.models.choices import ItemKind
from api.plan.statement import Statement
from api.queries.promise import Standing, standings
from api.state_machines.agreement import BINDING, AgreementStatus, PromiseState

SETTLED = frozenset({PromiseState.KEPT, PromiseState.MADE_GOOD})


async def locked_agreement(identifier: int) -> Agreement | None:
    """Return an agreement, locked: what happens to it comes one after another, and is judged as it then stands."""
    return await Agreement.filter(id=identifier).select_for_update(no_key=True).first()


async def lock_promise(identifier: int) -> None:
    """Lock the agreement that a promise belongs to."""
    promise = await AgreementPromise.get_or_none(id=identifier)
    if promise is not None:
        await locked_agreement(promise.agreement_id)


async def set_agreement_deadlines(row: Agreement) -> None:
    """Note what will be due of an agreement that both sides have signed."""
    if row.status is AgreementStatus.SIGNED:
        await set_deadline(AGREEMENT_STARTS, row.id, clock.midnight(row.valid_from))
    await set_deadline(AGREEMENT_ENDS, row.id, after(row.valid_to))
    for promise in await AgreementPromise.filter(agreement_id=row.id, due_on__not_isnull=True):
        if promise.due_on is not None and promise.due_on < row.valid_to:
            await set_deadline(PROMISE_DUE, promise.id, after(promise.due_on))


async def start_agreement(work: UnitOfWork, identifier: int) -> None:
    """Bring a signed agreement into force on its first day."""
    row = await locked_agreement(identifier)
    if row is None or row.status is not AgreementStatus.SIGNED or row.valid_from > clock.today():
        return
    changed = await save(row, {"status": AgreementStatus.IN_FORCE, "in_force_on": row.valid_from})
    work.record(done("start", row, changed, None))
    await rematch_unit(work, row)


async def expire_agreement(work: UnitOfWork, identifier: int) -> None:
    """Close an agreement after its last day: fulfilled when every promise is kept or made good, else expired.

    Claims made under it go on; new ones are refused.
    """
    row = await locked_agreement(identifier)
    if row is None or row.status not in BINDING or row.valid_to >= clock.today():
        return
    settled = all(each.state in SETTLED for each in await _standings(row))
    to = AgreementStatus.FULFILLED if settled and row.in_force_on else AgreementStatus.EXPIRED
    await close_agreement(work, row, {"status": to}, "fulfil" if settled else "expire", None)


async def settle_agreement(work: UnitOfWork, identifier: int) -> None:
    """Close an agreement as fulfilled when nothing of it is left to do; call it when something was delivered.

    Whoever calls it has locked the agreement before matching anything (docs/architecture.md, the order of locks).
    A promise of any quantity holds for the whole period, so an agreement with one goes on to its last day.
    """
    row = await locked_agreement(identifier)
    if row is None or row.status is not AgreementStatus.IN_FORCE:
        return
    if all(each.state in SETTLED and each.left is not None for each in await _standings(row)):
        columns = {"status": AgreementStatus.FULFILLED, "ended_on": clock.today()}
        await close_agreement(work, row, columns, "fulfil", None)


async def note_broken_promise(work: UnitOfWork, identifier: int) -> None:
    """Tell that a promise was not kept by its day."""
    promise = await AgreementPromise.get_or_none(id=identifier)
    if promise is None:
        return
    row = await Agreement.get(id=promise.agreement_id)
    broken = [each for each in await _standings(row) if each.promise_id == identifier]
    _tell(work, row, [each for each in broken if each.state is PromiseState.BROKEN])


async def close_agreement(
    work: UnitOfWork, row: Agreement, columns: dict[str, Any], verb: str, rule: str | None
) -> None:
    """Close an agreement for good and tell which promises are broken by that."""
    binding = row.status in BINDING
    changed = await save(row, columns)
    work.record(done(verb, row, changed, rule))
    promises = [promise.id for promise in await AgreementPromise.filter(agreement_id=row.id)]
    told = await Deadline.filter(kind=PROMISE_DUE, subject_id__in=promises, done_at__not_isnull=True)
    known = {deadline.subject_id for deadline in told}
    broken = [each for each in await _standings(row) if each.state is PromiseState.BROKEN]
    _tell(work, row, [each for each in broken if each.promise_id not in known])
    await drop_deadlines(PROMISE_DUE, promises)
    for kind in (AGREEMENT_STARTS, AGREEMENT_ENDS):
        await drop_deadlines(kind, [row.id])
    if binding:
        await rematch_unit(work, row)


async def rematch_unit(work: UnitOfWork, row: Agreement) -> None:
    """Match anew what the unit offers, since rules may ask whether it is promised."""
    await rematch_provider(work, organisation=row.unit_id, where=row.path)


def done(verb: str, row: Agreement, change: Changes, rule: str | None) -> Done:
    """Return the record of something done to an agreement, with the version reached."""
    history = (ItemKind.AGREEMENT, row.version)
    return Done(f"agreement.{verb}", "Agreement", row.id, row.path, change, rule, history)


async def _standings(row: Agreement) -> list[Standing]:
    statement = Statement()
    return await standings(statement, f"p.agreement_id = {statement.bind(row.id)}")


def _tell(work: UnitOfWork, row: Agreement, broken: list[Standing]) -> None:
    for each in broken:
        change = {"promise": f"AgreementPromise:{each.promise_id}", "kept": each.kept}
        work.record(Done("agreement.promise_broken", "Agreement", row.id, row.path, change))
