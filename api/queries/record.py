"""Pages of audit entries, jobs and keys, newest first."""

from typing import Any

from api.plan.answering import Answer, answer_page
from api.plan.paging import page_request
from api.plan.registry import source_named
from api.plan.selection import Selected
from api.plan.source import NEWEST
from api.plan.statement import Statement
from api.plan.viewer import Viewer
from api.queries.items import place_path


async def page(viewer: Viewer, name: str, selection: Selected, within: str | None, paging: dict[str, Any]) -> Answer:
    """Return one page, perhaps only of what lies within a place."""
    path = None if within is None else await place_path(viewer, within, ("within",))
    column = source_named(name).columns["path"]

    def condition(statement: Statement) -> str:
        return "1 = 1" if path is None else statement.under(column, path)

    request = page_request(paging, source_named(name), NEWEST)
    return await answer_page(viewer, name, selection, NEWEST, request, condition)
