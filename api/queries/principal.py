"""Who a key belongs to and which roles are in force today: two statements, in every request.

Nothing is remembered between requests, so a revoked key or role is gone at the next one.
"""

from collections.abc import Iterable
from typing import Any

import structlog

from api import clock, db
from api.models import BearerKey
from api.models.choices import OrganisationStatus
from api.plan.statement import Statement
from auth.authentication import KeyRecord, Loaders
from auth.permissions import Permission, parse_permission
from auth.principal import HeldRole, Principal, PrincipalKind
from auth.roles import Role

_log: Any = structlog.get_logger("api.queries")

# A row for each role in force, or one row without a role; `home` and `community` are the communities
# of the owner's place and of the role's place.
_ROLES = """
    LEFT JOIN "place" "here" ON "here"."id" = "t"."place_id"
    LEFT JOIN "place" "home" ON "home"."id" = "here"."community_id"
    LEFT JOIN "membership" "m" ON {link} AND "m"."valid_from" <= {today}
        AND ("m"."valid_to" IS NULL OR "m"."valid_to" >= {today})
    LEFT JOIN "organisation" "o" ON "o"."id" = "m"."organisation_id"
    LEFT JOIN "place" "seat" ON "seat"."id" = "m"."place_id"
    LEFT JOIN "place" "community" ON "community"."id" = "seat"."community_id"
"""
_COLUMNS = """"home"."path" AS "home", "community"."path" AS "community", "m"."id" AS "membership",
    "m"."role" AS "role", "m"."path" AS "scope", "o"."id" AS "organisation", "o"."status" AS "status" """
_PERSON = """"m"."person_id" = "t"."id" """
_ORGANISATION = """"m"."organisation_id" = "t"."id" AND "m"."person_id" IS NULL"""


async def find_key(key_id: str) -> KeyRecord | None:
    """Return what is stored of a key, valid or not."""
    row = await BearerKey.filter(key_id=key_id).using_db(db.reading()).first()
    if row is None:
        return None
    return KeyRecord(
        key_id=row.key_id,
        secret_hash=row.secret_hash,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        organisation_id=row.organisation_id,
        person_id=row.person_id,
        scopes=None if row.scopes is None else _scopes(row.scopes),
    )


async def load_person(person_id: int) -> Principal | None:
    """Return a person with the roles in force today; None when there is none or the login is disabled."""
    statement = Statement()
    today, wanted = statement.bind(clock.today()), statement.bind(person_id)
    rows = await statement.fetch(
        f'SELECT "t"."household_id", "t"."language", {_COLUMNS} FROM "person" "t"'
        + _ROLES.format(link=_PERSON, today=today)
        + f'WHERE "t"."id" = {wanted} AND NOT EXISTS (SELECT 1 FROM "account" "a"'
        ' WHERE "a"."person_id" = "t"."id" AND "a"."disabled_at" IS NOT NULL)'
    )
    if not rows:
        return None
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
        + _ROLES.format(link=_ORGANISATION, today=today)
        + f'WHERE "t"."id" = {wanted} AND "t"."status" = {active}'
    )
    if not rows:
        return None
    return Principal(
        kind=PrincipalKind.ORGANISATION_KEY,
        organisation_ids=frozenset({organisation_id}),
        community_paths=_communities(rows),
        held=_held(rows),
        key_scopes=scopes,
        actor=f"organisation:{organisation_id}",
    )


LOADERS = Loaders(find_key, load_person, load_organisation)


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
