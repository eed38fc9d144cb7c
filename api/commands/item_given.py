"""The child rows that a change gives anew, beside those that are stored."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from tortoise.models import Model

from api.commands.item_children import area_rows, external_rows, line_rows, window_rows
from api.commands.item_type import ItemType
from api.commands.reference import Reference
from api.models import ExternalId, RequirementLine, ServiceArea, TimeWindow
from api.plan.viewer import Viewer


@dataclass(frozen=True, slots=True)
class GivenChildren:
    """New rows of one table, by whom they are owned, and the stored and new values to show."""

    field: str
    model: type[Model]
    owner: Mapping[str, Any]
    rows: list[Any]
    both: tuple[Any, Any]


async def given_children(
    viewer: Viewer,
    kind: ItemType,
    row: Any,
    changes: Mapping[str, Any],
    category: str,
    reference: Reference,
) -> list[GivenChildren]:
    """Return what `changes` give anew, checked. Raise InvalidInput, NotFound or Duplicate."""
    owner = {kind.key: row.id}
    found: list[GivenChildren] = []
    if kind.lines and "lines" in changes:
        lines = line_rows(owner, changes["lines"], category, reference)
        found.append(await _beside("lines", RequirementLine, owner, lines, _line))
    if "windows" in changes:
        windows = window_rows(owner, changes["windows"])
        found.append(await _beside("windows", TimeWindow, owner, windows, shown_window))
    if not kind.lines and "service_area" in changes:
        places = await area_rows(viewer, row.id, changes["service_area"], reference)
        found.append(await _beside("serviceArea", ServiceArea, owner, places, shown_place))
    if "external_ids" in changes:
        by = {"item_kind": kind.kind, "item_id": row.id}
        external = external_rows(kind.kind, row.id, changes["external_ids"], reference)
        found.append(await _beside("externalIds", ExternalId, by, external, _external))
    return found


def shown(children: Sequence[GivenChildren]) -> dict[str, tuple[Any, Any]]:
    """Return the stored and new values of those that differ, by field."""
    return {child.field: child.both for child in children if child.both[0] != child.both[1]}


async def _beside(
    field: str,
    model: type[Any],
    owner: Mapping[str, Any],
    rows: Sequence[Any],
    show: Callable[[Any], Any],
) -> GivenChildren:
    stored = await model.filter(**owner).order_by("id")
    both = ([show(each) for each in stored], [show(each) for each in rows])
    return GivenChildren(field, model, owner, list(rows), both)


def _line(line: RequirementLine) -> dict[str, Any]:
    names = ("kind", "category", "quantity", "unit", "note", "skills")
    return {name: getattr(line, name) for name in names}


def shown_window(window: TimeWindow) -> dict[str, Any]:
    """Return a time window as histories and versions show it."""
    # Instants compare in one zone, whichever they were sent in.
    start, end = (each.astimezone(UTC).isoformat() for each in (window.starts_at, window.ends_at))
    return {"startsAt": start, "endsAt": end, "rrule": window.rrule}


def shown_place(area: ServiceArea) -> str:
    """Return a place served as histories and versions show it."""
    return f"Place:{area.place_id}"


def _external(entry: ExternalId) -> dict[str, str]:
    return {"system": entry.system, "value": entry.value}
