"""A made-up community as facts, the same in every run: what it needs, plans and offers."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, TypeVar

from api.clock import LOCAL_ZONE
from rules.facts import Batch, Demand, PlaceFacts, Point, Resource, Taxonomy, Windows

MONDAY: Final = datetime(2026, 3, 2, tzinfo=LOCAL_ZONE)
"""When the made-up community lives; windows lie in the four weeks after it."""
LEAVES: Final = {
    "life": ("haircut", "repair", "cleaning", "meal"),
    "care": ("elder", "child", "health", "company"),
    "space": ("room", "yard", "parking", "storage"),
    "culture": ("calligraphy", "dance", "lecture", "sport"),
}
TAXONOMY: Final = Taxonomy(
    dict.fromkeys(LEAVES) | {f"{root}.{leaf}": root for root, leaves in LEAVES.items() for leaf in leaves},
    frozenset({frozenset({"life.meal", "care.elder"}), frozenset({"space.yard", "culture.sport"})}),
)
PARTY_KINDS: Final = ("ENTERPRISE", "MERCHANT", "SCHOOL", "SOCIAL_ORGANISATION")
GROUPS: Final = ("ELDERLY", "CHILDREN", "DISABLED")
UNITS: Final = ("次", "件")
ORGANISATIONS: Final = 10
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Size:
    """How many items a community has."""

    resources: int = 110
    needs: int = 89
    projects: int = 45


@dataclass(frozen=True, slots=True)
class Span:
    """A time window: hours after the Monday, length in hours, and whether it comes back weekly."""

    start: int
    hours: int
    weekly: bool

    @property
    def begins(self) -> datetime:
        """Return the first instant."""
        return MONDAY + timedelta(hours=self.start)

    @property
    def ends(self) -> datetime:
        """Return the end of the first window."""
        return self.begins + timedelta(hours=self.hours)

    def written_out(self) -> Windows:
        """Return the windows of the next four weeks in minutes since the epoch."""
        first = int(self.begins.timestamp() // 60)
        starts = [first + week * 7 * 24 * 60 for week in range(4 if self.weekly else 1)]
        return tuple((start, start + self.hours * 60) for start in starts)


@dataclass(frozen=True, slots=True)
class Community:
    """Facts, and the windows by item id in the form in which they are stored."""

    batch: Batch
    places: tuple[PlaceFacts, ...]
    points: Mapping[str, Point]
    spans: Mapping[str, Span]


def community(number: int, size: Size) -> Community:
    """Make the community of that number: three estates of four buildings, and a neighbour that offers too."""
    chance = random.Random(f"community {number}")
    places = _places(number, chance)
    points = {place.path: _somewhere(chance) for place in places}
    spans: dict[str, Span] = {}
    demands: list[Demand] = []
    for item in range(size.needs + size.projects):
        demands += _demands(item, "NEED" if item < size.needs else "PROJECT", chance, places, points, spans)
    resources = tuple(_resource(9_000 + each, chance, places, points, spans) for each in range(size.resources))
    return Community(Batch(tuple(demands), resources, TAXONOMY), places, points, spans)


def _places(number: int, chance: random.Random) -> tuple[PlaceFacts, ...]:
    """Return the buildings of the community, those of the neighbour last."""
    found = []
    for code, adjacent, estates in ((f"A{number}", f"B{number}", 3), (f"B{number}", f"A{number}", 1)):
        above = PlaceFacts(
            f"T/D/S/{code}/", community=code, subdistrict="S", district="D", city="T", adjacent=frozenset({adjacent})
        )
        for estate in (f"{code}e{each}" for each in range(estates)):
            profile = replace(
                above, estate=estate, estate_kind=chance.choice(("OLD", "COMMERCIAL")),
                share_over_60=chance.choice((0.18, 0.26, 0.33, 0.41)), has_property_firm=chance.random() < 0.6,
            )  # fmt: skip
            for building in (f"{estate}b{each}" for each in range(4)):
                found.append(replace(profile, path=f"{above.path}{estate}/{building}/", building=building))
    return tuple(found)


def _somewhere(chance: random.Random) -> Point:
    return round(116.36 + chance.uniform(-0.006, 0.006), 6), round(40.03 + chance.uniform(-0.004, 0.004), 6)


def _demands(
    item: int,
    kind: str,
    chance: random.Random,
    places: tuple[PlaceFacts, ...],
    points: Mapping[str, Point],
    spans: dict[str, Span],
) -> list[Demand]:
    """Return the lines of a need or project: mostly one, sometimes two."""
    key = str(1_000 + item)
    place = chance.choice(places[:12])
    is_need = kind == "NEED"
    first = Demand(
        id="", item_id=key, kind=kind, category="",
        urgency=chance.choice(("LOW", "NORMAL", "NORMAL", "NORMAL", "HIGH", "EMERGENCY")),
        source="RESIDENT" if is_need else "ORGANISATION",
        target_groups=frozenset(chance.sample(GROUPS, chance.choice((0, 0, 1, 2)))),
        estimated_cost=_perhaps(chance, 0.5, float(chance.randrange(200, 20_000))),
        estimated_effort=_perhaps(chance, 0.4, float(chance.randrange(1, 60))),
        family="OWNERS" if is_need else "COMMITTEE",
        place=place, point=points[place.path],
        windows=_windows(key, chance, spans, 0.5),
        concerns=_perhaps(chance, 0.1, str(100 + chance.randrange(ORGANISATIONS))),
    )  # fmt: skip
    return [
        replace(
            first, id=str(2_000 + 2 * item + line), category=_category(chance), line_kind="SERVICE",
            quantity=_perhaps(chance, 0.7, float(chance.randrange(1, 30))), unit=chance.choice(UNITS),
        )
        for line in range(2 if chance.random() < 0.28 else 1)
    ]  # fmt: skip


def _resource(
    key: int,
    chance: random.Random,
    places: tuple[PlaceFacts, ...],
    points: Mapping[str, Point],
    spans: dict[str, Span],
) -> Resource:
    place = chance.choice(places[12:] if chance.random() < 0.2 else places[:12])
    organisation = chance.randrange(ORGANISATIONS)
    person = chance.random() < 0.3
    windows = _windows(str(key), chance, spans, 0.6)
    above = f"T/D/S/{place.community}/"
    return Resource(
        id=str(key), kind="RESOURCE", category=_category(chance),
        recurs="WEEKLY" if windows and spans[str(key)].weekly else "NEVER",
        provider_type="PERSON" if person else "ORGANISATION", provider_id="1" if person else str(100 + organisation),
        quantity=_perhaps(chance, 0.7, float(chance.randrange(1, 40))), unit=chance.choice(UNITS),
        target_groups=frozenset(chance.sample(GROUPS, chance.choice((0, 0, 1, 2)))),
        price_class=_perhaps(chance, 0.8, chance.choice(("FREE", "LOW_PRICE", "MARKET"))),
        price=_perhaps(chance, 0.4, float(chance.randrange(1, 300))),
        response_minutes=_perhaps(chance, 0.5, float(chance.choice((30, 60, 120, 480)))),
        at_home=_perhaps(chance, 0.7, chance.random() < 0.5),
        provider_family="OWNERS" if person else "UNITS",
        provider_organisation_kind=None if person else PARTY_KINDS[organisation % len(PARTY_KINDS)],
        place=place, service_area=(above,) if chance.random() < 0.4 else (), point=points[place.path], windows=windows,
    )  # fmt: skip


def _windows(key: str, chance: random.Random, spans: dict[str, Span], share: float) -> Windows | None:
    if chance.random() >= share:
        return None
    start = 24 * chance.randrange(7) + chance.randrange(8, 18)
    spans[key] = Span(start, chance.choice((2, 4, 8)), chance.random() < 0.6)
    return spans[key].written_out()


def _category(chance: random.Random) -> str:
    root = chance.choice(tuple(LEAVES))
    return root if chance.random() < 0.05 else f"{root}.{chance.choice(LEAVES[root])}"


def _perhaps(chance: random.Random, share: float, value: _T) -> _T | None:
    return value if chance.random() < share else None
