"""What becomes of a claim: accepted, declined, handed back, run out, completed with proof."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from api import clock
from api.commands import inputs
from api.commands.agreement_course import locked_agreement, settle_agreement
from api.commands.claim_party import refuse_own_side
from api.commands.claim_settling import settle
from api.commands.claim_type import claim_done, claim_scope, load_claim, locked_item
from api.commands.deadline import CLAIM_EXPIRY, after, drop_deadlines, set_deadline
from api.commands.editing import refuse_stale, save
from api.commands.field_names import differences
from api.commands.permission import require
from api.commands.unit_of_work import UnitOfWork, unit_of_work
from api.errors import InvalidInput, NotFound
from api.matching.capacity import SMALLEST
from api.models import Claim, ClaimLine
from api.models.choices import Consent
from api.plan.viewer import Viewer
from api.state_machines.claim import TRANSITIONS, ClaimStatus
from api.state_machines.machine import check_move
from auth.permissions import Action, Object

# Without a planned day an accepted claim is expected to be done within so long; with one, so long after it.
DONE_WITHIN: Final = timedelta(days=30)
GRACE: Final = timedelta(days=7)
MOST_LINKS: Final = 20
LONGEST_LINK: Final = 500


async def accept_claim(
    viewer: Viewer, identifier: int, expected: int, *, consent: str | None = None, due_on: date | None = None
) -> int:
    """Accept a claim for the committee; `consent` (ORAL, PAPER) notes that the asker lets their contact be known.

    Raises:
        Forbidden: also when the viewer stands on the claimant's side, or may not take down a consent (claim:confirm).
        InvalidTransition, StaleVersion, InvalidInput, NotFound.
    """
    async with unit_of_work(viewer) as work:
        claim, item, rule = await load_claim(viewer, identifier, Action.ACCEPT)
        await refuse_own_side(viewer, claim)
        if consent is not None:
            require(viewer, Object.CLAIM, Action.CONFIRM, claim_scope(claim, item), visible=True)
        columns = {"accepted_at": clock.now(), "due_at": _due(claim, due_on)} | _consent(consent)
        await _move(work, claim, ClaimStatus.ACCEPTED, expected, columns, "accept", rule)
        await settle(work, claim, rule)
    return identifier


async def decline_claim(viewer: Viewer, identifier: int, reason: str, expected: int) -> int:
    """Decline a claim for the committee, with a reason that the claimant reads. Raise as `accept_claim`."""
    return await _close(viewer, identifier, ClaimStatus.DECLINED, reason, expected, Action.DECLINE)


async def release_claim(viewer: Viewer, identifier: int, reason: str, expected: int) -> int:
    """Hand a claim back with a reason; what it held is free for others. Raise as `accept_claim`."""
    return await _close(viewer, identifier, ClaimStatus.RELEASED, reason, expected, Action.RELEASE)


async def lock_claimed(identifier: int) -> None:
    """Lock what is claimed, as every command about the claim does first."""
    claim = await Claim.get_or_none(id=identifier)
    if claim is not None:
        await locked_item(claim)


async def expire_claim(work: UnitOfWork, identifier: int) -> None:
    """Let a claim run out that is past its time; `api.commands.due` calls it when the deadline is reached."""
    claim: Any = await Claim.get_or_none(id=identifier)
    if claim is None:
        return
    await locked_item(claim)
    await claim.refresh_from_db()
    if claim.due_at is None or claim.due_at > clock.now():
        return
    accepted = claim.status is ClaimStatus.ACCEPTED
    reason = "到期没有办完" if accepted else "到期没有答复"
    columns = {"status_reason": reason, "closed_at": clock.now(), "due_at": None}
    await _move(work, claim, ClaimStatus.EXPIRED, claim.version, columns, "expire", None)
    await settle(work, claim, None, handed_back=accepted)


async def complete_claim(
    viewer: Viewer,
    identifier: int,
    proof: str,
    expected: int,
    *,
    links: Sequence[str] = (),
    delivered: Sequence[Mapping[str, Any]] = (),
) -> int:
    """Say that the claim is done, with what proves it; `delivered` (line, quantity) where it differs from the claim.

    Less than was claimed frees the rest, and a need under way is dispatched again for it; more is not taken.

    Raises:
        InvalidInput: also when there is no proof.
        InvalidTransition, StaleVersion, NotFound, Forbidden.
    """
    why = inputs.text(proof, ("proof",), 1000, required=True)
    checked = [_link(link, index) for index, link in enumerate(links)]
    if len(checked) > MOST_LINKS:
        raise InvalidInput(f"最多 {MOST_LINKS} 个链接", f"At most {MOST_LINKS} links", ("proofLinks",))
    async with unit_of_work(viewer) as work:
        claim, _, rule = await load_claim(viewer, identifier, Action.COMPLETE)
        if claim.agreement_id is not None:
            await locked_agreement(claim.agreement_id)
        moment = clock.now()
        columns = {
            "proof": why, "proof_links": checked, "completed_at": moment, "closed_at": moment, "due_at": None,
        }  # fmt: skip
        await _move(work, claim, ClaimStatus.COMPLETED, expected, columns, "complete", rule)
        short = await _deliver(claim, delivered)
        await settle(work, claim, rule, handed_back=short)
        if claim.agreement_id is not None:
            await settle_agreement(work, claim.agreement_id)
    return identifier


async def _close(viewer: Viewer, identifier: int, to: ClaimStatus, reason: str, expected: int, action: Action) -> int:
    why = inputs.text(reason, ("reason",), 500, required=True)
    async with unit_of_work(viewer) as work:
        claim, _, rule = await load_claim(viewer, identifier, action)
        accepted = claim.status is ClaimStatus.ACCEPTED
        columns = {"status_reason": why, "closed_at": clock.now(), "due_at": None}
        await _move(work, claim, to, expected, columns, action, rule)
        await settle(work, claim, rule, handed_back=accepted)
    return identifier


async def _move(
    work: UnitOfWork, claim: Any, to: ClaimStatus, expected: int, columns: dict[str, Any], verb: str, rule: str | None
) -> None:
    sent = {"status": to, **columns}
    refuse_stale(claim.version, expected, differences(claim, {"status": to}))
    check_move(TRANSITIONS, claim.status, to, "认领")
    work.record(claim_done(verb, claim, await save(claim, sent), rule))
    if claim.due_at is None:
        await drop_deadlines(CLAIM_EXPIRY, [claim.id])
    else:
        await set_deadline(CLAIM_EXPIRY, claim.id, claim.due_at)


def _due(claim: Any, due_on: date | None) -> datetime:
    if due_on is not None:
        inputs.day(due_on, ("dueOn",))
        if due_on < clock.today():
            raise InvalidInput("期限已过", "The day is over", ("dueOn",))
        return after(due_on)
    if claim.planned_on is not None:
        return max(after(claim.planned_on), clock.now()) + GRACE
    return clock.now() + DONE_WITHIN


def _consent(consent: str | None) -> dict[str, Any]:
    if consent is None:
        return {}
    return {"contact_consent": inputs.choice(consent, Consent, ("contactConsent",)), "contact_consent_at": clock.now()}


def _link(link: str, index: int) -> str:
    path = ("proofLinks", str(index))
    found = inputs.line(link, path, LONGEST_LINK)
    parts = urlsplit(found)
    if parts.scheme != "https" or not parts.hostname or parts.username or parts.password:
        raise InvalidInput("须为 https 链接", "Must be an https link", path)
    return found


async def _deliver(claim: Claim, delivered: Sequence[Mapping[str, Any]]) -> bool:
    """Write down what was delivered of each line; tell whether anything of the claim is left for others."""
    rows = {row.line_id: row for row in await ClaimLine.filter(claim_id=claim.id)}
    given: dict[int, float] = {}
    for index, each in enumerate(delivered):
        path = ("delivered", str(index))
        row = rows.get(each["line"])
        if row is None:
            raise NotFound(path=(*path, "line"))
        quantity = inputs.number(each.get("quantity"), (*path, "quantity"))
        if quantity is None:
            raise inputs.missing((*path, "quantity"))
        if row.quantity is not None and quantity > row.quantity:
            raise InvalidInput("多于认领的数量", "More than was claimed", (*path, "quantity"))
        if each["line"] in given:
            raise InvalidInput("同一条写了两次", "A line comes twice", (*path, "line"))
        given[each["line"]] = quantity
    short = False
    for line, row in rows.items():
        quantity = given.get(line or 0, row.quantity)
        await ClaimLine.filter(id=row.id).update(delivered=quantity)
        # A number where all of an unknown quantity was claimed leaves open how much more is wanted.
        short = short or (quantity is not None and (row.quantity is None or quantity < row.quantity - SMALLEST))
    return short
