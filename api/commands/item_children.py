"""Child rows of items: requirement lines, time windows, service areas, external ids.

Each builder checks what was given and returns rows that are not saved yet; given ones replace all.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from api.commands import inputs
from api.commands.reference import Reference
from api.commands.skills import skills
from api.errors import Duplicate, InvalidInput
from api.identifiers import new_id
from api.models import ExternalId, Place, RequirementLine, ServiceArea, TimeWindow
from api.models.choices import ItemKind, LineKind
from api.plan.viewer import Viewer

MOST_LINES = 100
MOST_WINDOWS = 50
MOST_PLACES = 200
MOST_EXTERNAL_IDS = 20
Owner = Mapping[str, int]
Given = Sequence[Mapping[str, Any]]


def line_rows(owner: Owner, lines: Given | None, category: str, reference: Reference) -> list[RequirementLine]:
    """Return the lines of a need or project; without any, one line asks for the item itself."""
    given = _bounded(lines, MOST_LINES, "lines") or [{"category": category}]
    return [_line(owner, place, line, category, reference) for place, line in enumerate(given)]


def _line(owner: Owner, position: int, line: Mapping[str, Any], category: str, reference: Reference) -> RequirementLine:
    path = ("lines", str(position))
    codes = [line.get("category") or category]
    kind, unit = line.get("kind"), line.get("unit")
    if unit is not None:
        unit = inputs.codes([unit], reference.units, (*path, "unit"), "单位", "unit")[0]
    return RequirementLine(
        id=new_id(),
        **owner,
        position=position,
        kind=None if kind is None else inputs.choice(kind, LineKind, (*path, "kind")),
        category=inputs.codes(codes, reference.categories, (*path, "category"), "类别", "category")[0],
        quantity=inputs.number(line.get("quantity"), (*path, "quantity")),
        unit=unit,
        note=inputs.text(line.get("note"), (*path, "note"), 500),
        skills=skills(line.get("skills"), (*path, "skills")),
    )


def window_rows(owner: Owner, windows: Given | None) -> list[TimeWindow]:
    """Return the time windows of an item."""
    rows = []
    for position, window in enumerate(_bounded(windows, MOST_WINDOWS, "windows")):
        start, end = window["starts_at"], window["ends_at"]
        rule = inputs.window(start, end, window.get("rrule"), ("windows", str(position)))
        rows.append(TimeWindow(id=new_id(), **owner, starts_at=start, ends_at=end, rrule=rule))
    return rows


async def area_rows(
    viewer: Viewer, resource_id: int, places: Sequence[int] | None, reference: Reference
) -> list[ServiceArea]:
    """Return the places that a resource serves, each once."""
    rows: dict[int, ServiceArea] = {}
    await reference.rows.fetch(Place, places or [])
    for position, identifier in enumerate(_bounded(places, MOST_PLACES, "serviceArea")):
        path = ("serviceArea", str(position))
        place = await reference.rows.visible(viewer, Place, identifier, path)
        rows[place.id] = ServiceArea(id=new_id(), resource_id=resource_id, place_id=place.id, path=place.path)
    return list(rows.values())


def external_rows(kind: ItemKind, item_id: int, given: Given | None, reference: Reference) -> list[ExternalId]:
    """Return the item's ids in other systems. Raise Duplicate when another item has one of them."""
    rows: dict[tuple[str, str], ExternalId] = {}
    for position, entry in enumerate(_bounded(given, MOST_EXTERNAL_IDS, "externalIds")):
        path = ("externalIds", str(position))
        system = inputs.line(entry["system"], (*path, "system"), 60)
        value = inputs.line(entry["value"], (*path, "value"), 200)
        if not reference.rows.claim_external(kind, item_id, system, value):
            raise Duplicate("这个外部编号已登记", "This external id is registered already", path)
        rows[system, value] = ExternalId(id=new_id(), item_kind=kind, item_id=item_id, system=system, value=value)
    return list(rows.values())


def _bounded(values: Sequence[Any] | None, most: int, name: str) -> Sequence[Any]:
    if values is not None and len(values) > most:
        raise InvalidInput(f"最多 {most} 项", f"At most {most} entries", (name,))
    return values or []
