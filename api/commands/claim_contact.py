"""The asker's contact for the claimant: from acceptance and consent to the end of the claim, each reading audited."""

from typing import Any

from api.commands import inputs
from api.commands.claim_type import claim_scope, load_claim
from api.commands.contact import REVEALED, ClearContact, refuse_too_many
from api.commands.permission import require
from api.commands.unit_of_work import Done, unit_of_work
from api.errors import Forbidden
from api.models import Contact
from api.plan.viewer import Viewer
from api.state_machines.claim import ClaimStatus
from auth.permissions import Action, Object

ASKERS = ("person", "household", "organisation")


async def reveal_asker(viewer: Viewer, identifier: int, purpose: str) -> ClearContact:
    """Return the contact of who asked for what the viewer claimed, in clear.

    An audit row says who read it and why.

    Raises:
        Forbidden: the claim is not under way, the asker has not consented, or it is not the viewer's claim.
        InvalidInput: no purpose is given.
        LimitExceeded: the viewer has read 30 contacts within the last hour.
        NotFound, Unauthenticated.
    """
    why = inputs.line(purpose, ("purpose",), 200)
    async with unit_of_work(viewer) as work:
        claim, item, _ = await load_claim(viewer, identifier, Action.READ)
        rule = require(viewer, Object.CLAIM_CONTACT, Action.READ, claim_scope(claim, item), visible=True)
        if claim.status is not ClaimStatus.ACCEPTED:
            raise Forbidden("认领在办期间才能看联系方式", "The contact is open while the claim is under way", ("id",))
        if claim.contact_consent_at is None:
            raise Forbidden("对方还没有同意", "The asker has not consented yet", ("id",))
        await refuse_too_many(viewer)
        contact = await _contact(claim)
        work.record(Done(REVEALED, "Claim", claim.id, claim.path, {}, rule, purpose=why, quiet=True))
    if contact is None:
        return ClearContact(None, None, None)
    return ClearContact(contact.name, contact.phone, contact.address)


async def _contact(claim: Any) -> Contact | None:
    for asker in ASKERS:
        key = getattr(claim, f"asker_{asker}_id")
        if key is not None:
            return await Contact.filter(**{f"{asker}_id": key}).first()
    return None
