"""Mutations of claims: make, answer, hand back, complete, evaluate, join, and read whom to meet."""

from datetime import date
from typing import Annotated

import strawberry

from api.commands import claim, claim_contact, claim_evaluation, claim_joining, claim_moves
from api.context import Info
from api.errors import InvalidInput
from api.models.choices import ClaimSide, Consent, ItemKind, ParticipantStatus
from api.permissions import ReadAnew, Requires
from api.schema import errors
from api.schema.claim import Claim
from api.schema.claim_root import ClaimInput, DeliveredInput
from api.schema.inputs import given, row_id
from api.schema.keys import ContactReveal, ContactRevealResult
from api.schema.payload import changed
from auth.permissions import Action, Object

ClaimResult = Annotated[
    Claim
    | errors.NotFoundError
    | errors.ForbiddenError
    | errors.InvalidInputError
    | errors.InvalidTransitionError
    | errors.StaleVersionError
    | errors.ClaimConflictError
    | errors.AgreementExpiredError,
    strawberry.union("ClaimResult", description="The claim, or what is to be mended"),
]


@strawberry.type
class ClaimMutation:
    """Mutations of claims."""

    @strawberry.mutation(
        description="Claim a need (认领), whole or in part; the committee answers; needs permission claim:create",
        extensions=[Requires(Object.CLAIM, Action.CREATE)],
    )
    async def need_claim(self, info: Info, id: strawberry.ID, input: ClaimInput | None = None) -> ClaimResult:
        """Claim a need."""
        key, values = row_id(id, "Need", ("id",)), given(input) if input else {}
        return await changed(info, "Claim", await claim.claim_item(info.context.viewer, ItemKind.NEED, key, values))

    @strawberry.mutation(
        description="Claim a project, or some of its lines; the committee answers; needs permission claim:create",
        extensions=[Requires(Object.CLAIM, Action.CREATE)],
    )
    async def project_claim(self, info: Info, id: strawberry.ID, input: ClaimInput | None = None) -> ClaimResult:
        """Claim a project."""
        key, values = row_id(id, "Project", ("id",)), given(input) if input else {}
        return await changed(info, "Claim", await claim.claim_item(info.context.viewer, ItemKind.PROJECT, key, values))

    @strawberry.mutation(
        description="Accept a claim; noting the asker's consent to be met needs claim:confirm too; "
        "needs permission claim:accept",
        extensions=[Requires(Object.CLAIM, Action.ACCEPT)],
    )
    async def claim_accept(
        self,
        info: Info,
        id: strawberry.ID,
        expected_version: int,
        contact_consent: Consent | None = None,
        due_on: date | None = None,
    ) -> ClaimResult:
        """Accept."""
        done = await claim_moves.accept_claim(
            info.context.viewer, row_id(id, "Claim", ("id",)), expected_version, consent=contact_consent, due_on=due_on
        )
        return await changed(info, "Claim", done)

    @strawberry.mutation(
        description="Decline a claim with a reason; needs permission claim:decline",
        extensions=[Requires(Object.CLAIM, Action.DECLINE)],
    )
    async def claim_decline(self, info: Info, id: strawberry.ID, reason: str, expected_version: int) -> ClaimResult:
        """Decline."""
        key = row_id(id, "Claim", ("id",))
        done = await claim_moves.decline_claim(info.context.viewer, key, reason, expected_version)
        return await changed(info, "Claim", done)

    @strawberry.mutation(
        description="Hand a claim back with a reason; others may claim then; needs permission claim:release",
        extensions=[Requires(Object.CLAIM, Action.RELEASE)],
    )
    async def claim_release(self, info: Info, id: strawberry.ID, reason: str, expected_version: int) -> ClaimResult:
        """Hand back."""
        key = row_id(id, "Claim", ("id",))
        done = await claim_moves.release_claim(info.context.viewer, key, reason, expected_version)
        return await changed(info, "Claim", done)

    @strawberry.mutation(
        description="Say that a claim is done, with proof; needs permission claim:complete",
        extensions=[Requires(Object.CLAIM, Action.COMPLETE)],
    )
    async def claim_complete(
        self,
        info: Info,
        id: strawberry.ID,
        proof: str,
        expected_version: int,
        proof_links: list[str] | None = None,
        delivered: list[DeliveredInput] | None = None,
    ) -> ClaimResult:
        """Complete."""
        key = row_id(id, "Claim", ("id",))
        brought = [given(each, ("delivered", str(index))) for index, each in enumerate(delivered or [])]
        done = await claim_moves.complete_claim(
            info.context.viewer, key, proof, expected_version, links=proof_links or [], delivered=brought
        )
        return await changed(info, "Claim", done)

    @strawberry.mutation(
        description="互评: evaluate the other side of a completed claim, once; needs permission claim:evaluate",
        extensions=[Requires(Object.CLAIM, Action.EVALUATE)],
    )
    async def claim_evaluate(
        self,
        info: Info,
        id: strawberry.ID,
        side: ClaimSide,
        score: int,
        member_score: int | None = None,
        text: str | None = None,
    ) -> ClaimResult:
        """Evaluate."""
        key = row_id(id, "Claim", ("id",))
        done = await claim_evaluation.evaluate_claim(
            info.context.viewer, key, side, score, member_score=member_score, text=text
        )
        return await changed(info, "Claim", done)

    @strawberry.mutation(
        description="Join a claim to which one was asked, or leave it; needs permission claim:join",
        extensions=[Requires(Object.CLAIM, Action.JOIN)],
    )
    async def claim_join(self, info: Info, participant: strawberry.ID, joining: bool = True) -> ClaimResult:
        """Join or leave."""
        key = row_id(participant, "ClaimParticipant", ("participant",))
        status = ParticipantStatus.JOINED if joining else ParticipantStatus.LEFT
        return await changed(info, "Claim", await claim_joining.answer_invitation(info.context.viewer, key, status))

    @strawberry.mutation(
        description="Let the claimant know one's contact, or with null, which has to be written out, no longer; "
        "needs permission claim:confirm",
        extensions=[Requires(Object.CLAIM, Action.CONFIRM)],
    )
    async def claim_consent(
        self, info: Info, id: strawberry.ID, consent: Consent | None = strawberry.UNSET
    ) -> ClaimResult:
        """Consent."""
        key = row_id(id, "Claim", ("id",))
        if consent is strawberry.UNSET:
            # A program that forgets the argument must not take a consent back.
            raise InvalidInput("请写明是否同意;收回请写 null", "Say which consent; null takes it back", ("consent",))
        return await changed(info, "Claim", await claim_joining.consent_to_contact(info.context.viewer, key, consent))

    @strawberry.mutation(
        description="Show the asker's contact in clear while one's claim is under way and they consented; audited,"
        " 30 an hour; needs permission claim.contact:read",
        extensions=[Requires(Object.CLAIM_CONTACT, Action.READ), ReadAnew()],
    )
    async def claim_contact_reveal(self, info: Info, id: strawberry.ID, purpose: str) -> ContactRevealResult:
        """Reveal."""
        key = row_id(id, "Claim", ("id",))
        found = await claim_contact.reveal_asker(info.context.viewer, key, purpose)
        return ContactReveal(name=found.name, phone=found.phone, address=found.address)
