"""Which place and point of an item the public sees."""

from collections.abc import Sequence
from typing import Any

from api.commands.rows import Rows
from api.models import Place
from api.models.choices import PlaceKind

Columns = dict[str, Any]
INNER = (PlaceKind.BUILDING, PlaceKind.ENTRANCE)
# A point of a whole sub-district or more says nothing about distance.
COARSE = (
    PlaceKind.COUNTRY,
    PlaceKind.PROVINCE,
    PlaceKind.CITY,
    PlaceKind.DISTRICT,
    PlaceKind.SUBDISTRICT,
    PlaceKind.TOWN,
)
DECIDING = ("path", "owner_organisation_id", "longitude", "latitude")


def public_place(above: Sequence[Place]) -> Place:
    """Return the finest place that everybody may know of a household: its estate; `above` goes outwards."""
    estates = [place for place in above if place.kind is PlaceKind.ESTATE]
    outer = [place for place in above if place.kind not in INNER]
    return (estates or outer)[0]


async def public_columns(columns: Columns, rows: Rows) -> Columns:
    """Return the public place and point: of a household's or person's item, its estate's at most.

    `columns` are those of the whole item (at least `DECIDING`). Where an item has no point of its
    own, the nearest place that has one lends it.
    """
    above = await rows.above(columns["path"])
    private = columns.get("owner_organisation_id") is None
    shown = public_place(above) if private else above[0]
    found: Columns = {"public_place_id": shown.id, "public_path": shown.path}
    if private or columns.get("longitude") is None:
        lenders = above[above.index(shown) :]
        pointed = next((place for place in lenders if place.longitude is not None), None)
        near = pointed is not None and pointed.kind not in COARSE
        found["longitude"] = pointed.longitude if pointed and near else None
        found["latitude"] = pointed.latitude if pointed and near else None
    return found


def deciding(row: Any) -> Columns:
    """Return what decides a stored item's public place."""
    return {name: getattr(row, name) for name in DECIDING}
