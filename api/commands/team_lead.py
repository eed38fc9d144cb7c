"""Who leads a team: the role that comes with being named, what a new lead takes over, what the former gives back."""

from api.commands.claim_type import claim_done, locked_item
from api.commands.editing import save
from api.commands.given_role import acts_for, end_role, give_role, holds_role
from api.commands.permission import require, scope_of
from api.commands.unit_of_work import UnitOfWork
from api.models import Claim, ClaimParticipant, Team
from api.state_machines.claim import OPEN
from api.state_machines.team import TeamStatus
from auth.permissions import Action, Object
from auth.roles import Role


async def lock_led(*leads: int) -> None:
    """Let teams with these leads change one after another, since their leads' roles may rest on each other."""
    await Team.filter(lead_person_id__in=leads).order_by("id").select_for_update(no_key=True).only("id")


async def appoint(work: UnitOfWork, team: Team, rule: str | None) -> None:
    """Make sure that the lead may lead the team; note on it the membership that was given for it, if one was needed.

    Raises:
        Forbidden: the lead has no role there, and the viewer may not give it.
    """
    team.membership_id = None
    if not await _may_lead(team):
        require(work.viewer, Object.TEAM, Action.CONFIRM, scope_of(team), visible=True)
        lead, place = team.lead_person_id, (team.place_id, team.path)
        team.membership_id = await give_role(work, Role.TEAM_LEAD, lead, place, rule, ("lead",))
    await Team.filter(id=team.id).update(membership_id=team.membership_id)


async def release(work: UnitOfWork, team: Team, lead: int, membership: int | None, rule: str | None) -> None:
    """Take back the role that was given for the team, unless another team of the lead rests on it.

    Then it is noted there, and goes with that one.
    """
    if membership is None:
        return
    for other in await Team.filter(lead_person_id=lead, status=TeamStatus.ACTIVE).exclude(id=team.id).order_by("id"):
        if await _may_lead(other) and not await _may_lead(other, besides=membership):
            await Team.filter(id=other.id).update(membership_id=membership)
            return
    await end_role(work, membership, rule)


async def _may_lead(team: Team, besides: int | None = None) -> bool:
    lead = team.lead_person_id
    if await holds_role(lead, Role.TEAM_LEAD, team.path, besides):
        return True
    return team.organisation_id is not None and await acts_for(lead, team.organisation_id)


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
