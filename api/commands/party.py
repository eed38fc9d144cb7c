"""Kinds of party, and which of them sit at a place's table under which label: configuration."""

from collections.abc import Mapping, Sequence
from typing import Any

from api.commands import inputs
from api.commands.permission import require
from api.commands.rows import Rows
from api.commands.taxonomy import labelled
from api.commands.unit_of_work import unit_of_work
from api.commands.upsert import record, upsert
from api.errors import InvalidInput
from api.models import PartyKind, PartySeat, Place
from api.models.choices import Family
from api.plan.viewer import Viewer
from auth.permissions import Action, Object
from auth.relations import RowScope

Given = Sequence[Mapping[str, Any]]
LABELS = (60, 120)
MOST_SEATS = 50


async def upsert_party_kinds(viewer: Viewer, given: Given) -> int:
    """Bring kinds of party (code, family or None, label_zh, label_en) to what is given.

    Return how many were added or changed.

    Raises:
        InvalidInput: with index and field of the fault.
        Forbidden: the viewer does not keep the reference data.
    """
    async with unit_of_work(viewer) as work:
        rule = require(viewer, Object.PARTY_SEAT, Action.UPDATE, RowScope(), visible=True)
        rows = [
            labelled(each, index, 40, LABELS) | {"family": _family(each, index)} for index, each in enumerate(given)
        ]
        done = await upsert(PartyKind, ("code",), await PartyKind.all(), rows)
        record(work, "PartyKind", done, rule)
    return len(done)


async def set_party_seats(viewer: Viewer, place_id: int, given: Given) -> int:
    """Set who sits at a place's table: kind (code), label_zh, label_en, family, position.

    Kinds that are not given leave the table. Return how many seats were added or changed.

    Raises:
        InvalidInput, NotFound: with the place of the fault.
        Forbidden: the viewer may not set that table.
    """
    if len(given) > MOST_SEATS:
        raise InvalidInput(f"最多 {MOST_SEATS} 席", f"At most {MOST_SEATS} seats", ("seats",))
    async with unit_of_work(viewer) as work:
        place = await Rows().visible(viewer, Place, place_id, ("place",))
        scope = RowScope(path=place.path)
        rule = require(viewer, Object.PARTY_SEAT, Action.UPDATE, scope, visible=True)
        kinds = {kind.code: kind for kind in await PartyKind.all()}
        rows = [_seat(each, index, place.id, kinds) for index, each in enumerate(given)]
        stored = await PartySeat.filter(place_id=place.id)
        kept = {row["kind_id"] for row in rows}
        gone = [seat.id for seat in stored if seat.kind_id not in kept]
        await PartySeat.filter(id__in=gone).delete()
        done = await upsert(PartySeat, ("kind_id",), stored, rows)
        record(work, "PartySeat", done, rule, place.path)
    return len(done)


def _seat(values: Mapping[str, Any], index: int, place_id: int, kinds: Mapping[str, PartyKind]) -> dict[str, Any]:
    kind = kinds.get(values.get("kind") or "")
    if kind is None:
        raise InvalidInput("没有这种单位类别", "Unknown kind of party", (str(index), "kind"))
    zh = values.get("label_zh") or kind.label_zh
    en = values.get("label_en") or kind.label_en
    return {
        "place_id": place_id,
        "kind_id": kind.id,
        "family": _family(values, index) or kind.family,
        "label_zh": inputs.line(zh, (str(index), "labelZh"), LABELS[0]),
        "label_en": inputs.line(en, (str(index), "labelEn"), LABELS[1]),
        "position": values.get("position", index),
    }


def _family(values: Mapping[str, Any], index: int) -> Family | None:
    family = values.get("family")
    return None if family is None else inputs.choice(family, Family, (str(index), "family"))
