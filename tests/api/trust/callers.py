"""Callers whose memberships and sessions are rows, so that the whole server judges them: each role everywhere."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from api.identifiers import new_id
from api.models import BearerKey, Membership, Person
from api.queries.principal import load_organisation, load_person
from auth.keys import PARTNER_SCOPES, KeyKind, new_key
from auth.permissions import Action, Object, Permission
from auth.principal import ANONYMOUS, Principal
from auth.roles import Role
from tests.api.callers import STORED, single
from tests.api.world import COMMUNITIES, NOW, World, at_now

# A program that may ask for whatever personal there is, as far as its organisation's roles go.
SCOPES = (
    PARTNER_SCOPES
    | {
        Permission(each, Action.READ)
        for each in (Object.PERSON, Object.HOUSEHOLD, Object.PERSON_CONTACT, Object.ORGANISATION_CONTACT)
    }
    | {Permission(Object.NEED_ON_BEHALF, Action.READ), Permission(Object.WEBHOOK, Action.READ)}
)


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody with a session or key; `areas` are the paths below which their rights and their home lie."""

    name: str
    role: str
    principal: Principal
    headers: dict[str, str] = field(repr=False)
    areas: tuple[str, ...] = ()

    @property
    def home(self) -> frozenset[str]:
        """Return the communities in which the caller may be somebody."""
        return frozenset(
            code
            for code, street in COMMUNITIES.items()
            for area in self.areas
            if _touches(area, f"CN/11/D1/{street}/{code}/")
        )


def _touches(area: str, path: str) -> bool:
    return area.startswith(path) or path.startswith(area)


async def stored_callers(world: World) -> list[Caller]:
    """Write a person for each role in each community, and a key of an organisation in each; nobody known first."""
    found = [Caller("anonymous", Role.ANONYMOUS, ANONYMOUS, {})]
    for code in COMMUNITIES:
        found += [await _person(world, role, code) for role in STORED]
        found.append(await _program(world, code))
    return found


async def _person(world: World, role: Role, code: str) -> Caller:
    like = single(world, role, code)
    (held,) = like.held
    neighbour = next(each for each in world.people if each.id == like.person_id)
    person = Person(
        id=new_id(), place_id=neighbour.place_id, path=neighbour.path, household_id=neighbour.household_id, **at_now()
    )
    await person.save(force_create=True)
    world.people.append(person)
    await _grant(world, held.role, held.scope, person_id=person.id, organisation_id=held.organisation_id)
    principal = await load_person(person.id)
    assert principal is not None
    assert principal.held
    headers = await _key(KeyKind.PERSON, person_id=person.id)
    return Caller(f"{role} of {code}", role, principal, headers, (held.scope, *principal.community_paths))


async def _program(world: World, code: str) -> Caller:
    path = world.places[code].path
    unit = next(each for each in world.organisations if each.path == path and each.family == "UNITS")
    await _grant(world, Role.UNIT_REPRESENTATIVE, path, organisation_id=unit.id)
    principal = await load_organisation(unit.id, SCOPES)
    assert principal is not None
    headers = await _key(KeyKind.ORGANISATION, organisation_id=unit.id, scopes=sorted(map(str, SCOPES)))
    return Caller(f"program of {code}", "program", principal, headers, (path, *principal.community_paths))


async def _grant(world: World, role: Role, scope: str, **who: Any) -> None:
    place = world.place_of(scope)
    await Membership.create(
        id=new_id(), family="UNITS", role=role, place_id=place.id, path=scope, valid_from=NOW.date(), **who, **at_now()
    )


async def _key(kind: KeyKind, **owner: Any) -> dict[str, str]:
    key = new_key(kind)
    await BearerKey.create(
        id=new_id(), key_id=key.key_id, secret_hash=key.secret_hash, label="trust", created_at=NOW,
        expires_at=NOW + timedelta(days=1), **owner,
    )  # fmt: skip
    return {"Authorization": f"Bearer {key.token}"}
