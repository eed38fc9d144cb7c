"""Random batches of facts from small pools, so that values meet and rules hold often."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Final, TypeVar

from rules.facts import (
    NOWHERE,
    VOCABULARY,
    Batch,
    Demand,
    PlaceFacts,
    Point,
    Promise,
    Resource,
    Taxonomy,
    Windows,
)

Item = TypeVar("Item")

# Quotes of all kinds, a backslash, an emoji and a word that JSON writes in two ways: texts must
# come out of the C engine as they went in.
UNITS: Final = ("个", '张"床"', "it's", "人\\次", "盒🧧", "5")
ORGANISATION_KINDS: Final = ("ENTERPRISE", '养"老"院', "‘社’组织", "学校/school", "个")
SKILLS: Final = ("电工", "急'救", '低压"电工"证', "it's")
HOUSEHOLDS: Final = ("h1", "h2", "h3")
GROUPS: Final = ("老年人", '残"障', "CHILDREN", "it's")
CODES: Final = (
    "life",
    "life.haircut",
    "life.haircut.home",
    "life.repair",
    "health",
    "health.rehab",
    "goods.mask",
)
UNLISTED_CODE: Final = "somewhere.else"
# The first few are drawn most often. 3 and 3.0 are two texts of one number, and in doubles
# 3 × 0.1 and 0.1 + 0.2 are not 0.3.
QUANTITIES: Final = (3, 0.3, 0.1, 3.0, 1, 2, 2.0, 0, 2.5, 10, 100.0, -1, 0.0001, 999_999_999_999.5)
MONEY: Final = (0, 1, 2.5, 3, 10.0, 99.99, 100)
MINUTES: Final = (0, 30, 60.0, 100, 1440)
SHARES: Final = (0, 0.1, 0.3, 0.31, 0.5, 1.0)
POINTS: Final[tuple[Point, ...]] = (
    (116.33, 40.03),
    (116.331, 40.03),
    (116.33, 40.0345),
    (114.3, 30.6),
    (-116.33, -40.0),
)
WINDOWS: Final[tuple[Windows, ...]] = (
    ((0, 60),),
    ((60, 120),),
    ((30, 90), (300, 460)),
    ((0, 1000),),
    ((10, 11), (400, 430)),
    (),
)
_PATHS: Final = ("11/", "11/08/", "11/08/29/", "11/08/29/1/", "11/08/291/", "42/", "42/06/07/")
_AREAS: Final = (*_PATHS, "99/")
_COMMUNITIES: Final = ("11/08/29", "11/08/291", "42/06/07")


@dataclass(frozen=True, slots=True)
class Pool:
    """Hold facts that many batches draw from, and the taxonomy they use."""

    taxonomy: Taxonomy
    demands: tuple[Demand, ...]
    resources: tuple[Resource, ...]

    def batch(self, random: Random, size: int) -> Batch:
        """Draw ``size`` demands and as many resources."""
        demands = random.sample(self.demands, size)
        resources = random.sample(self.resources, size)
        return Batch(tuple(demands), tuple(resources), self.taxonomy)


def make_pool(random: Random, size: int = 60) -> Pool:
    """Make facts under a new random taxonomy."""
    demands = tuple(_demand(random, f"d{index}") for index in range(size))
    resources = tuple(_resource(random, f"r{index}") for index in range(size))
    return Pool(_taxonomy(random), demands, resources)


def _taxonomy(random: Random) -> Taxonomy:
    parents: dict[str, str | None] = {}
    for index, code in enumerate(CODES):
        parents[code] = random.choice(CODES[:index]) if index and random.random() < 0.8 else None
    pairs = [random.sample((*CODES, UNLISTED_CODE), 2) for _ in range(random.randrange(5))]
    return Taxonomy(parents, frozenset(frozenset(pair) for pair in pairs))


def _maybe(random: Random, items: tuple[Item, ...], known: float = 0.75) -> Item | None:
    return random.choice(items) if random.random() < known else None


def _choice(random: Random, path: str) -> str:
    return random.choice(VOCABULARY[path].choices)


def _maybe_choice(random: Random, path: str) -> str | None:
    return _maybe(random, VOCABULARY[path].choices)


def _category(random: Random) -> str:
    return random.choice(CODES) if random.random() < 0.95 else UNLISTED_CODE


def _groups(random: Random) -> frozenset[str]:
    return frozenset(random.sample(GROUPS, random.choice((0, 1, 1, 2, 3))))


def _words(random: Random) -> frozenset[str]:
    return frozenset(random.sample(SKILLS, random.choice((0, 1, 1, 2, 3))))


def _promise(random: Random) -> Promise:
    left = _maybe(random, (0, 0.3, 3, 3.0, 10, 2.5), 0.8)
    unit = _maybe(random, UNITS[: random.choice((1, 1, 2, 6))], 0.85)
    return random.choice(_AREAS), _category(random), left, unit


def _place(random: Random) -> PlaceFacts:
    if random.random() < 0.06:
        return NOWHERE
    known = 0.7
    return PlaceFacts(
        path=random.choice(_PATHS),
        entrance=_maybe(random, ("e1", "e2"), known),
        building=_maybe(random, ("b1", "b2"), known),
        courtyard=_maybe(random, ("院1", '院"2"'), known),
        estate=_maybe(random, ("s1", "s2"), known),
        grid=_maybe(random, ("g1", "g2"), known),
        community=_maybe(random, _COMMUNITIES, known),
        subdistrict=_maybe(random, ("1", "2"), known),
        district=_maybe(random, ("1", "2"), known),
        city=_maybe(random, ("11", "42"), known),
        adjacent=frozenset(random.sample(_COMMUNITIES, random.randrange(3))),
        estate_kind=_maybe_choice(random, "place.estateKind"),
        share_over_60=_maybe(random, SHARES),
        has_property_firm=_maybe(random, (True, False)),
    )


def _demand(random: Random, own_id: str) -> Demand:
    return Demand(
        id=own_id,
        item_id=f"item-{own_id}",
        kind=_choice(random, "demand.kind"),
        category=_category(random),
        urgency=_choice(random, "demand.urgency"),
        source=_choice(random, "demand.source"),
        line_kind=_maybe_choice(random, "demand.lineKind"),
        quantity=_maybe(random, QUANTITIES[: random.choice((2, 2, 4, 14))]),
        unit=_maybe(random, UNITS[: random.choice((1, 1, 1, 2, 6))], 0.85),
        target_groups=_groups(random),
        estimated_cost=_maybe(random, MONEY),
        estimated_effort=_maybe(random, MINUTES),
        family=_maybe_choice(random, "demand.family"),
        place=_place(random),
        point=_maybe(random, POINTS),
        windows=_maybe(random, WINDOWS),
        concerns=_maybe(random, ("o1", "o2")),
        household=_maybe(random, HOUSEHOLDS, 0.5),
        fallback=_maybe(random, ("o1", "o2")),
        skills=_words(random),
        title='要一张"床"',
    )


def _resource(random: Random, own_id: str) -> Resource:
    return Resource(
        id=own_id,
        kind=_choice(random, "resource.kind"),
        category=_category(random),
        recurs=_choice(random, "resource.recurs"),
        provider_type=_choice(random, "provider.type"),
        provider_id=random.choice(("o1", "o2")),
        quantity=_maybe(random, QUANTITIES[: random.choice((2, 2, 4, 14))]),
        unit=_maybe(random, UNITS[: random.choice((1, 1, 2, 6))], 0.85),
        target_groups=_groups(random),
        price_class=_maybe_choice(random, "resource.priceClass"),
        price=_maybe(random, MONEY),
        response_minutes=_maybe(random, MINUTES),
        at_home=_maybe(random, (True, False)),
        provider_family=_maybe_choice(random, "provider.family"),
        provider_organisation_kind=_maybe(random, ORGANISATION_KINDS),
        provider_name="老槐庄'物业'",
        place=_place(random),
        service_area=tuple(random.sample(_AREAS, random.choice((0, 0, 1, 2)))),
        point=_maybe(random, POINTS),
        windows=_maybe(random, WINDOWS),
        skills=_words(random),
        certificates=_words(random),
        paired=tuple(random.sample(_AREAS, random.choice((0, 0, 1, 2)))),
        paired_households=frozenset(random.sample(HOUSEHOLDS, random.choice((0, 0, 1)))),
        registered=frozenset(random.sample(_COMMUNITIES, random.randrange(3))),
        promises=tuple(_promise(random) for _ in range(random.choice((0, 0, 1, 2)))),
        title="理发\\上门",
    )
