"""Fill the open database for the partner's query: a city with needs, resources and their matches."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from api import clock
from api.models import (
    BearerKey,
    Match,
    Membership,
    Need,
    Organisation,
    Person,
    Place,
    RequirementLine,
    Resource,
    RuleVersion,
)
from auth.keys import PARTNER_SCOPES, KeyKind, new_key
from auth.roles import Role
from benchmarks.community import PARTY_KINDS, TAXONOMY, UNITS
from benchmarks.community_rows import publish
from benchmarks.rule_documents import JOIN
from benchmarks.taxonomy_rows import store_place, store_reference

Values = dict[str, Any]
STATUS: Final = ("REQUESTED", "DELIBERATING", "DISPATCHED", "REQUESTED", "IN_PROGRESS", "CLEARED")
VISIBILITY: Final = ("PUBLIC",) * 8 + ("MEMBERS", "ADMINISTRATORS")
ORGANISATION: Final = 100
"""The partner's; the others' identifiers follow."""
AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class CitySize:
    """How much there is; communities lie in sub-districts of five."""

    communities: int = 40
    organisations: int = 200
    needs: int = 5_000
    resources: int = 5_000
    matches: int = 20_000


@dataclass(frozen=True, slots=True)
class Partner:
    """A partner's key, the path of its seat, and the code of the sub-district about which it asks."""

    token: str
    seat: str
    within: str


async def store_city(size: CitySize) -> Partner:
    """Store everything, the same in every run but for the key."""
    chance = random.Random("a city")
    kinds = await store_reference()
    communities, buildings = await _store_places(size)
    await Organisation.bulk_create(
        Organisation(
            id=ORGANISATION + each, name_zh=f"单位{each}", kind_id=kinds[PARTY_KINDS[each % len(PARTY_KINDS)]],
            family="UNITS", place=communities[each % len(communities)], path=communities[each % len(communities)].path,
        )
        for each in range(size.organisations)
    )  # fmt: skip
    await Person.bulk_create([Person(id=1, place=buildings[0], path=buildings[0].path)])
    await Resource.bulk_create([_resource(each, chance, buildings, size) for each in range(size.resources)], AT_ONCE)
    needs = [_need(each, chance, buildings) for each in range(size.needs)]
    await Need.bulk_create(needs, AT_ONCE)
    lines = [line for need in needs for line in _lines(need, chance)]
    await RequirementLine.bulk_create(lines, AT_ONCE)
    version = await publish(JOIN, communities[0])
    await Match.bulk_create(_matches(version, needs, lines, size), AT_ONCE)
    return Partner(await _partner(communities[0]), communities[0].path, "S0")


async def _store_places(size: CitySize) -> tuple[list[Place], list[Place]]:
    city = await store_place("T", "CITY", None)
    communities, buildings = [], []
    for number in range(size.communities):
        if number % 5 == 0:
            subdistrict = await store_place(f"S{number // 5}", "SUBDISTRICT", city)
        communities.append(await store_place(f"A{number}", "COMMUNITY", subdistrict))
        estate = await store_place(f"A{number}e", "ESTATE", communities[-1])
        buildings += [await store_place(f"A{number}b{each}", "BUILDING", estate) for each in range(4)]
    return communities, buildings


def _item(chance: random.Random, buildings: Sequence[Place]) -> Values:
    place = chance.choice(buildings)
    return {
        "category": chance.choice([code for code in TAXONOMY.parents if "." in code]), "place_id": place.id,
        "path": place.path, "public_place_id": place.parent_id,
        "public_path": place.path[: place.path[:-1].rindex("/") + 1], "community_id": place.community_id,
        "visibility": chance.choice(VISIBILITY), "target_groups": [], "published_at": clock.now(),
    }  # fmt: skip


def _need(number: int, chance: random.Random, buildings: Sequence[Place]) -> Need:
    return Need(
        id=1_000_000 + number, number=f"N{number}", title_zh=f"需要人帮忙的第{number}件事", title_en=f"Need {number}",
        urgency=chance.choice(("LOW", "NORMAL", "HIGH")), status=chance.choice(STATUS), source="RESIDENT",
        family="OWNERS", owner_person_id=1, **_item(chance, buildings),
    )  # fmt: skip


def _resource(number: int, chance: random.Random, buildings: Sequence[Place], size: CitySize) -> Resource:
    return Resource(
        id=2_000_000 + number, kind="RESOURCE", title_zh=f"可以用的第{number}项资源", title_en=f"Resource {number}",
        status="OFFERED", source="ORGANISATION", family="UNITS", quantity=float(chance.randrange(1, 40)),
        unit=chance.choice(UNITS), owner_organisation_id=ORGANISATION + chance.randrange(size.organisations),
        **_item(chance, buildings),
    )  # fmt: skip


def _lines(need: Need, chance: random.Random) -> list[RequirementLine]:
    return [
        RequirementLine(
            id=need.id * 2 + at, need_id=need.id, position=at, kind="SERVICE", category=need.category,
            quantity=float(chance.randrange(1, 30)) if chance.random() < 0.7 else None, unit=chance.choice(UNITS),
        )
        for at in range(2 if chance.random() < 0.3 else 1)
    ]  # fmt: skip


def _matches(
    version: RuleVersion, needs: Sequence[Need], lines: Sequence[RequirementLine], size: CitySize
) -> list[Match]:
    """Return matches of the needs' first lines, in turn, each of a line with another resource."""
    first = [line for line in lines if line.position == 0]
    found = []
    for number in range(size.matches):
        turn, at = divmod(number, len(first))
        resource = 2_000_000 + (at * 7 + turn * 13) % size.resources
        found.append(_match(3_000_000 + number, version, needs[at], first[at].id, resource))
    return found


def _match(key: int, version: RuleVersion, need: Need, line: int, resource: int) -> Match:
    score = 10 + (key * 7919) % 50
    conditions = [
        {"path": f"rules[0].require.all[{at}]", "field": field, "operator": "=", "expected": True, "actual": True,
         "holds": True, "points": None, "zh": "就在同一小区", "en": "In the same estate"}
        for at, field in enumerate(("pair.sameEstate", "pair.sameCommunity", "pair.served"))
    ]  # fmt: skip
    return Match(
        id=key, rule_set_id=version.rule_set_id, rule_version_id=version.id, rule_id="near-and-enough", branch=0,
        line_id=line, need_id=need.id, resource_id=resource, community_id=need.community_id, path=need.path,
        score=score, parts=[{"label": "points", "points": score}], conditions=conditions,
        rule_title_zh="就近", rule_title_en="Near", because_zh=f"第{key}条理由:就在附近",
        because_en=f"Reason {key}: it is near", status="SUGGESTED", decided_at=clock.now(),
    )  # fmt: skip


async def _partner(community: Place) -> str:
    """Give an organisation a seat in one community, and its program a key; return the key."""
    made, now = new_key(KeyKind.ORGANISATION), clock.now()
    await Membership.create(
        organisation_id=ORGANISATION, family="UNITS", role=Role.UNIT_REPRESENTATIVE.value, place=community,
        path=community.path, valid_from=clock.today() - timedelta(days=1),
    )  # fmt: skip
    await BearerKey.create(
        key_id=made.key_id, secret_hash=made.secret_hash, organisation_id=ORGANISATION, label="measured",
        scopes=sorted(str(each) for each in PARTNER_SCOPES), created_at=now, expires_at=now + timedelta(days=1),
    )  # fmt: skip
    return made.token
