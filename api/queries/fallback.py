"""托底: who steps in where an estate has no property firm."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from api.models.choices import OrganisationStatus
from api.plan.loaders import loader
from api.plan.reader import read_by_ids
from api.plan.selection import Selected
from api.plan.statement import Statement
from api.plan.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Fallback:
    """An organisation that steps in, and for which categories with all below; none named is all."""

    identifier: int
    organisation_id: int
    categories: tuple[str, ...]

    def covers(self, category: str) -> bool:
        """Tell whether it steps in for a category."""
        return not self.categories or any(
            category == each or category.startswith(f"{each}.") for each in self.categories
        )


async def fallback_of(path: str) -> Fallback | None:
    """Return who steps in at a place, None where a property firm works, none is named, or it is unknown."""
    return (await fallbacks_of([path])).get(path)


async def fallbacks_of(paths: Iterable[str]) -> Mapping[str, Fallback]:
    """Return who steps in at each place: two statements, however many places.

    The nearest place at or above that says whether a property firm works there decides, and then the
    nearest one that names somebody.
    """
    asked = list(dict.fromkeys(paths))
    above = {path: _above(path) for path in asked}
    known = sorted({each for found in above.values() for each in found})
    if not known:
        return {}
    statement = Statement()
    text = f"SELECT t.path, t.has_property_firm AS firm FROM place t WHERE {statement.among('t.path', known)}"
    rows = await statement.fetch(f"{text} AND t.has_property_firm IS NOT NULL")
    firms = {row["path"]: bool(row["firm"]) for row in rows}
    statement = Statement()
    active = statement.bind(OrganisationStatus.ACTIVE.value)
    rows = await statement.fetch(
        "SELECT t.id, t.path, t.organisation_id AS organisation, t.categories FROM fallback_provider t"
        f" JOIN organisation o ON o.id = t.organisation_id AND o.status = {active}"
        f" WHERE {statement.among('t.path', known)}"
    )
    named = {row["path"]: _fallback(row) for row in rows}
    found = {}
    for path in asked:
        firm = next((firms[each] for each in above[path] if each in firms), None)
        nearest = next((named[each] for each in above[path] if each in named), None)
        if firm is False and nearest is not None:
            found[path] = nearest
    return found


def _above(path: str) -> list[str]:
    """Return the path and those of the places above, the innermost first."""
    codes = [code for code in path.split("/") if code]
    return ["/".join(codes[:depth]) + "/" for depth in range(len(codes), 0, -1)]


def _fallback(row: Mapping[str, Any]) -> Fallback:
    categories = row["categories"]
    listed = orjson.loads(categories) if isinstance(categories, str | bytes) else categories
    return Fallback(int(row["id"]), int(row["organisation"]), tuple(listed or ()))


@loader("fallback-provider")
async def _of_places(viewer: Viewer, keys: list[int], asked: Selected) -> dict[int, Any]:
    statement = Statement()
    text = f"SELECT t.id, t.path FROM place t WHERE {statement.among('t.id', keys)}"
    paths = {int(row["id"]): str(row["path"]) for row in await statement.fetch(text)} if keys else {}
    found = await fallbacks_of(paths.values())
    rows = await read_by_ids(viewer, "FallbackProvider", sorted({each.identifier for each in found.values()}), asked)
    return {key: rows.get(found[paths[key]].identifier) if paths.get(key) in found else None for key in keys}
