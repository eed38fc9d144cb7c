"""组团认领: those whom a lead named say yes or leave; the asker lets their contact be known, or takes it back."""

from typing import Any

from api import clock
from api.commands import inputs
from api.commands.claim_party import refuse_own_side
from api.commands.claim_type import claim_done, load_claim, locked_item, participant_scope, refuse_closed
from api.commands.editing import save
from api.commands.permission import require
from api.commands.unit_of_work import unit_of_work
from api.errors import NotFound
from api.models import Claim, ClaimParticipant
from api.models.choices import Consent, ParticipantStatus
from api.plan.viewer import Viewer
from auth.permissions import Action, Object, Permission
from auth.relations import RowScope, Visibility


async def answer_invitation(viewer: Viewer, participant: int, status: ParticipantStatus) -> int:
    """Join a claim to which one was invited, or leave it; return the claim's identifier.

    Raises:
        InvalidTransition: the claim is closed.
        NotFound, Forbidden.
    """
    async with unit_of_work(viewer) as work:
        row: Any = await ClaimParticipant.get_or_none(id=participant)
        if row is None:
            raise NotFound(path=("participant",))
        claim: Any = await Claim.get(id=row.claim_id)
        item = await locked_item(claim)
        await row.refresh_from_db()
        await claim.refresh_from_db()
        if not viewer.may(Permission(Object.CLAIM, Action.READ), participant_scope(row, claim, item)):
            raise NotFound(path=("participant",))
        scope = RowScope(
            path=claim.path, owner_person_id=row.actor_person_id, owner_organisation_id=row.organisation_id,
            visibility=Visibility(item.visibility),
        )  # fmt: skip
        rule = require(viewer, Object.CLAIM, Action.JOIN, scope, visible=True)
        refuse_closed(claim, ("participant",))
        await save(row, {"status": status})
        changed = await save(claim, {})
        verb = "join" if status is ParticipantStatus.JOINED else "leave"
        work.record(claim_done(verb, claim, changed | {"participant": [None, f"{row.id} {status}"]}, rule))
    return int(claim.id)


async def consent_to_contact(viewer: Viewer, identifier: int, consent: str | None) -> int:
    """Note that the asker lets the claimant know their contact (ORAL, PAPER), or with None takes that back.

    Said by the asker, or written down by the committee for somebody without an account; never by the claimant's side.

    Raises:
        InvalidTransition: the claim is closed.
        InvalidInput, NotFound, Forbidden.
    """
    async with unit_of_work(viewer) as work:
        claim, _, rule = await load_claim(viewer, identifier, Action.CONFIRM)
        refuse_closed(claim, ("id",))
        if consent is not None and not _is_asker(viewer, claim):
            await refuse_own_side(viewer, claim)
        chosen = None if consent is None else inputs.choice(consent, Consent, ("consent",))
        columns = {"contact_consent": chosen, "contact_consent_at": None if chosen is None else clock.now()}
        changed = await save(claim, columns)
        work.record(claim_done("consent", claim, changed, rule))
    return identifier


def _is_asker(viewer: Viewer, claim: Claim) -> bool:
    principal = viewer.principal
    in_person = principal.person_id is not None and principal.person_id == claim.asker_person_id
    return in_person or claim.asker_household_id in principal.household_ids
