"""Two questions every command asks: may this viewer see the row, and may they do this to it?"""

from collections.abc import Mapping
from typing import Any

from api.errors import Forbidden, NotFound, Unauthenticated
from api.models import (
    Agreement,
    Claim,
    Household,
    ItemList,
    Membership,
    Organisation,
    Pairing,
    Person,
    Registration,
    ServiceItem,
    ServicePoint,
    Team,
)
from api.plan.viewer import Viewer
from auth.permissions import Action, Object, Permission
from auth.principal import PrincipalKind
from auth.relations import RowScope, Visibility

FACTS = (
    "owner_person_id",
    "owner_household_id",
    "owner_organisation_id",
    "assigned_person_id",
    "assigned_organisation_id",
    "party_person_id",
    "party_household_id",
    "party_organisation_id",
)
# Where a model has no such column but is, or belongs to, the owner itself; as in api.plan.sources.
STANDS_FOR: Mapping[type[Any], Mapping[str, str]] = {
    Organisation: {"owner_organisation_id": "id"},
    Person: {"owner_person_id": "id"},
    Household: {"owner_household_id": "id"},
    Membership: {"owner_person_id": "person_id", "owner_organisation_id": "organisation_id"},
    ServiceItem: {"owner_organisation_id": "organisation_id"},
    Agreement: {"owner_organisation_id": "committee_id", "party_organisation_id": "unit_id"},
    ServicePoint: {"owner_organisation_id": "organisation_id"},
    Team: {"owner_person_id": "lead_person_id", "owner_organisation_id": "organisation_id"},
    Registration: {"owner_person_id": "person_id", "owner_organisation_id": "organisation_id"},
    Pairing: {
        "owner_person_id": "person_id",
        "owner_organisation_id": "organisation_id",
        "party_household_id": "household_id",
    },
    Claim: {
        "owner_person_id": "actor_person_id",
        "owner_organisation_id": "actor_organisation_id",
        "party_person_id": "asker_person_id",
        "party_household_id": "asker_household_id",
        "party_organisation_id": "asker_organisation_id",
    },
    ItemList: {"assigned_person_id": "entered_by_id"},
}
# Without this date a row is for those in charge and its parties alone, whatever its visibility says; as `VISIBILITY`
# in api.plan.sources has it: a list before it is published, a registration before the community has confirmed it.
OPEN_SINCE: Mapping[type[Any], str] = {ItemList: "published_on", Registration: "confirmed_on"}


def scope_of(row: Any) -> RowScope:
    """Return what permissions look at, from a model instance; a fact it lacks is None."""
    visibility = getattr(row, "visibility", None)
    since = OPEN_SINCE.get(type(row))
    if since is not None and getattr(row, since) is None:
        visibility = Visibility.ADMINISTRATORS
    columns = STANDS_FOR.get(type(row), {})
    return RowScope(
        path=row.path,
        visibility=Visibility(visibility) if visibility else None,
        **{fact: getattr(row, columns.get(fact, fact), None) for fact in FACTS},
    )


def require(viewer: Viewer, object_: Object, action: Action, scope: RowScope, *, visible: bool = False) -> str | None:
    """Return the id of the policy rule that allows the action on this row.

    Raises:
        NotFound: the viewer may not even see the row (not asked when `visible` is known).
        Unauthenticated: nobody is signed in and the action is not public.
        Forbidden: the row is visible and the action is not allowed; with the reason.
    """
    permission = Permission(object_, action)
    why = viewer.authoriser.explain(viewer.principal, permission, scope)
    if why.allowed:
        return why.rule_id
    if not visible and not viewer.may(Permission(object_, Action.READ), scope):
        raise NotFound(path=("id",))
    if viewer.principal.kind is PrincipalKind.ANONYMOUS:
        raise Unauthenticated("请先登录或出示密钥", "Sign in or present a key first")
    raise Forbidden(why.zh, why.en, rule_id=why.rule_id)
