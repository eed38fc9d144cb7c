"""Rows become the facts that rules speak about: one statement a table, however many rows there are."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from api.matching.capacity import Used, left, used_of
from api.matching.places import load_places
from api.matching.provider import Providers
from api.matching.scope import (
    DemandScope,
    ResourceScope,
    demand_condition,
    line_condition,
    resource_condition,
)
from api.matching.windows import expand, recurs
from api.models.choices import ItemKind
from api.plan.decoding import DECODERS
from api.plan.holding import left_of_line
from api.plan.source import Kind
from api.plan.statement import Statement
from api.queries.fallback import Fallback, fallbacks_of
from rules.facts import Demand, PlaceFacts, Point, Resource
from rules.language import Text

AFFAIRS: Final = (ItemKind.NEED, ItemKind.PROJECT)
_ITEM: Final = "i.id AS item_id, i.path, i.longitude, i.latitude, i.target_groups, i.family, i.title_zh, i.title_en"

Raw = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class DemandRow:
    """A requirement line as a fact, and where its matches are stored."""

    fact: Demand
    line_id: int
    kind: ItemKind
    item_id: int
    community_id: int | None
    path: str
    title: Text


@dataclass(frozen=True, slots=True)
class ResourceRow:
    """A resource as a fact; `provider` is a name only where the provider is an organisation."""

    fact: Resource
    resource_id: int
    title: Text
    provider: Text | None


async def load_demands(scope: DemandScope) -> list[DemandRow]:
    """Return the open requirement lines of a scope, the oldest first."""
    found: list[DemandRow] = []
    for kind in AFFAIRS:
        if scope.item is None or scope.item[0] is kind:
            found += await _demands_of(kind, scope)
    return sorted(found, key=lambda row: row.line_id)


async def _demands_of(kind: ItemKind, scope: DemandScope) -> list[DemandRow]:
    table = kind.lower()
    statement = Statement()
    rows = await statement.fetch(
        f"SELECT l.id, l.kind, l.category, {left_of_line('l.id', 'l.quantity')} AS quantity, l.unit, {_ITEM},"
        " i.community_id, i.urgency, i.source, i.estimated_cost_fen, i.estimated_effort_hours, i.concerns_id,"
        " i.owner_household_id, l.skills"
        f' FROM requirement_line l JOIN "{table}" i ON i.id = l.{table}_id'
        f" WHERE {demand_condition(statement, scope, kind, 'i')} AND {line_condition(statement, scope, 'l')}"
    )
    # What is claimed whole asks for nothing any more.
    rows = [row for row in rows if row["quantity"] != 0]
    if not rows:
        return []
    places = await load_places(row["path"] for row in rows)
    fallbacks = await fallbacks_of(row["path"] for row in rows)
    statement = Statement()
    windows = await _windows(
        f"SELECT w.{table}_id AS item_id, w.starts_at, w.ends_at, w.rrule FROM time_window w"
        f' JOIN "{table}" i ON i.id = w.{table}_id WHERE {demand_condition(statement, scope, kind, "i")}',
        statement,
    )
    expanded = {item: expand(each) for item, each in windows.items()}
    return [
        _demand(kind, row, places[row["path"]], expanded.get(row["item_id"]), fallbacks.get(row["path"]))
        for row in rows
    ]


def _demand(
    kind: ItemKind,
    row: Raw,
    place: PlaceFacts,
    windows: tuple[tuple[int, int], ...] | None,
    fallback: Fallback | None,
) -> DemandRow:
    fact = Demand(
        id=str(row["id"]),
        item_id=str(row["item_id"]),
        kind=kind.value,
        category=row["category"],
        urgency=row["urgency"],
        source=row["source"],
        line_kind=row["kind"],
        quantity=_number(row["quantity"]),
        unit=row["unit"],
        target_groups=_set(row["target_groups"]),
        estimated_cost=_yuan(row["estimated_cost_fen"]),
        estimated_effort=_number(row["estimated_effort_hours"]),
        family=row["family"],
        place=place,
        point=_point(row),
        windows=windows or None,
        concerns=_key(row["concerns_id"]),
        household=_key(row["owner_household_id"]),
        fallback=_key(fallback.organisation_id) if fallback and fallback.covers(row["category"]) else None,
        skills=_set(row["skills"]),
    )
    return DemandRow(fact, row["id"], kind, row["item_id"], row["community_id"], row["path"], _title(row))


async def load_resources(scope: ResourceScope) -> list[ResourceRow]:
    """Return the open resources of a scope, the oldest first."""
    statement = Statement()
    rows = await statement.fetch(
        f"SELECT i.kind, i.category, i.quantity, i.unit, {_ITEM}, i.price_class, i.price_fen,"
        " i.response_minutes, i.at_home, i.owner_person_id, i.owner_household_id, i.owner_organisation_id,"
        " o.name_zh, o.name_en, k.code AS organisation_kind"
        " FROM resource i LEFT JOIN organisation o ON o.id = i.owner_organisation_id"
        " LEFT JOIN party_kind k ON k.id = o.kind_id"
        f" WHERE {resource_condition(statement, scope, 'i')} ORDER BY i.id"
    )
    if not rows:
        return []
    places = await load_places(row["path"] for row in rows)
    statement = Statement()
    areas: dict[int, list[str]] = {}
    for area in await statement.fetch(
        "SELECT a.resource_id, a.path FROM service_area a JOIN resource i ON i.id = a.resource_id"
        f" WHERE {resource_condition(statement, scope, 'i')} ORDER BY a.path"
    ):
        areas.setdefault(area["resource_id"], []).append(area["path"])
    statement = Statement()
    windows = await _windows(
        "SELECT w.resource_id AS item_id, w.starts_at, w.ends_at, w.rrule FROM time_window w"
        f" JOIN resource i ON i.id = w.resource_id WHERE {resource_condition(statement, scope, 'i')}",
        statement,
    )
    statement = Statement()
    used = await used_of(resource_condition(statement, scope, "i"), statement)
    providers = await Providers(rows).load()
    found = []
    for row in rows:
        key = row["item_id"]
        said = providers.of(row).facts()
        each = _resource(row, places[row["path"]], areas.get(key, []), windows.get(key, []), used.get(key, []), said)
        # Of a resource that is used up for its period nothing can be offered.
        if each.fact.quantity != 0:
            found.append(each)
    return found


def _resource(
    row: Raw,
    place: PlaceFacts,
    area: list[str],
    windows: list[Raw],
    used: list[Used],
    said: dict[str, Any],
) -> ResourceRow:
    provider_type, provider_id = provider_of(row)
    recurrence = recurs(windows)
    fact = Resource(
        id=str(row["item_id"]),
        kind=row["kind"],
        category=row["category"],
        recurs=recurrence,
        provider_type=provider_type,
        provider_id=provider_id,
        quantity=left(_number(row["quantity"]), recurrence, used),
        unit=row["unit"],
        target_groups=_set(row["target_groups"]),
        price_class=row["price_class"],
        price=_yuan(row["price_fen"]),
        response_minutes=_number(row["response_minutes"]),
        at_home=None if row["at_home"] is None else bool(row["at_home"]),
        provider_family=row["family"],
        provider_organisation_kind=row["organisation_kind"],
        place=place,
        service_area=tuple(area),
        point=_point(row),
        windows=expand(windows) or None,
        **said,
    )
    name = row["name_zh"]
    provider = None if name is None else Text(name, row["name_en"] or name)
    return ResourceRow(fact, row["item_id"], _title(row), provider)


def provider_of(row: Raw) -> tuple[str, str]:
    """Return type and id of a resource's provider from its three owner columns."""
    for kind in ("organisation", "household"):
        if row[f"owner_{kind}_id"] is not None:
            return kind.upper(), str(row[f"owner_{kind}_id"])
    return "PERSON", str(row["owner_person_id"] or "")


async def _windows(text: str, statement: Statement) -> dict[int, list[Raw]]:
    grouped: dict[int, list[Raw]] = {}
    instant: Any = DECODERS[Kind.INSTANT]
    for row in await statement.fetch(text):
        window = {
            "starts_at": instant(row["starts_at"]),
            "ends_at": instant(row["ends_at"]),
            "rrule": row["rrule"],
        }
        grouped.setdefault(row["item_id"], []).append(window)
    return grouped


def _set(value: Any) -> frozenset[str]:
    loaded: Any = DECODERS[Kind.JSON]
    return frozenset(loaded(value) or ())


def _number(value: float | None) -> float | None:
    return None if value is None else float(value)


def _yuan(fen: int | None) -> float | None:
    return None if fen is None else fen / 100


def _key(value: int | None) -> str | None:
    return None if value is None else str(value)


def _point(row: Raw) -> Point | None:
    longitude, latitude = row["longitude"], row["latitude"]
    return None if longitude is None or latitude is None else (float(longitude), float(latitude))


def _title(row: Raw) -> Text:
    return Text(row["title_zh"], row["title_en"] or row["title_zh"])
