"""互评: each side of a completed claim says once how it was; asked and answered, the claim is evaluated."""

from typing import Any

from api import clock
from api.commands import inputs
from api.commands.claim_type import claim_done, claim_scope, load_claim
from api.commands.editing import save
from api.commands.item_type import NEED
from api.commands.permission import require
from api.commands.unit_of_work import UnitOfWork, unit_of_work
from api.errors import Duplicate, Forbidden, InvalidInput, InvalidTransition
from api.identifiers import new_id
from api.models import Claim, ClaimEvaluation, Need
from api.models.choices import ClaimSide
from api.plan.viewer import Viewer
from api.state_machines.claim import DONE, ClaimStatus
from api.state_machines.need import NeedStatus
from auth.permissions import Action, Object, Permission
from auth.relations import RowScope

LOWEST, HIGHEST = 1, 5


async def evaluate_claim(
    viewer: Viewer,
    identifier: int,
    side: str,
    score: int,
    *,
    member_score: int | None = None,
    text: str | None = None,
) -> int:
    """Evaluate a completed claim for one side: the asker of the claimant, and of the member, or the other way round.

    The committee may enter what an asker without an account said. An asker's evaluation of every claim of a
    cleared need moves it to 评单.

    Raises:
        InvalidTransition: it is not completed.
        Duplicate: that side has spoken.
        InvalidInput, NotFound, Forbidden.
    """
    chosen = inputs.choice(side, ClaimSide, ("side",))
    async with unit_of_work(viewer) as work:
        claim, item, rule = await load_claim(viewer, identifier, Action.EVALUATE)
        _refuse_self(viewer, chosen, claim)
        _require_side(viewer, chosen, claim_scope(claim, item))
        if claim.status not in DONE:
            raise InvalidTransition(
                "办完以后才能评", "Only what is completed is evaluated", ("id",), allowed=tuple(sorted(DONE))
            )
        if await ClaimEvaluation.exists(claim_id=claim.id, by_side=chosen):
            raise Duplicate("这一方已经评过", "This side has evaluated already", ("side",))
        row = _evaluation(claim, chosen, score, member_score, text)
        await row.save(force_create=True)
        change: dict[str, Any] = {f"{chosen.lower()}Score": [None, row.score]}
        sides = await ClaimEvaluation.filter(claim_id=claim.id).count()
        columns = {"status": ClaimStatus.EVALUATED if sides == len(ClaimSide) else ClaimStatus.COMPLETED}
        changed = await save(claim, columns)
        work.record(claim_done("evaluate", claim, changed | change, rule))
        if chosen is ClaimSide.ASKER and claim.need_id is not None:
            await _evaluate_need(work, claim.need_id, rule)
    return identifier


def _refuse_self(viewer: Viewer, side: ClaimSide, claim: Claim) -> None:
    """Refuse whoever did the work to say for the asker how it was, whatever their office or unit."""
    me = viewer.principal.person_id
    if side is ClaimSide.ASKER and me is not None and me in (claim.actor_person_id, claim.member_person_id):
        raise Forbidden("自己办的事由别人来评", "Nobody evaluates what they did themselves", ("side",))


def _require_side(viewer: Viewer, side: ClaimSide, scope: RowScope) -> None:
    """Refuse to speak for the other side: only the committee may enter what both said."""
    permission = Permission(Object.CLAIM, Action.EVALUATE)
    in_charge = RowScope(path=scope.path)
    if viewer.may(permission, in_charge):
        return
    own = (
        RowScope(scope.path, scope.owner_person_id, None, scope.owner_organisation_id)
        if side is ClaimSide.CLAIMANT
        else RowScope(
            scope.path,
            party_person_id=scope.party_person_id,
            party_household_id=scope.party_household_id,
            party_organisation_id=scope.party_organisation_id,
        )
    )
    require(viewer, Object.CLAIM, Action.EVALUATE, own, visible=True)


def _evaluation(
    claim: Claim, side: ClaimSide, score: int, member_score: int | None, text: str | None
) -> ClaimEvaluation:
    of_claimant = side is ClaimSide.ASKER
    if member_score is not None and not (of_claimant and claim.member_person_id):
        raise InvalidInput("没有可以另评的成员", "There is no member to evaluate apart", ("memberScore",))
    about = {
        "organisation_id": claim.organisation_id if of_claimant else claim.asker_organisation_id,
        "team_id": claim.team_id if of_claimant else None,
        "person_id": claim.person_id if of_claimant else claim.asker_person_id,
        "member_person_id": claim.member_person_id if of_claimant else None,
    }
    return ClaimEvaluation(
        id=new_id(), claim_id=claim.id, by_side=side, at=clock.now(), score=_score(score, "score"),
        member_score=None if member_score is None else _score(member_score, "memberScore"),
        text_zh=inputs.text(text, ("text",), 500), **about,
    )  # fmt: skip


def _score(value: int, name: str) -> int:
    if not LOWEST <= value <= HIGHEST:
        raise InvalidInput(f"须在 {LOWEST} 到 {HIGHEST} 之间", f"Must be from {LOWEST} to {HIGHEST}", (name,))
    return value


async def _evaluate_need(work: UnitOfWork, need_id: int, rule: str | None) -> None:
    need: Any = await Need.get(id=need_id)
    if need.status is not NeedStatus.CLEARED:
        return
    done = await Claim.filter(need_id=need_id, status__in=sorted(DONE)).count()
    spoken = await ClaimEvaluation.filter(claim__need_id=need_id, by_side=ClaimSide.ASKER).count()
    if spoken >= done:
        changed = await save(need, {"status": NeedStatus.EVALUATED})
        work.record(NEED.done("evaluated", need, changed, rule))
