"""For whom a read is made: who they are and what casbin says they may."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from api.plan.source import Column, Kind, Source
from api.runtime import Runtime
from auth.enforcement import Authoriser
from auth.permissions import Permission
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

    def may(self, permission: Permission, scope: RowScope) -> bool:
        """Tell whether the viewer may do this to the row."""
        return self.authoriser.ask(self.principal, permission, scope)


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
        visibility=Visibility(visibility) if visibility else None,
    )
