"""Who confirms a registration: somebody of the community, and never whoever it is about or who entered it."""

from api.commands.permission import scope_of
from api.errors import Forbidden
from api.models import Registration
from api.plan.viewer import Viewer
from api.state_machines.registration import RegistrationStatus
from auth.permissions import Action, Object, Permission


def may_confirm(viewer: Viewer, row: Registration) -> bool:
    """Tell whether the viewer may confirm a registration, and what it proves, on the spot."""
    permission = Permission(Object.REGISTRATION, Action.CONFIRM)
    return viewer.may(permission, scope_of(row)) and not _own(viewer, row)


def refuse_own(viewer: Viewer, row: Registration) -> None:
    """Refuse to confirm one's own registration, that of a unit one acts for, or one that waits and one entered.

    Raises:
        Forbidden: somebody else of the community must.
    """
    me = viewer.principal.person_id
    entered = row.status is RegistrationStatus.PENDING and me is not None and row.entered_by_id == me
    if entered or _own(viewer, row):
        raise Forbidden(
            "自己的、自己单位的或自己填的报到,须由社区其他人核对",
            "Somebody else confirms a registration that is one's own, one's unit's or entered by oneself",
            ("id",),
        )


def _own(viewer: Viewer, row: Registration) -> bool:
    # With a person, the unit is only where they come from.
    if row.person_id is not None:
        return bool(row.person_id == viewer.principal.person_id)
    return row.organisation_id in viewer.principal.organisation_ids
