"""Filters by what somebody committed to: claims of one's own, and what an agreement still promises."""

from dataclasses import dataclass

from api.plan.holding import HOLDING_STATES
from api.plan.statement import Statement
from api.plan.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Promised:
    """What an agreement in force still promises: its place, and of each promise category and units of measure.

    Without units the promise fits whatever is asked for.
    """

    path: str
    promises: tuple[tuple[str, tuple[str, ...]], ...]


def claimed(viewer: Viewer, column: str, statement: Statement) -> str:
    """Return: somebody's claim, who is the viewer or an organisation of the viewer, holds some of it."""
    mine = own_claim(viewer, "c", statement)
    return f"EXISTS (SELECT 1 FROM claim c WHERE {column} = t.id AND c.status IN {HOLDING_STATES} AND {mine})"


def own_claim(viewer: Viewer, alias: str, statement: Statement) -> str:
    """Return: a claim of the viewer's, by person or organisation."""
    principal = viewer.principal
    parts = [statement.among(f"{alias}.actor_organisation_id", sorted(principal.organisation_ids))]
    if principal.person_id is not None:
        parts.append(f"{alias}.actor_person_id = {statement.bind(principal.person_id)}")
    return f"({' OR '.join(parts)})"


def asks_what_is_promised(promised: Promised, column: str, statement: Statement) -> str:
    """Return: a requirement line asks for something that is promised, or for something above or below it."""
    parts = []
    for category, units in promised.promises:
        codes = category.split(".")
        above = [".".join(codes[: depth + 1]) for depth in range(len(codes) - 1)]
        kind = f"({statement.below_category('l.category', category)} OR {statement.among('l.category', above)})"
        unit = f" AND (l.unit IS NULL OR {statement.among('l.unit', list(units))})" if units else ""
        parts.append(f"({kind}{unit})")
    fits = " OR ".join(parts) or "1 = 0"
    return f"EXISTS (SELECT 1 FROM requirement_line l WHERE {column} = t.id AND ({fits}))"
