"""Child rows of items: requirement lines, time windows, service areas, external ids. Given ones replace all."""

from collections.abc import Mapping, Sequence
from typing import Any

from api.commands import inputs
from api.commands.reference import Reference
from api.errors import Duplicate, InvalidInput, NotFound
from api.identifiers import new_id
from api.models import ExternalId, Place, RequirementLine, ServiceArea, TimeWindow
from api.models.choices import ItemKind

MOST_LINES = 100
MOST_WINDOWS = 50
MOST_PLACES = 200


async def replace_lines(
    owner: Mapping[str, int], lines: Sequence[Mapping[str, Any]], category: str, reference: Reference
) -> None:
    """Write the requirement lines of a need or project; without any, one line asks for the item itself."""
    _bounded(lines, MOST_LINES, "lines")
    given = list(lines) or [{"category": category}]
    rows = [_line(owner, position, line, category, reference) for position, line in enumerate(given)]
    await RequirementLine.filter(**owner).delete()
    await RequirementLine.bulk_create(rows)


def _line(
    owner: Mapping[str, int], position: int, line: Mapping[str, Any], category: str, reference: Reference
) -> RequirementLine:
    path = ("lines", str(position))
    code = line.get("category") or category
    unit = line.get("unit")
    return RequirementLine(
        id=new_id(),
        **owner,
        position=position,
        kind=line.get("kind"),
        category=inputs.codes([code], set(reference.categories), (*path, "category"), "类别", "category")[0],
        quantity=inputs.number(line.get("quantity"), (*path, "quantity")),
        unit=None if unit is None else inputs.codes([unit], set(reference.units), (*path, "unit"), "单位", "unit")[0],
        note=inputs.text(line.get("note"), (*path, "note"), 500),
    )


async def replace_windows(owner: Mapping[str, int], windows: Sequence[Mapping[str, Any]]) -> None:
    """Write the time windows of an item."""
    _bounded(windows, MOST_WINDOWS, "windows")
    rows = []
    for position, window in enumerate(windows):
        start, end = window["starts_at"], window["ends_at"]
        rule = inputs.window(start, end, window.get("rrule"), ("windows", str(position)))
        rows.append(TimeWindow(id=new_id(), **owner, starts_at=start, ends_at=end, rrule=rule))
    await TimeWindow.filter(**owner).delete()
    await TimeWindow.bulk_create(rows)


async def replace_service_area(resource_id: int, places: Sequence[int]) -> None:
    """Write the places that a resource serves."""
    _bounded(places, MOST_PLACES, "serviceArea")
    found = {place.id: place for place in await Place.filter(id__in=list(places))}
    for position, identifier in enumerate(places):
        if identifier not in found:
            raise NotFound(path=("serviceArea", str(position)))
    await ServiceArea.filter(resource_id=resource_id).delete()
    await ServiceArea.bulk_create(
        [
            ServiceArea(id=new_id(), resource_id=resource_id, place_id=place.id, path=place.path)
            for place in found.values()
        ]
    )


async def replace_external_ids(kind: ItemKind, item_id: int, given: Sequence[Mapping[str, str]]) -> None:
    """Write the item's identifiers in other systems. Raise Duplicate when another item has one of them."""
    _bounded(given, 20, "externalIds")
    await ExternalId.filter(item_kind=kind, item_id=item_id).delete()
    for position, entry in enumerate(given):
        path = ("externalIds", str(position))
        system = inputs.text(entry["system"], (*path, "system"), 60, required=True)
        number = inputs.text(entry["value"], (*path, "value"), 200, required=True)
        if await ExternalId.exists(item_kind=kind, system=system, value=number):
            raise Duplicate("这个外部编号已登记", "This external id is registered already", path)
        await ExternalId.create(item_kind=kind, item_id=item_id, system=system, value=number)


def _bounded(values: Sequence[Any], most: int, name: str) -> None:
    if len(values) > most:
        raise InvalidInput(f"最多 {most} 项", f"At most {most} entries", (name,))
