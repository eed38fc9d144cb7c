"""The filter `pairedWithMe`: what lies where the viewer, or an organisation they act for, is paired."""

from typing import Protocol

from api import clock
from api.plan.registry import source_named
from api.plan.statement import Statement
from api.plan.viewer import Viewer
from api.plan.visibility import permitted
from auth.permissions import Permission


class Placed(Protocol):
    """Where a source keeps its place, and the one that everybody may know, where that differs."""

    @property
    def path(self) -> str:
        """Return the column of the exact place."""
        ...

    @property
    def public_path(self) -> str | None:
        """Return the column of the public place."""
        ...


def paired_with(viewer: Viewer, source: str, columns: Placed, statement: Statement, exact: Permission | None) -> str:
    """Return the condition that a row lies at a place, or belongs to a household, paired with the viewer.

    Whoever may not know a row's exact place or household does not find it out by this filter either.
    """
    place = _under(columns.path)
    home = "1 = 0"
    if columns.public_path is not None and exact is not None:
        allowed = permitted(source_named(source), exact, viewer, statement)
        place = f"({_under(columns.public_path)} OR ({place} AND {allowed}))"
        home = f"(t.owner_household_id = g.household_id AND {allowed})"
    return (
        f"EXISTS (SELECT 1 FROM pairing g WHERE {_mine(viewer, statement)}"
        f" AND ((g.household_id IS NULL AND {place}) OR {home}))"
    )


def _mine(viewer: Viewer, statement: Statement) -> str:
    principal = viewer.principal
    today = statement.bind(clock.today())
    by = statement.among("g.organisation_id", sorted(principal.organisation_ids))
    if principal.person_id is not None:
        by = f"({by} OR g.person_id = {statement.bind(principal.person_id)})"
    return f"{by} AND g.valid_from <= {today} AND (g.valid_to IS NULL OR g.valid_to >= {today})"


def _under(column: str) -> str:
    # "0" is the character after "/": the range is the whole subtree.
    return f"({column} >= g.path AND {column} < substr(g.path, 1, length(g.path) - 1) || '0')"
