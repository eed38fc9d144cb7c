"""Principals that commands build themselves: an organisation's standing, and the system's own."""

from collections.abc import Iterable

from tortoise.expressions import Q

from api import clock
from api.models import Membership, Organisation
from api.plan.viewer import Viewer
from api.runtime import Runtime
from auth.permissions import Permission
from auth.principal import HeldRole, Principal, PrincipalKind
from auth.roles import Role

SYSTEM_ROLES = (Role.SYSTEM_ADMINISTRATOR, Role.COMMITTEE_ADMINISTRATOR)


def system_viewer(runtime: Runtime, name: str, organisations: Iterable[int] = (), language: str = "zh") -> Viewer:
    """Return the viewer as whom the command line and the seeds act; never a request's.

    It holds the system's and a committee's administration everywhere, and represents the given
    organisations, whose service items nobody else may enter. `name` stands in the audit log.
    """
    represented = tuple(organisations)
    own = (HeldRole(Role.UNIT_REPRESENTATIVE, "", key) for key in represented)
    principal = Principal(
        kind=PrincipalKind.PERSON,
        organisation_ids=frozenset(represented),
        held=(*(HeldRole(role, "") for role in SYSTEM_ROLES), *own),
        language=language,
        actor=f"system:{name}",
    )
    return Viewer(principal, runtime.policy.current, runtime)


async def organisation_principal(organisation: Organisation, scopes: frozenset[Permission]) -> Principal:
    """Return what a key of the organisation stands for: its own memberships that are in force."""
    today = clock.today()
    rows = await Membership.filter(
        Q(valid_to=None) | Q(valid_to__gte=today),
        organisation_id=organisation.id,
        person_id=None,
        valid_from__lte=today,
    )
    return Principal(
        kind=PrincipalKind.ORGANISATION_KEY,
        organisation_ids=frozenset({organisation.id}),
        held=tuple(HeldRole(Role(row.role), row.path, organisation.id) for row in rows),
        key_scopes=scopes,
        actor=f"organisation:{organisation.id}",
    )
