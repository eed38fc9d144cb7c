"""List to list: which need and project lists a resource list could serve, and how far (覆盖).

How far is the share of a list's requirement lines that have at least one suggested match
with a resource of the other list. Only published lists are answered with, and only what the
viewer may see is counted: list, item, match and resource. One statement each, however many
lists are asked about.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from api.models.choices import ListKind
from api.plan.registry import source_named
from api.plan.statement import Statement
from api.plan.viewer import Viewer
from api.plan.visibility import readable
from api.state_machines.item_list import ListStatus
from api.state_machines.match import MatchStatus

SOURCES: Final = {
    ListKind.RESOURCE: "ResourceList",
    ListKind.NEED: "NeedList",
    ListKind.PROJECT: "ProjectList",
}
MOST: Final = 20
"""Answers for one list, the furthest covered first."""


@dataclass(frozen=True, slots=True)
class Covered:
    """How far a resource list serves a need or project list: `covered` of its `lines`."""

    resource_list: int
    item_list: int
    lines: int
    covered: int

    @property
    def share(self) -> float:
        """Return the covered share, 0 to 1."""
        return self.covered / self.lines


async def coverage(viewer: Viewer, resource_lists: Sequence[int], kind: ListKind) -> list[Covered]:
    """Return for each resource list the lists of `kind` (NEED or PROJECT) that it could serve."""
    statement = Statement()
    served = _served(viewer, statement, kind)
    asked = statement.among("served.resource_list", list(resource_lists))
    rows = _covered(served, _lines(viewer, statement, kind))
    return await _best(statement, f"{rows} WHERE {asked}", "resource_list")


async def used_by(viewer: Viewer, item_lists: Sequence[int], kind: ListKind) -> list[Covered]:
    """Return for each list of `kind` (NEED or PROJECT) the resource lists that could serve it."""
    statement = Statement()
    served = _served(viewer, statement, kind)
    asked = statement.among("wanted.item_list", list(item_lists))
    rows = _covered(served, _lines(viewer, statement, kind))
    return await _best(statement, f"{rows} WHERE {asked}", "item_list")


def _served(viewer: Viewer, statement: Statement, kind: ListKind) -> str:
    """Return the pairs of resource list and line with a suggested match, all of it visible."""
    match = source_named("Match")
    status = statement.bind(MatchStatus.SUGGESTED.value)
    offered = published(viewer, statement, ListKind.RESOURCE, "o")
    # Whether a match is visible hangs on its need or project and on its resource (its source's parents).
    return (
        "SELECT DISTINCT e.item_list_id AS resource_list, t.line_id"
        ' FROM list_entry e JOIN item_list o ON o.id = e.item_list_id JOIN "match" t ON t.resource_id = e.resource_id'
        f" {match.joins} WHERE {offered} AND t.{kind.lower()}_id IS NOT NULL AND t.status = {status}"
        f" AND {readable(match, viewer, statement)}"
    )


def _lines(viewer: Viewer, statement: Statement, kind: ListKind) -> str:
    """Return the requirement lines of every visible list of the kind, and how many each list has."""
    table = kind.lower()
    item = source_named(table.capitalize())
    return (
        "SELECT t.id AS item_list, l.id AS line_id, COUNT(*) OVER (PARTITION BY t.id) AS lines"
        " FROM item_list t JOIN list_entry e ON e.item_list_id = t.id"
        f' JOIN "{table}" i ON i.id = e.{table}_id JOIN requirement_line l ON l.{table}_id = i.id'
        f" WHERE {published(viewer, statement, kind, 't')} AND {readable(item, viewer, statement, 'i')}"
    )


def _covered(served: str, wanted: str) -> str:
    return (
        f"WITH served AS ({served}), wanted AS ({wanted})"
        " SELECT served.resource_list, wanted.item_list, wanted.lines, COUNT(*) AS covered"
        " FROM served JOIN wanted ON wanted.line_id = served.line_id"
    )


async def _best(statement: Statement, rows: str, asked: str) -> list[Covered]:
    grouped = f"{rows} GROUP BY served.resource_list, wanted.item_list, wanted.lines"
    order = "covered * 1.0 / lines DESC, resource_list, item_list"
    found = await statement.fetch(
        f"SELECT * FROM (SELECT g.*, ROW_NUMBER() OVER (PARTITION BY {asked} ORDER BY {order}) AS place"
        f" FROM ({grouped}) g) ranked WHERE place <= {MOST} ORDER BY {asked}, place"
    )
    return [Covered(row["resource_list"], row["item_list"], row["lines"], row["covered"]) for row in found]


def published(viewer: Viewer, statement: Statement, kind: ListKind, alias: str) -> str:
    """Return: the list stands as published, and the viewer may see it."""
    status = statement.bind(ListStatus.PUBLISHED.value)
    return f"{alias}.status = {status} AND {readable(source_named(SOURCES[kind]), viewer, statement, alias)}"
