"""Find the organisations that rows name as owners, and register the missing ones."""

from collections.abc import Mapping, Sequence
from typing import Any

from api.commands.organisation import register_organisations
from api.errors import BatchRefused
from api.imports.problems import CellFault
from api.models import Organisation, Place
from api.plan.statement import chunks
from api.plan.viewer import Viewer

Wanted = tuple[str, int]
"""Name of the organisation and identifier of the place where it would be registered."""


async def find_owners(wanted: Mapping[Wanted, Place]) -> dict[Wanted, int | CellFault]:
    """Return the organisation of each name that lies at, above or below the place; missing ones are left out."""
    by_name: dict[str, list[Organisation]] = {}
    for names in chunks(sorted({name for name, _ in wanted if name.isprintable()})):
        for found in await Organisation.filter(name_zh__in=names):
            by_name.setdefault(found.name_zh, []).append(found)
    owners: dict[Wanted, int | CellFault] = {}
    for key, place in wanted.items():
        near = [each for each in by_name.get(key[0], []) if _on_one_line(each.path, place.path)]
        exact = [each for each in near if each.path == place.path]
        chosen = exact if exact else near
        if len(chosen) == 1:
            owners[key] = chosen[0].id
        elif chosen:
            owners[key] = CellFault(
                None, f"有 {len(chosen)} 个单位叫“{key[0]}”", f"{len(chosen)} organisations are called “{key[0]}”"
            )
    return owners


async def register_owners(
    viewer: Viewer, missing: Sequence[tuple[Wanted, str | None]]
) -> dict[Wanted, int | CellFault]:
    """Register organisations of the given kinds; without a kind the name is a fault."""
    owners: dict[Wanted, int | CellFault] = {}
    values: list[dict[str, Any]] = []
    keys: list[Wanted] = []
    for key, kind in missing:
        if kind is None:
            owners[key] = CellFault(None, f"没有叫“{key[0]}”的单位", f"No organisation is called “{key[0]}”")
        else:
            keys.append(key)
            values.append({"name": key[0], "kind": kind, "place": key[1]})
    try:
        owners |= dict(zip(keys, await register_organisations(viewer, values), strict=True))
    except BatchRefused as refused:
        for index, key in enumerate(keys):
            fault = refused.errors.get(index)
            # The others could not be registered either, but the fault is not theirs.
            owners[key] = CellFault(None, fault.zh, fault.en) if fault else 0
    return owners


def _on_one_line(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)
