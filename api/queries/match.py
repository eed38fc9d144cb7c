"""Pages of matches under filters, also by list."""

from enum import StrEnum
from typing import Any

from api.plan.answering import Answer, answer_page
from api.plan.paging import page_request
from api.plan.reader import Condition
from api.plan.registry import camel, source_named
from api.plan.selection import Selected
from api.plan.source import BY_SCORE, NEWEST
from api.plan.statement import Statement
from api.plan.viewer import Viewer
from api.plan.visibility import readable
from api.queries.filters import code, lies_within, looked_at
from api.queries.items import COLUMNS, place_path

LISTS = {
    "resource_list": ("ResourceList", "resource"),
    "need_list": ("NeedList", "need"),
    "project_list": ("ProjectList", "project"),
}
EQUAL = {
    "organisation": "r.owner_organisation_id",
    "rule_version": "t.rule_version_id",
    "rule_id": "t.rule_id",
}


class MatchOrder(StrEnum):
    """Orders of matches; a match's score never changes (a changed one is a new match)."""

    BEST = "BEST"
    NEWEST = "NEWEST"


async def matches(
    viewer: Viewer, selection: Selected, asked: dict[str, Any], order: MatchOrder, paging: dict[str, Any]
) -> Answer:
    """Return one page. A list that the viewer may not see gives no matches."""
    chosen = BY_SCORE if order is MatchOrder.BEST else NEWEST
    condition = await filtered(viewer, asked)
    request = page_request(paging, source_named("Match"), chosen)
    return await answer_page(viewer, "Match", selection, chosen, request, condition)


async def filtered(viewer: Viewer, asked: dict[str, Any]) -> Condition:
    """Return the SQL condition of a filter. Raise InvalidInput or NotFound with the argument's name."""
    for name in ("category", "rule_id"):
        if asked.get(name) is not None:
            code(asked[name], ("filter", camel(name)))
    within = asked.get("within")
    path = None if within is None else await place_path(viewer, within, ("filter", "within"))
    return lambda statement: _condition(viewer, asked, path, statement)


def _condition(viewer: Viewer, asked: dict[str, Any], path: str | None, statement: Statement) -> str:
    parts = [looked_at(asked.get("only"), statement)]
    if path is not None:
        parts.append(_within(viewer, path, statement))
    for name, column in EQUAL.items():
        if asked.get(name) is not None:
            parts.append(f"{column} = {statement.bind(asked[name])}")
    if asked.get("status") is not None:
        parts.append(statement.among("t.status", [str(status) for status in asked["status"]]))
    if asked.get("category") is not None:
        below = statement.below_category("l.category", asked["category"])
        parts.append(f"EXISTS (SELECT 1 FROM requirement_line l WHERE l.id = t.line_id AND {below})")
    if asked.get("minimum_score") is not None:
        parts.append(f"t.score >= {statement.bind(asked['minimum_score'])}")
    if asked.get("changed_since") is not None:
        parts.append(f"t.decided_at >= {statement.bind(asked['changed_since'])}")
    for name, (source, column) in LISTS.items():
        if asked.get(name) is not None:
            parts.append(_on_list(viewer, source, column, asked[name], statement))
    return " AND ".join(parts)


def _within(viewer: Viewer, path: str, statement: Statement) -> str:
    """Return: the need or project lies there, as the filter of needs and of projects has it."""
    need = lies_within(viewer, "Need", path, COLUMNS["Need"], statement, "n")
    project = lies_within(viewer, "Project", path, COLUMNS["Project"], statement, "p")
    return (
        f"(EXISTS (SELECT 1 FROM need n WHERE n.id = t.need_id AND {need})"
        f" OR EXISTS (SELECT 1 FROM project p WHERE p.id = t.project_id AND {project}))"
    )


def _on_list(viewer: Viewer, name: str, column: str, identifier: int, statement: Statement) -> str:
    source = source_named(name)
    visible = readable(source, viewer, statement, "x")
    return (
        f"EXISTS (SELECT 1 FROM list_entry e JOIN item_list x ON x.id = e.item_list_id"
        f" WHERE x.id = {statement.bind(identifier)} AND e.{column}_id = t.{column}_id AND {visible})"
    )
