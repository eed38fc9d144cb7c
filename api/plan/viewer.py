"""For whom a read is made: who they are and what casbin says they may."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from api.plan.source import Column, Kind, Source
from api.runtime import Runtime
from auth.enforcement import Authoriser
from auth.permissions import Permission
from auth.predicates import Predicate, visible
from auth.principal import Principal
from auth.relations import RowScope, Visibility

SCOPE_PREFIX = "scope_"
SCOPE_KINDS = {"path": Kind.TEXT, "visibility": Kind.TEXT}


@dataclass(frozen=True, slots=True)
class Viewer:
    """A principal together with the policy that is in force for this request."""

    principal: Principal
    authoriser: Authoriser
    runtime: Runtime
    request_id: str | None = None
    # A question has many levels with the same row filter, which is worked out once a request.
    _predicates: dict[Permission, Predicate] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def rights(self) -> tuple[Any, ...]:
        """Return all of the principal that decides what a read gives, its language included."""
        who = self.principal
        return (
            who.kind,
            who.person_id,
            who.organisation_ids,
            who.household_ids,
            who.community_paths,
            who.held,
            who.key_scopes,
            who.language,
        )

    def may(self, permission: Permission, scope: RowScope) -> bool:
        """Tell whether the viewer may do this to the row."""
        return self.authoriser.ask(self.principal, permission, scope)

    def predicate(self, permission: Permission) -> Predicate:
        """Return which rows the viewer may do this to, from the same rules."""
        found = self._predicates.get(permission)
        if found is None:
            found = visible(self.authoriser.policy, self.principal, permission)
            self._predicates[permission] = found
        return found


def scope_columns(source: Source) -> dict[str, Column]:
    """Return the columns a row's scope is made of, under names no field can have."""
    return {
        f"{SCOPE_PREFIX}{name}": Column(sql, SCOPE_KINDS.get(name, Kind.INTEGER))
        for name, sql in source.columns.items()
    }


def row_scope(values: Mapping[str, Any]) -> RowScope:
    """Return the scope of a row that was read with `scope_columns`."""
    visibility = values.get("scope_visibility")
    return RowScope(
        path=values.get("scope_path") or "",
        owner_person_id=values.get("scope_owner_person"),
        owner_household_id=values.get("scope_owner_household"),
        owner_organisation_id=values.get("scope_owner_organisation"),
        assigned_person_id=values.get("scope_assigned_person"),
        assigned_organisation_id=values.get("scope_assigned_organisation"),
        party_person_id=values.get("scope_party_person"),
        party_household_id=values.get("scope_party_household"),
        party_organisation_id=values.get("scope_party_organisation"),
        visibility=Visibility(visibility) if visibility else None,
    )
