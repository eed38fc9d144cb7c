"""Where things lie, as facts: the place of each kind above, the profile, the adjacent communities."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from api.models.choices import PlaceKind, PlaceLinkKind
from api.plan.statement import Statement
from rules.facts import PlaceFacts

NAMES: Final[Mapping[str, str]] = {
    PlaceKind.ENTRANCE: "entrance",
    PlaceKind.BUILDING: "building",
    PlaceKind.COURTYARD: "courtyard",
    PlaceKind.ESTATE: "estate",
    PlaceKind.GRID: "grid",
    # A village has a committee of its own, and a town stands beside the sub-districts.
    PlaceKind.COMMUNITY: "community",
    PlaceKind.VILLAGE: "community",
    PlaceKind.SUBDISTRICT: "subdistrict",
    PlaceKind.TOWN: "subdistrict",
    PlaceKind.DISTRICT: "district",
    PlaceKind.CITY: "city",
}
PROFILE: Final = ("estate_kind", "share_over_60", "has_property_firm")
AT_ONCE: Final = 10_000

Raw = Mapping[str, Any]


async def load_places(paths: Iterable[str]) -> dict[str, PlaceFacts]:
    """Return the facts of each place path: one statement for the places, one for the links."""
    wanted = sorted(set(paths))
    rows: dict[str, Raw] = {}
    for codes in _chunks(sorted({code for path in wanted for code in steps(path)})):
        statement = Statement()
        text = f"SELECT id, code, kind, {', '.join(PROFILE)} FROM place WHERE {statement.among('code', codes)}"
        rows |= {row["code"]: row for row in await statement.fetch(text)}
    facts = {path: _facts(path, [rows[code] for code in reversed(steps(path)) if code in rows]) for path in wanted}
    adjacent = await _adjacent({each.community for each in facts.values() if each.community})
    return {
        path: PlaceFacts(**_named(each), adjacent=adjacent[each.community]) if each.community in adjacent else each
        for path, each in facts.items()
    }


def steps(path: str) -> list[str]:
    """Return the codes on a path, from the root down."""
    return [code for code in path.split("/") if code]


def prefixes(path: str) -> list[str]:
    """Return the paths of a place and of everything above it, from the root down."""
    codes = steps(path)
    return ["/".join(codes[: at + 1]) + "/" for at in range(len(codes))]


def _facts(path: str, upwards: list[Raw]) -> PlaceFacts:
    found: dict[str, Any] = {}
    for row in upwards:
        name = NAMES.get(row["kind"])
        if name is not None:
            found.setdefault(name, row["code"])
        for column in PROFILE:
            if row[column] is not None:
                found.setdefault(column, row[column])
    if "has_property_firm" in found:
        found["has_property_firm"] = bool(found["has_property_firm"])
    return PlaceFacts(path=path, **found)


def _named(facts: PlaceFacts) -> dict[str, Any]:
    return {name: getattr(facts, name) for name in PlaceFacts.__slots__ if name != "adjacent"}


async def _adjacent(communities: set[str]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for codes in _chunks(sorted(communities)):
        statement = Statement()
        kind = statement.bind(PlaceLinkKind.ADJACENT.value)
        text = (
            "SELECT p.code AS one, o.code AS other FROM place_link l"
            " JOIN place p ON p.id = l.place_id JOIN place o ON o.id = l.other_id"
            f" WHERE l.kind = {kind} AND ({statement.among('p.code', codes)} OR {statement.among('o.code', codes)})"
        )
        for row in await statement.fetch(text):
            found.setdefault(row["one"], set()).add(row["other"])
            found.setdefault(row["other"], set()).add(row["one"])
    return {code: frozenset(others) for code, others in found.items() if code in communities}


def _chunks(codes: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(codes), AT_ONCE):
        yield codes[start : start + AT_ONCE]
