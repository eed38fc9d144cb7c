"""Who a key belongs to and which roles are in force today: one statement.

What is found may be remembered under the number of the table `authority`, which ends with any change of a row that is
read here (api/authority.py); so a revoked key or role is gone at the next request.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import orjson
import structlog

from api import clock
from api.models.choices import OrganisationStatus
from api.plan.decoding import instant
from api.plan.statement import Statement
from auth.authentication import KeyRecord, Loaders
from auth.permissions import Permission, parse_permission
from auth.principal import HeldRole, Principal, PrincipalKind
from auth.roles import Role

_log: Any = structlog.get_logger("api.queries")

# A row for each role in force, or one row without a role; `home` and `community` are the communities
# of the owner's place and of the role's place.
_ROLES = """
    LEFT JOIN "place" "here" ON "here"."id" = {at}
    LEFT JOIN "place" "home" ON "home"."id" = "here"."community_id"
    LEFT JOIN "membership" "m" ON {link} AND "m"."valid_from" <= {today}
        AND ("m"."valid_to" IS NULL OR "m"."valid_to" >= {today})
    LEFT JOIN "organisation" "o" ON "o"."id" = "m"."organisation_id"
    LEFT JOIN "place" "seat" ON "seat"."id" = "m"."place_id"
    LEFT JOIN "place" "community" ON "community"."id" = "seat"."community_id"
"""
_COLUMNS = """"home"."path" AS "home", "community"."path" AS "community", "m"."id" AS "membership",
    "m"."role" AS "role", "m"."path" AS "scope", "o"."id" AS "organisation", "o"."status" AS "status" """
_PLACE = '"t"."place_id"'
_PERSON = """"m"."person_id" = "t"."id" """
_ENABLED = """NOT EXISTS (SELECT 1 FROM "account" "a"
    WHERE "a"."person_id" = "t"."id" AND "a"."disabled_at" IS NOT NULL)"""
_ORGANISATION = """"m"."organisation_id" = "t"."id" AND "m"."person_id" IS NULL"""

# A key belongs to a person or to an organisation; whoever is not there, disabled or suspended leaves its columns null.
_PRESENTED = f"""SELECT "k"."secret_hash", "k"."expires_at", "k"."revoked_at", "k"."scopes",
    "k"."organisation_id" AS "key_organisation_id", "k"."person_id" AS "key_person_id",
    (SELECT MAX("number") FROM "policy_version") AS "policy_number",
    (SELECT "number" FROM "authority" WHERE "id" = 1) AS "authority",
    "t"."id" AS "person", "unit"."id" AS "unit", "t"."household_id", "t"."language", {_COLUMNS}
    FROM "bearer_key" "k"
    LEFT JOIN "person" "t" ON "t"."id" = "k"."person_id" AND {_ENABLED}
    LEFT JOIN "organisation" "unit" ON "unit"."id" = "k"."organisation_id" AND "unit"."status" = """
_NOBODY = """SELECT (SELECT MAX("number") FROM "policy_version") AS "policy_number",
    (SELECT "number" FROM "authority" WHERE "id" = 1) AS "authority" """
_PRESENTED_PLACE = 'COALESCE("t"."place_id", "unit"."place_id")'
_PRESENTED_LINK = f"""({_PERSON} OR ("m"."organisation_id" = "unit"."id" AND "m"."person_id" IS NULL))"""


class Presented:
    """What one request presents: the key, its owner with the roles in force, and the policy's number, in one statement.

    A loader of `authenticate`; made anew for each request.
    """

    def __init__(self) -> None:
        """Know nothing yet."""
        self.policy_number: int | None = None
        self.authority: int | None = None
        self.expires_at: datetime | None = None
        self._rows: list[dict[str, Any]] = []

    def loaders(self) -> Loaders:
        """Return the functions that read from what was presented."""
        return Loaders(self.find_key, self._person, self._organisation)

    async def find_key(self, key_id: str) -> KeyRecord | None:
        """Return what is stored of a key, valid or not."""
        statement = Statement()
        today, wanted = statement.bind(clock.today()), statement.bind(key_id)
        active = statement.bind(OrganisationStatus.ACTIVE.value)
        roles = _ROLES.format(at=_PRESENTED_PLACE, link=_PRESENTED_LINK, today=today)
        self._rows = await statement.fetch(f'{_PRESENTED}{active}{roles} WHERE "k"."key_id" = {wanted}')
        if not self._rows:
            return None
        row = self._rows[0]
        self.policy_number, self.authority = row["policy_number"] or 0, row["authority"]
        self.expires_at = instant(row["expires_at"])
        scopes = row["scopes"]
        return KeyRecord(
            key_id=key_id,
            secret_hash=row["secret_hash"],
            expires_at=self.expires_at,
            revoked_at=None if row["revoked_at"] is None else instant(row["revoked_at"]),
            organisation_id=row["key_organisation_id"],
            person_id=row["key_person_id"],
            scopes=None if scopes is None else _scopes(orjson.loads(scopes) if isinstance(scopes, str) else scopes),
        )

    async def find_nobody(self) -> None:
        """Read the numbers for a request that presents nothing."""
        (row,) = await Statement().fetch(_NOBODY)
        self.policy_number, self.authority = row["policy_number"] or 0, row["authority"]

    async def _person(self, person_id: int) -> Principal | None:
        return None if self._rows[0]["person"] is None else _person_of(person_id, self._rows)

    async def _organisation(self, organisation_id: int, scopes: frozenset[Permission]) -> Principal | None:
        return None if self._rows[0]["unit"] is None else _organisation_of(organisation_id, scopes, self._rows)


async def load_person(person_id: int) -> Principal | None:
    """Return a person with the roles in force today; None when there is none or the login is disabled."""
    statement = Statement()
    today, wanted = statement.bind(clock.today()), statement.bind(person_id)
    rows = await statement.fetch(
        f'SELECT "t"."household_id", "t"."language", {_COLUMNS} FROM "person" "t"'
        + _ROLES.format(at=_PLACE, link=_PERSON, today=today)
        + f'WHERE "t"."id" = {wanted} AND {_ENABLED}'
    )
    return _person_of(person_id, rows) if rows else None


def _person_of(person_id: int, rows: list[dict[str, Any]]) -> Principal:
    held = _held(rows)
    household = rows[0]["household_id"]
    return Principal(
        kind=PrincipalKind.PERSON,
        person_id=person_id,
        organisation_ids=frozenset(each.organisation_id for each in held if each.organisation_id),
        household_ids=frozenset() if household is None else frozenset({household}),
        community_paths=_communities(rows),
        held=held,
        language="en" if rows[0]["language"] == "en" else "zh",
        actor=f"person:{person_id}",
    )


async def load_organisation(organisation_id: int, scopes: frozenset[Permission]) -> Principal | None:
    """Return an organisation with the roles it holds itself; None when it is gone or suspended."""
    statement = Statement()
    today, wanted = statement.bind(clock.today()), statement.bind(organisation_id)
    active = statement.bind(OrganisationStatus.ACTIVE.value)
    rows = await statement.fetch(
        f'SELECT {_COLUMNS} FROM "organisation" "t"'
        + _ROLES.format(at=_PLACE, link=_ORGANISATION, today=today)
        + f'WHERE "t"."id" = {wanted} AND "t"."status" = {active}'
    )
    return _organisation_of(organisation_id, scopes, rows) if rows else None


def _organisation_of(organisation_id: int, scopes: frozenset[Permission], rows: list[dict[str, Any]]) -> Principal:
    return Principal(
        kind=PrincipalKind.ORGANISATION_KEY,
        organisation_ids=frozenset({organisation_id}),
        community_paths=_communities(rows),
        held=_held(rows),
        key_scopes=scopes,
        actor=f"organisation:{organisation_id}",
    )


def _held(rows: Iterable[dict[str, Any]]) -> tuple[HeldRole, ...]:
    held = []
    for row in rows:
        if row["role"] is None or row["status"] == OrganisationStatus.SUSPENDED:
            continue
        try:
            role = Role(row["role"])
            if role is Role.ANONYMOUS:
                raise ValueError("everybody holds it without a membership")
            held.append(HeldRole(role, row["scope"], row["organisation"]))
        except ValueError:
            # One unusable row must not lock its person out, and must grant nothing.
            _log.warning("membership ignored", membership=row["membership"], role=row["role"][:40])
    return tuple(held)


def _communities(rows: list[dict[str, Any]]) -> tuple[str, ...]:
    paths = [rows[0]["home"]]
    paths += [row["community"] for row in rows if row["status"] != OrganisationStatus.SUSPENDED]
    return tuple(dict.fromkeys(path for path in paths if path))


def _scopes(stored: list[str]) -> frozenset[Permission]:
    scopes = set()
    for text in stored:
        try:
            scopes.add(parse_permission(text))
        except ValueError:
            _log.warning("scope ignored", scope=text[:80])
    return frozenset(scopes)
