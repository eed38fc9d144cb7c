"""Who is asking: a person, an organisation's key, or nobody known."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from auth.permissions import Permission
from auth.roles import ROLE_BITS, Role, with_included


class PrincipalKind(StrEnum):
    """Name the kind of caller."""

    ANONYMOUS = "ANONYMOUS"
    PERSON = "PERSON"
    ORGANISATION_KEY = "ORGANISATION_KEY"


@dataclass(frozen=True, slots=True)
class HeldRole:
    """A role that is in force below one place.

    ``scope`` is a place path such as "11/110108/" ("" is everywhere). When the role is held for
    an organisation, the relations ``org``, ``assigned`` and ``party`` of its rules look at that one alone.

    Raises:
        ValueError: the scope has no trailing slash, so it would also cover "1101080/".
    """

    role: Role
    scope: str
    organisation_id: int | None = None

    def __post_init__(self) -> None:
        """Refuse a scope that would reach beyond its place."""
        _require_path(self.scope)


@dataclass(frozen=True, slots=True)
class Standing:
    """The roles held for one organisation (or for none), to be judged together.

    ``organisation_ids`` are those that the relations ``org``, ``assigned`` and ``party`` look at;
    ``held`` has for each scope the roles held there, as bits of `auth.roles.ROLE_BITS`.
    """

    organisation_ids: frozenset[int]
    held: tuple[tuple[str, int], ...]


# No slots here: the standings are worked out once a request and kept.
@dataclass(frozen=True)
class Principal:
    """A caller with everything that decides what they may do, read afresh in each request.

    ``community_paths`` are the communities the caller belongs to; ``key_scopes`` is None for a
    person, and for a key all that it may do (a key never does more, whatever its roles grant).
    ``actor`` is the label for the audit log, ``session`` the key or session that was used.
    """

    kind: PrincipalKind
    person_id: int | None = None
    organisation_ids: frozenset[int] = frozenset()
    household_ids: frozenset[int] = frozenset()
    community_paths: tuple[str, ...] = ()
    held: tuple[HeldRole, ...] = ()
    key_scopes: frozenset[Permission] | None = None
    language: str = "zh"
    actor: str = "anonymous"
    session: str | None = None

    def __post_init__(self) -> None:
        """Refuse paths without a slash, and a key without a list of what it may do."""
        for path in self.community_paths:
            _require_path(path)
            if not path:
                raise ValueError("a community path must not be empty")
        if self.kind is PrincipalKind.ORGANISATION_KEY and self.key_scopes is None:
            raise ValueError("an organisation's key needs its scopes")
        for held in self.held:
            if held.organisation_id is not None and (held.organisation_id not in self.organisation_ids):
                raise ValueError(f"{held.role} is held for an organisation the caller is not of")

    @cached_property
    def standings(self) -> tuple[Standing, ...]:
        """Group the held roles by organisation; everybody stands as ANONYMOUS everywhere."""
        groups: dict[int | None, dict[str, int]] = {None: {"": ROLE_BITS[Role.ANONYMOUS]}}
        for held in self.held:
            scopes = groups.setdefault(held.organisation_id, {})
            for role in with_included(held.role):
                scopes[held.scope] = scopes.get(held.scope, 0) | ROLE_BITS[role]
        return tuple(
            Standing(self.organisation_ids if key is None else frozenset({key}), tuple(scopes.items()))
            for key, scopes in groups.items()
        )


def _require_path(path: str) -> None:
    if path and not path.endswith("/"):
        raise ValueError(f"a place path ends with a slash: {path!r}")


ANONYMOUS = Principal(kind=PrincipalKind.ANONYMOUS)
