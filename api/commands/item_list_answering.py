"""Which invitation of a collection round a list answers, and what follows from it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from api.commands.permission import require, scope_of
from api.errors import InvalidInput, InvalidTransition, NotFound
from api.models import CollectionInvitation, CollectionRound, Household
from api.models.choices import ListKind
from api.plan.viewer import Viewer
from api.state_machines.collection_round import CollectionRoundStatus
from auth.permissions import Action, Object

OWNER = {"organisation": "owner_organisation_id", "household": "owner_household_id"}


@dataclass(frozen=True, slots=True)
class Answered:
    """An invitation, or none; `defaults` are the values that a list takes from it when it gives none itself."""

    invitation_id: int | None = None
    owner: Mapping[str, int | None] = field(default_factory=dict)
    defaults: Mapping[str, Any] = field(default_factory=dict)

    def refuse_other_owner(self, columns: Mapping[str, Any]) -> None:
        """Raise InvalidInput when somebody else than the invited party owns the list."""
        if any(columns.get(column) != key for column, key in self.owner.items()):
            raise InvalidInput("清单须属于受邀的单位或户", "The list must be the invited party's", ("owner",))


async def asked_for(viewer: Viewer, kind: ListKind, identifier: int | None) -> Answered:
    """Return the invitation that a list of this kind answers, of a round that is open.

    Raises:
        NotFound: there is none, or the viewer may not see it.
        InvalidInput: the round does not collect this kind of list.
        InvalidTransition: the round is closed or called off.
    """
    if identifier is None:
        return Answered()
    path = ("invitation",)
    found = await CollectionInvitation.get_or_none(id=identifier)
    if found is None:
        raise NotFound(path=path)
    try:
        require(viewer, Object.COLLECTION_INVITATION, Action.READ, scope_of(found))
    except NotFound:
        raise NotFound(path=path) from None
    collection = await CollectionRound.get(id=found.round_id)
    if collection.status is not CollectionRoundStatus.OPEN:
        raise InvalidTransition(
            f"这次征集现在是 {collection.status},不再接受清单",
            f"The round is {collection.status} and takes no lists",
            path,
        )
    if kind not in collection.collects:
        raise InvalidInput("这次征集不收这类清单", "The round does not collect this kind of list", path)
    return Answered(
        found.id, {column: getattr(found, column) for column in OWNER.values()}, await _defaults(found, collection)
    )


async def _defaults(found: CollectionInvitation, collection: CollectionRound) -> dict[str, Any]:
    household = await Household.get_or_none(id=found.owner_household_id) if found.owner_household_id else None
    return {
        "place": household.place_id if household else collection.place_id,
        "owner": {name: getattr(found, column) for name, column in OWNER.items()},
        "period_from": collection.period_from,
        "period_to": collection.period_to,
    }
