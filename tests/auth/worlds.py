"""Random callers and rows of a small made-up city, for tests that compare many decisions."""

from __future__ import annotations

import random
from dataclasses import dataclass

from auth.permissions import Permission
from auth.principal import HeldRole, Principal, PrincipalKind
from auth.relations import RowScope, Visibility
from auth.roles import Role

COMMUNITIES = tuple(
    f"CN/{district}/{district}{street:02d}/{district}{street:02d}{number:02d}/"
    for district in (11, 110)
    for street in range(3)
    for number in range(4)
)
# Codes begin alike, also with a character below the slash, so that a prefix without its slash
# would be found out.
ESTATES = tuple(f"{path}{estate}/" for path in COMMUNITIES for estate in ("E1", "E10", "E1-A"))
SCOPES = ("", "CN/", "CN/11/", "CN/110/", "CN/11/1100/", *COMMUNITIES, *ESTATES)
PEOPLE, HOUSEHOLDS, ORGANISATIONS = range(1, 13), range(1, 7), range(1, 7)


@dataclass(frozen=True, slots=True)
class World:
    """Draw callers and rows from one seed."""

    chance: random.Random

    def row(self) -> RowScope:
        """Return a row; every fact of it may be missing."""
        chance = self.chance
        return RowScope(
            path=chance.choice(("", *COMMUNITIES, *ESTATES, *ESTATES)),
            owner_person_id=self._perhaps(PEOPLE),
            owner_household_id=self._perhaps(HOUSEHOLDS),
            owner_organisation_id=self._perhaps(ORGANISATIONS),
            assigned_person_id=self._perhaps(PEOPLE),
            assigned_organisation_id=self._perhaps(ORGANISATIONS),
            party_person_id=self._perhaps(PEOPLE),
            party_household_id=self._perhaps(HOUSEHOLDS),
            party_organisation_id=self._perhaps(ORGANISATIONS),
            visibility=chance.choice((None, *Visibility)),
        )

    def principal(self, roles: tuple[Role, ...], permissions: tuple[Permission, ...]) -> Principal:
        """Return a person, an organisation's key or nobody known."""
        chance = self.chance
        kind = chance.choices(tuple(PrincipalKind), (1, 7, 2))[0]
        if kind is PrincipalKind.ANONYMOUS:
            return Principal(kind)
        organisations = frozenset(chance.sample(ORGANISATIONS, chance.randrange(3)))
        is_key = kind is PrincipalKind.ORGANISATION_KEY
        scopes = frozenset(chance.sample(permissions, 2 * len(permissions) // 3))
        return Principal(
            kind,
            person_id=None if is_key else chance.choice(PEOPLE),
            organisation_ids=organisations,
            household_ids=frozenset(chance.sample(HOUSEHOLDS, 0 if is_key else chance.randrange(3))),
            community_paths=tuple(chance.sample(COMMUNITIES, chance.randrange(3))),
            held=tuple(
                HeldRole(
                    chance.choice(roles),
                    chance.choice(SCOPES),
                    chance.choice((None, *sorted(organisations))),
                )
                for _ in range(chance.randrange(4))
            ),
            key_scopes=scopes if is_key else None,
        )

    def _perhaps(self, ids: range) -> int | None:
        return self.chance.choice(ids) if self.chance.random() < 0.6 else None
