"""What every command of claims needs: loading and locking one, its scope for permissions, its record."""

from dataclasses import replace
from typing import Any

from api.commands.permission import require, scope_of
from api.commands.unit_of_work import Done
from api.errors import InvalidTransition, NotFound
from api.models import Claim, ClaimParticipant, Need, Project
from api.models.choices import ItemKind, ParticipantStatus
from api.plan.viewer import Viewer
from api.state_machines.claim import OPEN
from auth.permissions import Action, Object
from auth.relations import RowScope, Visibility

ITEMS: dict[str, type[Any]] = {"need_id": Need, "project_id": Project}


def claim_done(verb: str, claim: Claim, change: dict[str, Any], rule: str | None) -> Done:
    """Return the record of something done to a claim, e.g. "claim.accept"."""
    history = (ItemKind.CLAIM, claim.version)
    return Done(f"claim.{verb}", "Claim", claim.id, claim.path, change, rule, history)


def column_of(claim: Claim) -> str:
    """Return the column that names what is claimed, "need_id" or "project_id"."""
    return "need_id" if claim.need_id is not None else "project_id"


async def locked_item(claim: Claim) -> Any:
    """Return the claimed need or project, locked: claims of one item change one after another."""
    column = column_of(claim)
    return await ITEMS[column].filter(id=getattr(claim, column)).select_for_update(no_key=True).get()


def claim_scope(claim: Claim, item: Any) -> RowScope:
    """Return what permissions look at; a claim is as visible as what is claimed."""
    scope = scope_of(claim)
    return RowScope(
        path=scope.path,
        owner_person_id=scope.owner_person_id,
        owner_organisation_id=scope.owner_organisation_id,
        party_person_id=scope.party_person_id,
        party_household_id=scope.party_household_id,
        party_organisation_id=scope.party_organisation_id,
        visibility=Visibility(item.visibility),
    )


def participant_scope(row: ClaimParticipant, claim: Claim, item: Any) -> RowScope:
    """Return what permissions to read a participant look at, as `api.plan.sources.claim` has it."""
    joined = row.status is ParticipantStatus.JOINED
    return replace(
        claim_scope(claim, item), assigned_person_id=row.actor_person_id, assigned_organisation_id=row.organisation_id,
        visibility=Visibility(item.visibility) if joined else Visibility.ADMINISTRATORS,
    )  # fmt: skip


def refuse_closed(claim: Any, path: tuple[str, ...]) -> None:
    """Raise InvalidTransition for a claim that is over."""
    if claim.status not in OPEN:
        raise InvalidTransition("认领已经结束", "The claim is over", path, allowed=tuple(sorted(OPEN)))


async def load_claim(viewer: Viewer, identifier: int, action: Action) -> tuple[Any, Any, str | None]:
    """Return a claim, what is claimed, both as of after locking the latter, and the rule that allows the action.

    Raises:
        NotFound: it does not exist or the viewer may not see it.
        Forbidden, Unauthenticated: it is visible and the action is not allowed.
    """
    claim = await Claim.get_or_none(id=identifier)
    if claim is None:
        raise NotFound(path=("id",))
    item = await locked_item(claim)
    rule = require(viewer, Object.CLAIM, action, claim_scope(claim, item))
    await claim.refresh_from_db()
    return claim, item, rule
