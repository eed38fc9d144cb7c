"""For whom a read is made: who they are and what casbin says they may."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from api.plan.confirming import Confirming
from api.plan.source import Column, Kind, Source
from api.runtime import Runtime
from auth.enforcement import Authoriser
from auth.permissions import Permission
from auth.predicates import Predicate, visible
from auth.principal import Principal
from auth.relations import RowScope, Visibility

SCOPE_PREFIX = "scope_"
SCOPE_KINDS = {"path": Kind.TEXT, "visibility": Kind.TEXT}


class Rights:
    """All of a principal that decides what a read gives, its language included; hashed once."""

    __slots__ = ("_hash", "_values")

    def __init__(self, who: Principal) -> None:
        """Take the rights of a principal."""
        self._values = (
            who.kind,
            who.person_id,
            who.organisation_ids,
            who.household_ids,
            who.community_paths,
            who.held,
            who.key_scopes,
            who.language,
        )
        self._hash = hash(self._values)

    def __hash__(self) -> int:
        """Return the hash."""
        return self._hash

    def __eq__(self, other: object) -> bool:
        """Tell whether the rights are the same."""
        return self is other or (isinstance(other, Rights) and self._values == other._values)


@dataclass(slots=True)
class _WorkedOut:
    """What follows from principal and policy alone, worked out when it is first asked for."""

    predicates: dict[Permission, Predicate] = field(default_factory=dict)
    rights: Rights | None = None


@dataclass(frozen=True, slots=True)
class Viewer:
    """A principal together with the policy that is in force for this request.

    With `confirming` the principal is one that is remembered; each read then asks whether it is still the same.
    """

    principal: Principal
    authoriser: Authoriser
    runtime: Runtime
    request_id: str | None = None
    confirming: Confirming | None = field(default=None, compare=False)
    # A question has many levels with the same row filter, and a remembered viewer has many questions.
    _known: _WorkedOut = field(default_factory=_WorkedOut, repr=False, compare=False)

    @property
    def rights(self) -> Rights:
        """Return all of the principal that decides what a read gives, its language included."""
        if self._known.rights is None:
            self._known.rights = Rights(self.principal)
        return self._known.rights

    def again(self, request_id: str | None, number: int) -> "Viewer":
        """Return the same viewer in another request, to be confirmed by the number of the table `authority`."""
        return Viewer(self.principal, self.authoriser, self.runtime, request_id, Confirming(number), self._known)

    def may(self, permission: Permission, scope: RowScope) -> bool:
        """Tell whether the viewer may do this to the row."""
        return self.authoriser.ask(self.principal, permission, scope)

    def predicate(self, permission: Permission) -> Predicate:
        """Return which rows the viewer may do this to, from the same rules."""
        found = self._known.predicates.get(permission)
        if found is None:
            found = visible(self.authoriser.policy, self.principal, permission)
            self._known.predicates[permission] = found
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
