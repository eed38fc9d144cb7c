"""List to list: which need and project lists a resource list could serve, and how far (覆盖).

How far is the share of a list's requirement lines that have at least one suggested match
with a resource of the other list. Only published lists are answered with, and only what the
viewer may see is counted: list, entry, item, match and resource.
"""

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


@dataclass(frozen=True, slots=True)
class Covered:
    """One list on the other side: of its `lines` requirement lines, `covered` have a suggested match."""

    list_id: int
    lines: int
    covered: int

    @property
    def share(self) -> float:
        """Return the covered share, 0 to 1."""
        return self.covered / self.lines


async def coverage(viewer: Viewer, resource_list: int, kind: ListKind, most: int = 100) -> list[Covered]:
    """Return the lists of `kind` (NEED or PROJECT) that a resource list could serve, the most covered first."""
    statement = Statement()
    own = readable(source_named(SOURCES[ListKind.RESOURCE]), viewer, statement, "o")
    entries = (
        f"re.item_list_id = {statement.bind(resource_list)}"
        f" AND EXISTS (SELECT 1 FROM item_list o WHERE o.id = re.item_list_id AND {own})"
    )
    offered = _served_lines(viewer, statement, kind, entries)
    text = (
        f"WITH served AS (SELECT DISTINCT t.line_id {offered})"
        " SELECT t.id AS list_id, COUNT(*) AS lines, COUNT(served.line_id) AS covered"
        f" {_lines_of_lists(viewer, statement, kind)} LEFT JOIN served ON served.line_id = l.id"
        f" WHERE {_published(viewer, statement, kind)}"
        f" GROUP BY t.id HAVING COUNT(served.line_id) > 0"
        f" ORDER BY COUNT(served.line_id) * 1.0 / COUNT(*) DESC, t.id LIMIT {int(most)}"
    )
    return await _answers(statement, text)


async def used_by(viewer: Viewer, item_list: int, kind: ListKind, most: int = 100) -> list[Covered]:
    """Return the resource lists that could serve a list of `kind` (NEED or PROJECT), the furthest first.

    `lines` are those of the list asked about, so the shares can be compared.
    """
    statement = Statement()
    asked = f"t.id = {statement.bind(item_list)} AND {readable(source_named(SOURCES[kind]), viewer, statement)}"
    served = _served_lines(viewer, statement, kind, "1 = 1")
    text = (
        f"WITH asked AS (SELECT l.id {_lines_of_lists(viewer, statement, kind)} WHERE {asked}),"
        f" served AS (SELECT DISTINCT re.item_list_id, t.line_id {served} AND t.line_id IN (SELECT id FROM asked))"
        " SELECT t.id AS list_id, (SELECT COUNT(*) FROM asked) AS lines, COUNT(*) AS covered"
        " FROM item_list t JOIN served ON served.item_list_id = t.id"
        f" WHERE {_published(viewer, statement, ListKind.RESOURCE)}"
        f" GROUP BY t.id ORDER BY COUNT(*) DESC, t.id LIMIT {int(most)}"
    )
    return await _answers(statement, text)


def _served_lines(viewer: Viewer, statement: Statement, kind: ListKind, entries: str) -> str:
    """Return FROM and WHERE of suggested matches `t` with resources of list entries `re`, all visible."""
    match = source_named("Match")
    status = statement.bind(MatchStatus.SUGGESTED.value)
    # Whether the match is visible hangs on its need or project and on its resource (its source's parents).
    return (
        f'FROM list_entry re JOIN "match" t ON t.resource_id = re.resource_id {match.joins}'
        f" WHERE {entries} AND t.{kind.lower()}_id IS NOT NULL AND t.status = {status}"
        f" AND {readable(match, viewer, statement)}"
    )


def _lines_of_lists(viewer: Viewer, statement: Statement, kind: ListKind) -> str:
    table = kind.lower()
    item = source_named(table.capitalize())
    seen = readable(item, viewer, statement, "i")
    return (
        "FROM item_list t JOIN list_entry e ON e.item_list_id = t.id"
        f' JOIN "{table}" i ON i.id = e.{table}_id AND ({seen})'
        f" JOIN requirement_line l ON l.{table}_id = i.id"
    )


def _published(viewer: Viewer, statement: Statement, kind: ListKind) -> str:
    status = statement.bind(ListStatus.PUBLISHED.value)
    return f"t.status = {status} AND {readable(source_named(SOURCES[kind]), viewer, statement)}"


async def _answers(statement: Statement, text: str) -> list[Covered]:
    rows = await statement.fetch(text)
    return [Covered(row["list_id"], row["lines"], row["covered"]) for row in rows]
