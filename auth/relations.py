"""How a viewer can be related to a row, and the facts of a row that decide it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from auth.principal import Principal


class Relation(StrEnum):
    """Name the relation a rule asks for; ``any`` holds for every row."""

    ANY = "any"
    SELF = "self"
    ORG = "org"
    ASSIGNED = "assigned"
    PARTY = "party"
    MEMBER = "member"
    PUBLIC = "public"


class Visibility(StrEnum):
    """Name who may find a row: everybody, the community's members, or its administrators."""

    PUBLIC = "PUBLIC"
    MEMBERS = "MEMBERS"
    ADMINISTRATORS = "ADMINISTRATORS"


@dataclass(frozen=True, slots=True)
class RowScope:
    """The facts of one row that permissions look at; a fact the row lacks is None.

    ``path`` is the place's path with its trailing slash, "" for a row that belongs to no place.
    The party is the other side of a row between two: who asked for what is claimed, who signs beside the owner.
    """

    path: str = ""
    owner_person_id: int | None = None
    owner_household_id: int | None = None
    owner_organisation_id: int | None = None
    assigned_person_id: int | None = None
    assigned_organisation_id: int | None = None
    party_person_id: int | None = None
    party_household_id: int | None = None
    party_organisation_id: int | None = None
    visibility: Visibility | None = None


# Plain integers: combining members of an enum.IntFlag costs more than the whole decision.
BITS: Mapping[Relation, int] = MappingProxyType(
    {
        Relation.SELF: 1,
        Relation.ORG: 2,
        Relation.ASSIGNED: 4,
        Relation.MEMBER: 8,
        Relation.PUBLIC: 16,
        Relation.PARTY: 32,
    }
)
_SELF, _ORG, _ASSIGNED, _MEMBER, _PUBLIC, _PARTY = BITS.values()
_OPEN_TO_ALL, _ADMINISTRATORS = Visibility.PUBLIC.value, Visibility.ADMINISTRATORS.value


def personal_relations(principal: Principal, row: RowScope) -> int:
    """Return the bits that hold between a caller and a row, whatever role is being judged."""
    bits = 0
    me = principal.person_id
    if me is not None:
        if row.owner_person_id == me:
            bits |= _SELF
        if row.assigned_person_id == me:
            bits |= _ASSIGNED
        if row.party_person_id == me:
            bits |= _PARTY
    # No caller has the household None.
    if row.owner_household_id in principal.household_ids:
        bits |= _SELF
    if row.party_household_id in principal.household_ids:
        bits |= _PARTY
    visibility = row.visibility
    if visibility is None or visibility == _ADMINISTRATORS:
        return bits
    if visibility == _OPEN_TO_ALL:
        bits |= _PUBLIC
    # An empty tuple of prefixes starts no path.
    if row.path.startswith(principal.community_paths):
        bits |= _MEMBER
    return bits


def organisation_relations(organisation_ids: frozenset[int], row: RowScope) -> int:
    """Return the bits that hold through the organisations for which the judged roles are held.

    A clerk of one firm who also speaks for a shop is no clerk of the shop.
    """
    bits = 0
    if row.owner_organisation_id in organisation_ids:
        bits |= _ORG
    if row.assigned_organisation_id in organisation_ids:
        bits |= _ASSIGNED
    if row.party_organisation_id in organisation_ids:
        bits |= _PARTY
    return bits


def names_of(bits: int) -> tuple[str, ...]:
    """Return the names of the relations in these bits, as plain strings for the engine."""
    return tuple(relation.value for relation, bit in BITS.items() if bits & bit)
