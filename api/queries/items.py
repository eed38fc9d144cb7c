"""Pages of needs, resources, projects, lists and service items under filters."""

import dataclasses
from enum import StrEnum
from typing import Any

from api.errors import InvalidInput, NotFound
from api.plan.answering import Answer, answer_page
from api.plan.global_id import row_id
from api.plan.paging import page_request
from api.plan.reader import Condition
from api.plan.registry import source_named
from api.plan.selection import Selected
from api.plan.source import NEWEST, OLDEST
from api.plan.statement import Statement
from api.plan.viewer import Viewer
from api.plan.visibility import readable
from api.queries.availability import recurring_windows
from api.queries.fallback import fallback_of
from api.queries.filters import LONGEST, Columns, ItemFilter, condition
from api.search.asking import best_first


class ItemOrder(StrEnum):
    """Orders of the item lists; identifiers grow with time and never change."""

    NEWEST = "NEWEST"
    OLDEST = "OLDEST"


class SearchOrder(StrEnum):
    """Orders of what can be searched."""

    NEWEST = "NEWEST"
    OLDEST = "OLDEST"
    RELEVANCE = "RELEVANCE"


ORDERS = {"NEWEST": NEWEST, "OLDEST": OLDEST}
COLUMNS = {
    "Need": Columns(public_path="t.public_path", window="w.need_id", claims="c.need_id", line="l.need_id"),
    # A project's exact place is no secret.
    "Project": Columns(window="w.project_id", claims="c.project_id", line="l.project_id"),
    "Resource": Columns(public_path="t.public_path", window="w.resource_id"),
    "Team": Columns(owner_organisation="t.organisation_id"),
    "Registration": Columns(owner_organisation="t.organisation_id"),
    "Pairing": Columns(owner_organisation="t.organisation_id"),
    "ServicePoint": Columns(owner_organisation="t.organisation_id", window="w.service_point_id"),
    "ServiceItem": Columns(
        family="r.family",
        category="r.category",
        target_groups="r.target_groups",
        latitude="r.latitude",
        longitude="r.longitude",
        owner_organisation="t.organisation_id",
        window="w.resource_id",
        window_target="t.resource_id",
        resource="t.resource_id",
        price_class="r.price_class",
        at_home="r.at_home",
    ),
}


async def page(
    viewer: Viewer,
    name: str,
    selection: Selected,
    asked: ItemFilter,
    order: ItemOrder | SearchOrder,
    arguments: dict[str, Any],
) -> Answer:
    """Return one page. Raise InvalidInput or LimitExceeded with the argument's name."""
    if order is SearchOrder.RELEVANCE:
        if asked.search is None:
            raise InvalidInput("按相关度排列须同时给出 search", "RELEVANCE needs a search", ("orderBy",))
        chosen = best_first(asked.search)
    else:
        chosen = ORDERS[order]
    request = page_request(arguments, source_named(name), chosen)
    return await answer_page(viewer, name, selection, chosen, request, await filtered(viewer, name, asked))


async def filtered(viewer: Viewer, name: str, asked: ItemFilter) -> Condition:
    """Return the SQL condition of a filter, with the recurring windows found that it asks for."""
    columns = COLUMNS.get(name, Columns())
    if asked.available is not None:
        found = await recurring_windows(viewer, name, asked, columns)
        asked = dataclasses.replace(asked, recurring=found)
    if asked.serves is not None and name == "ServiceItem":
        asked = dataclasses.replace(asked, fallback=await fallback_of(asked.serves))
    return lambda statement: condition(asked, columns, viewer, name, statement)


async def place_path(viewer: Viewer, text: str, path: tuple[str, ...]) -> str:
    """Return the path of a visible place given by identifier or code. Raise NotFound."""
    statement = Statement()
    if text.startswith("Place:"):
        where = f"t.id = {statement.bind(row_id(text, 'Place', path))}"
    elif len(text) <= LONGEST and text.isprintable():
        where = f"t.code = {statement.bind(text)}"
    else:
        raise NotFound(path=path)
    allowed = readable(source_named("Place"), viewer, statement)
    rows = await statement.fetch(f"SELECT t.path FROM place t WHERE {where} AND {allowed}")
    if not rows:
        raise NotFound(path=path)
    return str(rows[0]["path"])
