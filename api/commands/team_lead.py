"""Who leads a team: the role that comes with being named, what a new lead takes over, what the former gives back."""

from api.commands.claim_type import claim_done, locked_item
from api.commands.editing import save
from api.commands.given_role import acts_for, end_role, give_role, holds_role, memberships_of
from api.commands.permission import require, scope_of
from api.commands.unit_of_work import UnitOfWork
from api.models import Claim, ClaimParticipant, Team
from api.state_machines.claim import OPEN
from api.state_machines.team import TeamStatus
from auth.permissions import Action, Object
from auth.roles import Role


async def appoint(work: UnitOfWork, team: Team, rule: str | None) -> int | None:
    """Make sure that the lead may lead the team; return the membership that was given for it, if one was needed.

    Raises:
        Forbidden: the lead has no role there, and the viewer may not give it.
    """
    lead = team.lead_person_id
    if await holds_role(lead, Role.TEAM_LEAD, team.path):
        return None
    if team.organisation_id is not None and await acts_for(lead, team.organisation_id):
        return None
    require(work.viewer, Object.TEAM, Action.CONFIRM, scope_of(team), visible=True)
    return await give_role(work, Role.TEAM_LEAD, lead, team.place_id, team.path, rule)


async def release(work: UnitOfWork, team: Team, lead: int, rule: str | None) -> None:
    """Take the role back from whoever leads no other team there."""
    others = Team.filter(lead_person_id=lead, place_id=team.place_id, status=TeamStatus.ACTIVE)
    if not await others.exclude(id=team.id).exists():
        for membership in await memberships_of(lead, Role.TEAM_LEAD, team.place_id):
            await end_role(work, membership, rule)


async def hand_over(work: UnitOfWork, team: Team, rule: str | None) -> None:
    """Let the new lead act for the team's open claims, without the contacts that were opened to the former one."""
    # Claims keep a copy of who acts for the claimant, since their row filter reads no other table.
    lead = {"actor_person_id": team.lead_person_id}
    for claim in await Claim.filter(team_id=team.id, status__in=OPEN).order_by("need_id", "project_id", "id"):
        await locked_item(claim)
        await claim.refresh_from_db()
        if claim.status not in OPEN:
            continue
        # A new version: nobody accepts, or consents to, the claim of another lead than they have read of.
        changed = await save(claim, {**lead, "contact_consent": None, "contact_consent_at": None})
        changed.pop("actorPersonId", None)  # The history is read by more people than may know who leads the team.
        work.record(claim_done("handOver", claim, changed, rule))
    await ClaimParticipant.filter(team_id=team.id, claim__status__in=OPEN).update(**lead)
