"""Agreements, and claims made under them, written directly: givens for tests of what follows from them."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from api.commands.need import submit_need
from api.identifiers import new_id
from api.models import Agreement, AgreementPromise, Claim, ClaimLine, Need, RequirementLine
from api.models.choices import Visibility
from api.state_machines.agreement import AgreementStatus
from api.state_machines.claim import ClaimStatus
from tests.factories import Town

NOON = datetime(2026, 6, 15, 4, tzinfo=UTC)
FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)


async def an_agreement(town: Town, promises: Sequence[dict[str, Any]], **columns: Any) -> Agreement:
    """Return an agreement in force of the committee of A with a unit, with these promises."""
    values: dict[str, Any] = {
        "number": str(new_id()), "title_zh": "共驻共建协议", "place_id": town.id("A"), "path": town.path("A"),
        "community_id": town.id("A"), "valid_from": FIRST, "valid_to": LAST, "visibility": Visibility.PUBLIC,
        "signed_visibility": Visibility.PUBLIC, "status": AgreementStatus.IN_FORCE, "in_force_on": FIRST,
    } | columns  # fmt: skip
    if "committee_id" not in values:
        values["committee_id"] = await town.organisation("A", "RESIDENTS_COMMITTEE")
    if "unit_id" not in values:
        values["unit_id"] = await town.organisation("A")
    agreement = await Agreement.create(**values)
    for position, promise in enumerate(promises):
        await AgreementPromise.create(agreement_id=agreement.id, position=position, **promise)
    return agreement


async def promises_of(agreement: Agreement) -> list[AgreementPromise]:
    return await AgreementPromise.filter(agreement_id=agreement.id).order_by("position")


async def a_need(
    town: Town, *lines: dict[str, Any], place: str = "A1", **more: Any
) -> tuple[Need, list[RequirementLine]]:
    """Return a need of somebody's firm with its lines, entered by the administrator of the sub-district."""
    firm = await town.organisation(place)
    values = town.need({"organisation": firm}, place, **more)
    if lines:
        values["lines"] = list(lines)
    key = await submit_need(town.administrator("S"), values)
    return await Need.get(id=key), await RequirementLine.filter(need_id=key).order_by("position")


async def a_claim(
    need: Need,
    line: RequirementLine,
    promise: AgreementPromise,
    status: ClaimStatus = ClaimStatus.ACCEPTED,
    quantity: float | None = None,
    delivered: float | None = None,
    at: datetime = NOON,
) -> Claim:
    """Return a claim of one line under a promise, in any state."""
    agreement = await Agreement.get(id=promise.agreement_id)
    claim = await Claim.create(
        need_id=need.id, organisation_id=agreement.unit_id, actor_organisation_id=agreement.unit_id,
        agreement_id=agreement.id, path=need.path, community_id=need.community_id, status=status,
        completed_at=at if status in (ClaimStatus.COMPLETED, ClaimStatus.EVALUATED) else None,
    )  # fmt: skip
    await ClaimLine.create(
        claim_id=claim.id,
        line_id=line.id,
        category=line.category,
        unit=line.unit,
        promise_id=promise.id,
        quantity=line.quantity if quantity is None else quantity,
        delivered=delivered,
    )
    return claim
