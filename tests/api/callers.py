"""Callers of the made-up city: one for each role in the right and in the wrong community, and mixtures."""

import dataclasses
import random

from auth.principal import ANONYMOUS, HeldRole, Principal, PrincipalKind
from auth.roles import Role
from tests.api.world import World

STORED = tuple(role for role in Role if role is not Role.ANONYMOUS)
OF_AN_ORGANISATION = {Role.PROPERTY_CLERK, Role.PROPERTY_MANAGER, Role.UNIT_REPRESENTATIVE, Role.EXPERT}
NARROW = {Role.GRID_WORKER, Role.GRID_HEAD, Role.BUILDING_HEAD, Role.LANE_STEWARD}
WIDE = {Role.SUBDISTRICT_OFFICER: "S1", Role.DEPARTMENT_OFFICER: "D1", Role.AUDITOR: "D1"}


def single(world: World, role: Role, community: str) -> Principal:
    """Return somebody of a community who holds one role there (or where such a role is held)."""
    place = world.places[community]
    person = next(each for each in world.people if each.path.startswith(place.path) and each.household_id)
    firm = next(each for each in world.organisations if each.path == place.path and each.family == "PROPERTY_FIRM")
    scope = place.path
    if role in NARROW:
        scope = person.path
    elif role in WIDE and community != "QC":
        scope = world.places[WIDE[role]].path
    organisation = firm.id if role in OF_AN_ORGANISATION else None
    return Principal(
        PrincipalKind.PERSON,
        person_id=person.id,
        organisation_ids=frozenset({firm.id}) if organisation else frozenset(),
        household_ids=frozenset({person.household_id} if person.household_id else ()),
        community_paths=(place.path,),
        held=(HeldRole(role, scope, organisation),),
        actor=f"{role} of {community}",
    )


def mixture(world: World, chance: random.Random) -> Principal:
    """Return somebody with several roles at random places, or an organisation's key."""
    organisations = frozenset(each.id for each in chance.sample(world.organisations, chance.randrange(3)))
    person = chance.choice(world.people)
    paths = [place.path for place in world.places.values()]
    held = tuple(
        HeldRole(chance.choice(STORED), chance.choice(paths), chance.choice((None, *sorted(organisations))))
        for _ in range(chance.randrange(1, 5))
    )
    return Principal(
        PrincipalKind.PERSON,
        person_id=person.id,
        organisation_ids=organisations,
        household_ids=frozenset({person.household_id} if person.household_id else ()),
        community_paths=tuple(chance.sample([world.places[code].path for code in ("QA", "QAB", "QC")], 1)),
        held=held,
        actor="mixture",
    )


def everybody(world: World, communities: tuple[str, ...] = ("QA", "QC"), mixtures: int = 0) -> list[Principal]:
    """Return nobody known, each role in each community, and so many mixtures."""
    chance = random.Random("callers")
    singles = [single(world, role, community) for community in communities for role in STORED]
    return [ANONYMOUS, *singles, *(mixture(world, chance) for _ in range(mixtures))]


def in_english(caller: Principal) -> Principal:
    """Return the same caller, who reads English."""
    return dataclasses.replace(caller, language="en")
