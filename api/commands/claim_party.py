"""Who claims: one person, organisation or team, and who may act for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from api import clock
from api.commands.item import OWNERS
from api.commands.rows import Rows
from api.errors import Forbidden, InvalidInput, NotFound
from api.models import Claim, ClaimParticipant, HistoryEntry, Membership, Team
from api.models.choices import ItemKind, OrganisationStatus, ParticipantStatus
from api.plan.viewer import Viewer
from api.state_machines.team import TeamStatus

# How the history tells who made a claim, be it for themselves or for somebody else.
CREATED = "claim.create"
KINDS = ("organisation", "person", "team")


@dataclass(frozen=True, slots=True)
class Claimant:
    """The side that commits itself, and who may act for it: a team's lead, an organisation's people."""

    kind: str
    id: int
    actor_person_id: int | None
    actor_organisation_id: int | None

    def columns(self) -> dict[str, Any]:
        """Return the columns by which a claim or a participation names its claimant."""
        return {f"{kind}_id": self.id if kind == self.kind else None for kind in KINDS}


async def claimant_of(viewer: Viewer, given: Mapping[str, int | None] | None, path: tuple[str, ...]) -> Claimant:
    """Return the claimant: as given, else the viewer's own person, else the one organisation of a key.

    Raises:
        InvalidInput: none or several are named, or what is named does not take part any more.
        NotFound: it does not exist or the viewer may not see it.
    """
    named = {kind: key for kind, key in (given or {}).items() if key is not None}
    if not named:
        named = _own(viewer)
    if len(named) != 1:
        raise InvalidInput("须指明由谁认领", "Name exactly one who claims", path)
    kind, key = next(iter(named.items()))
    here = (*path, kind)
    if kind == "team":
        return await _team(key, here)
    row = await Rows().visible(viewer, OWNERS[kind], key, here)
    if getattr(row, "status", None) is OrganisationStatus.SUSPENDED:
        raise InvalidInput("该单位已停用", "The organisation is suspended", here)
    return Claimant(kind, key, key if kind == "person" else None, key if kind == "organisation" else None)


def _own(viewer: Viewer) -> dict[str, int]:
    principal = viewer.principal
    if principal.person_id is not None:
        return {"person": principal.person_id}
    if len(principal.organisation_ids) == 1:
        return {"organisation": next(iter(principal.organisation_ids))}
    return {}


async def _team(key: int, path: tuple[str, ...]) -> Claimant:
    # Whether the viewer leads it is asked by the permission to claim, which looks at lead and organisation.
    team = await Team.get_or_none(id=key)
    if team is None:
        raise NotFound(path=path)
    if team.status is not TeamStatus.ACTIVE:
        raise InvalidInput("这支队伍已解散", "The team is disbanded", path)
    return Claimant("team", team.id, team.lead_person_id, team.organisation_id)


async def member_of(claimant: Claimant, person_id: int | None) -> int | None:
    """Return the person of the claiming organisation who does the work, checked; None when nobody is named.

    Raises:
        InvalidInput: the claimant is no organisation.
        NotFound: nobody of the organisation is that person.
    """
    if person_id is None:
        return None
    path = ("member",)
    if claimant.kind != "organisation":
        raise InvalidInput("只有单位认领时才填成员", "Only an organisation names a member", path)
    held = Membership.filter(person_id=person_id, organisation_id=claimant.id, valid_from__lte=clock.today())
    if not any(row.valid_to is None or row.valid_to >= clock.today() for row in await held):
        raise NotFound("单位里没有这位成员", "Nobody of the organisation is this person", path)
    return person_id


async def refuse_own_side(viewer: Viewer, claim: Claim) -> None:
    """Refuse to answer a claim for the committee to whoever made it, takes part in it or acts for a side that does.

    It is on the answer that a household's contact opens, so nobody says both words. A colleague answers, or, where
    the committee itself claims, the sub-district.

    Raises:
        Forbidden: the viewer stands on the claimant's side.
    """
    principal = viewer.principal
    people, organisations = {claim.actor_person_id, claim.member_person_id}, {claim.actor_organisation_id}
    joining = ClaimParticipant.filter(claim_id=claim.id).exclude(status=ParticipantStatus.LEFT)
    for row in await joining.values("actor_person_id", "organisation_id", "team__organisation_id"):
        people.add(row["actor_person_id"])
        organisations |= {row["organisation_id"], row["team__organisation_id"]}
    made = HistoryEntry.filter(item_kind=ItemKind.CLAIM, item_id=claim.id, action=CREATED, actor=principal.actor)
    mine = principal.person_id is not None and principal.person_id in people
    if mine or not organisations.isdisjoint(principal.organisation_ids) or await made.exists():
        raise Forbidden(
            "自己认领的事由别人来答复", "Somebody else answers what one claimed, or claims together with", ("id",)
        )
