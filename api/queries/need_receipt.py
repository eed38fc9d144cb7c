"""What a need's short number tells: no account needed, no personal data, no text of the need (docs/decisions/0018)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from api import clock, db
from api.errors import InvalidInput
from api.identifiers import read_number
from api.models import Claim, HistoryEntry, Need, NeedConsent
from api.models.choices import ItemKind, Visibility
from api.plan.viewer import Viewer
from api.queries.need_consent import agreed_visibility
from api.queries.number_tries import NumberTries
from api.state_machines.claim import ClaimStatus
from api.state_machines.need import NeedStatus
from auth.permissions import Action, Object, Permission
from auth.relations import RowScope
from auth.relations import Visibility as Seen

_STATES: Final = {f"need.{status.lower()}": status for status in NeedStatus}
_ENDED: Final = frozenset({NeedStatus.WITHDRAWN, NeedStatus.MERGED})
_COMMITTED: Final = (ClaimStatus.ACCEPTED, ClaimStatus.COMPLETED, ClaimStatus.EVALUATED)
_MOST_NAMES: Final = 3


@dataclass(frozen=True, slots=True)
class Step:
    """A state that a need came into, and on which day."""

    status: NeedStatus
    on: date


@dataclass(frozen=True, slots=True)
class Receipt:
    """Everything that a number tells. `organisations` are (zh, en) of who has it; none is the community."""

    number: str
    status: NeedStatus
    since: date
    organisations: Sequence[tuple[str, str | None]]
    review_on: date | None
    reason: str | None
    confirmed: bool
    history: Sequence[Step]


async def need_receipt(viewer: Viewer, number: str, tries: NumberTries, address: str) -> Receipt | None:
    """Return the receipt of a need; None for a number that is unknown and for one that tells nothing.

    Raises:
        InvalidInput: it cannot be a number, so it was misheard or copied wrongly.
        LimitExceeded: too many numbers were asked that told nothing.
    """
    given = read_number(number)
    if given is None:
        raise InvalidInput("编号不对,请再核对一遍:共十位数字", "Not a number; check its ten digits again", ("number",))
    tries.begin(viewer.principal, address)
    receipt = await _receipt(viewer, given)
    if receipt is not None:
        tries.found(viewer.principal, address)
    return receipt


async def own_receipt(viewer: Viewer, number: str) -> Receipt | None:
    """Return the receipt of a need that the viewer has entered just now, whoever else may see it."""
    return await _receipt(viewer, number, own=True)


async def _receipt(viewer: Viewer, number: str, *, own: bool = False) -> Receipt | None:
    here = db.reading()
    need: Any = await Need.filter(number=number).using_db(here).select_related("assigned_organisation").first()
    if need is None:
        return None
    consent = await NeedConsent.filter(need_id=need.id).using_db(here).first()
    confirmed = consent is None or consent.confirmed_at is not None
    visibility = need.visibility if consent is None or confirmed else agreed_visibility(consent)
    hidden = visibility is Visibility.ADMINISTRATORS and not own
    if hidden and not viewer.may(Permission(Object.NEED, Action.READ), _scope(need)):
        return None
    public = visibility is Visibility.PUBLIC and confirmed
    deferred = need.status is NeedStatus.DEFERRED
    history = await _history(need)
    return Receipt(
        number=number,
        status=need.status,
        since=history[-1].on,
        organisations=await _organisations(need) if public and need.status not in _ENDED else (),
        review_on=need.review_on if deferred else None,
        # Everybody who sees a public need reads the reason there; of others it was not written for the public.
        reason=need.status_reason if deferred and public else None,
        confirmed=confirmed,
        history=history,
    )


async def _organisations(need: Any) -> list[tuple[str, str | None]]:
    """Return the names of whoever was asked to act, and of those whose claims were accepted; never a person."""
    claims = Claim.filter(need_id=need.id, status__in=_COMMITTED).exclude(actor_organisation_id=None)
    rows: Any = await claims.using_db(db.reading()).order_by("id").select_related("actor_organisation")
    found = [need.assigned_organisation, *(claim.actor_organisation for claim in rows)]
    named = {each.id: (each.name_zh, each.name_en) for each in found if each is not None}
    return list(named.values())[:_MOST_NAMES]


async def _history(need: Any) -> list[Step]:
    entries = HistoryEntry.filter(item_kind=ItemKind.NEED, item_id=need.id, action__in=[*_STATES])
    moves = await entries.using_db(db.reading()).order_by("id").values_list("action", "at")
    first = Step(NeedStatus.REQUESTED, _day(need.created_at))
    return [first, *(Step(_STATES[str(action)], _day(at)) for action, at in moves)]


def _day(moment: datetime) -> date:
    return moment.astimezone(clock.LOCAL_ZONE).date()


def _scope(need: Any) -> RowScope:
    return RowScope(
        path=need.path,
        owner_person_id=need.owner_person_id,
        owner_household_id=need.owner_household_id,
        owner_organisation_id=need.owner_organisation_id,
        assigned_person_id=need.assigned_person_id,
        assigned_organisation_id=need.assigned_organisation_id,
        visibility=Seen(need.visibility),
    )
