"""What claims do to the need they belong to: committed whole it is under way, delivered whole it is cleared."""

from typing import Any

from api import clock
from api.commands.agreement_course import rematch_unit
from api.commands.claim_content import Standing, standings
from api.commands.claim_type import claim_done
from api.commands.deadline import CLAIM_EXPIRY, drop_deadlines
from api.commands.editing import save
from api.commands.item_type import NEED
from api.commands.rematching import rematch
from api.commands.unit_of_work import UnitOfWork
from api.matching.capacity import SMALLEST
from api.models import Agreement, Claim, ClaimLine, Need, RequirementLine
from api.models.choices import ItemKind
from api.plan.holding import AMOUNT, DONE_STATES
from api.plan.statement import Statement
from api.state_machines.claim import HOLDING, ClaimStatus
from api.state_machines.machine import check_move
from api.state_machines.need import TRANSITIONS, NeedStatus

N = NeedStatus
# How a need that is claimed or delivered whole, or of which something was handed back, gets where it belongs.
WAYS: dict[NeedStatus, dict[NeedStatus, tuple[NeedStatus, ...]]] = {
    N.IN_PROGRESS: {
        N.REQUESTED: (N.DISPATCHED, N.IN_PROGRESS),
        N.DELIBERATING: (N.DISPATCHED, N.IN_PROGRESS),
        N.DISPATCHED: (N.IN_PROGRESS,),
    },
    N.CLEARED: {
        N.REQUESTED: (N.DISPATCHED, N.IN_PROGRESS, N.CLEARED),
        N.DELIBERATING: (N.DISPATCHED, N.IN_PROGRESS, N.CLEARED),
        N.DISPATCHED: (N.IN_PROGRESS, N.CLEARED),
        N.IN_PROGRESS: (N.CLEARED,),
    },
    N.DISPATCHED: {N.IN_PROGRESS: (N.DISPATCHED,)},
}


async def settle(work: UnitOfWork, claim: Claim, rule: str | None, *, handed_back: bool = False) -> None:
    """Move the claimed need where its claims put it, and match need and resources anew.

    A project is moved by those who lead it; its lines tell how far it is.
    """
    if claim.need_id is not None:
        await _settle_need(work, claim.need_id, rule, handed_back)
        await rematch(work, ItemKind.NEED, claim.need_id)
    elif claim.project_id is not None:
        await rematch(work, ItemKind.PROJECT, claim.project_id)
    await _rematch_claimant(work, claim)


async def _rematch_claimant(work: UnitOfWork, claim: Claim) -> None:
    """Match anew what a claim used up of the claimant's side, or gave back: resources and promises."""
    for row in await ClaimLine.filter(claim_id=claim.id).exclude(resource_id=None).order_by("resource_id"):
        await rematch(work, ItemKind.RESOURCE, int(str(row.resource_id)))
    if claim.agreement_id is not None:
        # Rules ask what is left of promises.
        await rematch_unit(work, await Agreement.get(id=claim.agreement_id))


async def _settle_need(work: UnitOfWork, need_id: int, rule: str | None, handed_back: bool) -> None:
    need: Any = await Need.get(id=need_id)
    lines = await standings(await RequirementLine.filter(need_id=need_id).order_by("position"))
    waiting = await Claim.filter(need_id=need_id, status=ClaimStatus.PROPOSED).exists()
    if all(_covered(each) for each in lines.values()) and not waiting:
        delivered = await _delivered(need_id, lines)
        to = N.CLEARED if delivered else N.IN_PROGRESS
    elif handed_back:
        to = N.DISPATCHED
    else:
        return
    for step in WAYS[to].get(need.status, ()):
        check_move(TRANSITIONS, need.status, step, NEED.name_zh)
        changed = await save(need, {"status": step})
        work.record(NEED.done(step.lower(), need, changed, rule))


def _covered(each: Standing) -> bool:
    return each.left == 0 and each.holders > 0


async def _delivered(need_id: int, lines: dict[int, Standing]) -> bool:
    """Tell whether completed claims have brought all that the lines ask for."""
    statement = Statement()
    rows = await statement.fetch(
        f"SELECT cl.line_id, COALESCE(SUM({AMOUNT}), 0) AS brought,"
        f" SUM(CASE WHEN {AMOUNT} IS NULL THEN 1 ELSE 0 END) AS whole"
        " FROM claim_line cl JOIN claim c ON c.id = cl.claim_id"
        f" WHERE c.need_id = {statement.bind(need_id)} AND c.status IN {DONE_STATES} GROUP BY cl.line_id"
    )
    brought = {row["line_id"]: (float(row["brought"]), bool(row["whole"])) for row in rows}
    return all(_enough(each, *brought.get(key, (0.0, False))) for key, each in lines.items())


def _enough(each: Standing, brought: float, whole: bool) -> bool:
    return whole or (each.line.quantity is not None and brought >= each.line.quantity - SMALLEST)


async def close_open_claims(work: UnitOfWork, column: str, item_id: int, reason: str | None) -> None:
    """Release every open claim of an item that is not to be done any more."""
    open_states = (ClaimStatus.PROPOSED, ClaimStatus.ACCEPTED)
    for claim in await Claim.filter(**{column: item_id}, status__in=open_states).order_by("id"):
        columns = {
            "status": ClaimStatus.RELEASED,
            "status_reason": reason or "需求或项目已撤",
            "closed_at": clock.now(),
            "due_at": None,
        }
        changed = await save(claim, columns)
        work.record(claim_done("release", claim, changed, None))
        await drop_deadlines(CLAIM_EXPIRY, [claim.id])
        await _rematch_claimant(work, claim)


async def is_held(column: str, item_id: int) -> bool:
    """Tell whether a claim holds any of an item."""
    return await Claim.filter(**{column: item_id}, status__in=sorted(HOLDING)).exists()
