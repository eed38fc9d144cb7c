"""Signing an agreement, each side for itself, and noting how a broken promise was made good."""

import dataclasses

from api import clock
from api.commands import inputs
from api.commands.agreement_content import digest, stored_promises
from api.commands.agreement_course import (
    done,
    locked_agreement,
    rematch_unit,
    set_agreement_deadlines,
    settle_agreement,
)
from api.commands.editing import load, refuse_stale, save
from api.commands.permission import require, scope_of
from api.commands.unit_of_work import unit_of_work
from api.errors import Forbidden, InvalidInput, InvalidTransition, NotFound
from api.identifiers import new_id
from api.models import Agreement, AgreementPromise, AgreementSignature
from api.plan.statement import Statement
from api.plan.viewer import Viewer
from api.queries.promise import standings
from api.state_machines.agreement import TRANSITIONS, AgreementStatus, PromiseState
from api.state_machines.machine import check_move
from auth.permissions import Action, Object, Permission
from auth.relations import RowScope

SIGN = Permission(Object.AGREEMENT, Action.SIGN)


async def sign_agreement(viewer: Viewer, identifier: int, expected: int) -> int:
    """Sign a proposed agreement for the viewer's own side; the second signature makes it binding.

    It is in force at once, or from its first day on. A signature holds a digest of the text and the promises.

    Raises:
        Forbidden: the viewer may sign for neither side, or for the one that has signed already.
        StaleVersion: it was changed since version `expected`, so the viewer has read something else.
        InvalidTransition: it is not proposed.
        InvalidInput: its period is over.
        NotFound.
    """
    async with unit_of_work(viewer) as work:
        row, _ = await load(viewer, Agreement, Object.AGREEMENT, identifier, Action.SIGN)
        refuse_stale(row.version, expected, {})
        if row.status is not AgreementStatus.PROPOSED:
            raise InvalidTransition(
                f"协议现在是 {row.status},不能签署",
                f"An agreement that is {row.status} cannot be signed",
                ("id",),
                tuple(sorted(TRANSITIONS[row.status])),
            )
        if row.valid_to < clock.today():
            raise InvalidInput("有效期已过", "Its period is over", ("validTo",))
        signed = {each.organisation_id: each for each in await AgreementSignature.filter(agreement_id=row.id)}
        side, rule = _side(viewer, row, signed)
        await AgreementSignature.create(
            id=new_id(),
            agreement_id=row.id,
            organisation_id=side,
            person_id=viewer.principal.person_id,
            digest=digest(row, await stored_promises(row.id)),
            signed_at=clock.now(),
        )
        changed = await save(row, _binding(row) if signed else {})
        changed["signatures"] = [None, f"Organisation:{side}"]
        work.record(done("sign", row, changed, rule))
        if signed:
            await set_agreement_deadlines(row)
            await rematch_unit(work, row)
    return int(row.id)


def _binding(row: Agreement) -> dict[str, object]:
    today = clock.today()
    begun = row.valid_from <= today
    to = AgreementStatus.IN_FORCE if begun else AgreementStatus.SIGNED
    check_move(TRANSITIONS, row.status, to, "协议")
    return {"status": to, "visibility": row.signed_visibility, "in_force_on": today if begun else None}


def _side(viewer: Viewer, row: Agreement, signed: dict[int, AgreementSignature]) -> tuple[int, str | None]:
    """Return for which side the viewer signs, and the policy rule that allows it."""
    rules = _rules(viewer, row)
    unsigned = [side for side in rules if side not in signed]
    if not unsigned:
        raise Forbidden("只能代表本方签署", "One signs for one's own side only")
    person = viewer.principal.person_id
    if person is not None and any(each.person_id == person for each in signed.values()):
        raise Forbidden("同一人不能代表双方签署", "Nobody signs for both sides")
    return unsigned[0], rules[unsigned[0]]


def _rules(viewer: Viewer, row: Agreement) -> dict[int, str | None]:
    """Return the sides for which the viewer may sign: the unit by what is held for it, the committee by the rest.

    An office of the committee is in force for the whole row; so that it does not sign for the unit as well,
    each side is asked with the roles of that side alone.
    """
    principal = viewer.principal
    scopes = {
        row.committee_id: dataclasses.replace(scope_of(row), party_organisation_id=None),
        row.unit_id: RowScope(path=row.path, party_organisation_id=row.unit_id),
    }
    found = {}
    for side, scope in scopes.items():
        held = tuple(each for each in principal.held if (each.organisation_id == row.unit_id) == (side == row.unit_id))
        why = viewer.authoriser.explain(dataclasses.replace(principal, held=held), SIGN, scope)
        if why.allowed:
            found[side] = why.rule_id
    return found


async def remedy_promise(viewer: Viewer, identifier: int, remedy: str) -> int:
    """Note how a broken promise was made good; it stays visible as made good. Return the agreement's identifier.

    Raises:
        InvalidInput: the promise is not broken.
        NotFound, Forbidden.
    """
    how = inputs.text(remedy, ("remedy",), 500, required=True)
    async with unit_of_work(viewer) as work:
        promise = await AgreementPromise.get_or_none(id=identifier)
        if promise is None:
            raise NotFound(path=("id",))
        row = await locked_agreement(promise.agreement_id)
        if row is None:
            raise NotFound(path=("id",))
        rule = require(viewer, Object.AGREEMENT, Action.CONFIRM, scope_of(row))
        statement = Statement()
        (standing,) = await standings(statement, f"p.id = {statement.bind(identifier)}")
        if standing.state is not PromiseState.BROKEN and promise.remedy is None:
            raise InvalidInput("这项承诺没有落空", "This promise is not broken", ("id",))
        changed = await save(row, {})
        await AgreementPromise.filter(id=identifier).update(remedy=how, remedied_on=clock.today())
        changed[f"promises.{promise.position}.remedy"] = [promise.remedy, how]
        work.record(done("remedy", row, changed, rule))
        await settle_agreement(work, row.id)
    return int(row.id)
