"""Pages of needs, resources, projects, lists and service items under filters."""

import dataclasses
from enum import StrEnum
from typing import Any

from api.errors import NotFound
from api.plan.paging import Page, page_request
from api.plan.reader import read_page
from api.plan.registry import source_named
from api.plan.selection import Selected
from api.plan.source import NEWEST, OLDEST
from api.plan.statement import Statement
from api.plan.viewer import Viewer
from api.plan.visibility import readable
from api.queries.availability import recurring_windows
from api.queries.filters import Columns, ItemFilter, condition
from auth.permissions import Action, Object, Permission


class ItemOrder(StrEnum):
    """Orders of the item lists; identifiers grow with time and never change."""

    NEWEST = "NEWEST"
    OLDEST = "OLDEST"


ORDERS = {ItemOrder.NEWEST: NEWEST, ItemOrder.OLDEST: OLDEST}
EXACT = {
    "Need": Permission(Object.NEED_EXACT_PLACE, Action.READ),
    "Resource": Permission(Object.RESOURCE_EXACT_PLACE, Action.READ),
}
_LIST = Columns(public_path=None, category=None, target_groups=None, latitude=None, longitude=None)
COLUMNS = {
    "Need": Columns(window="w.need_id"),
    "Project": Columns(window="w.project_id"),
    "Resource": Columns(window="w.resource_id", resource="t.id"),
    "ServiceItem": Columns(
        public_path=None, family=None, category="r.category", target_groups="r.target_groups",
        latitude="r.latitude", longitude="r.longitude", owner_organisation="t.organisation_id",
        window="w.resource_id", window_target="t.resource_id", resource="t.resource_id",
    ),
    "NeedList": _LIST,
    "ResourceList": _LIST,
    "ProjectList": _LIST,
    "RuleSet": Columns(
        public_path=None, family=None, status=None, category=None, target_groups=None, latitude=None, longitude=None,
        owner_organisation=None,
    ),
    "Organisation": Columns(
        public_path=None, category=None, target_groups=None, latitude=None, longitude=None, owner_organisation=None
    ),
}  # fmt: skip
WINDOW_OWNER = {
    "Need": "need",
    "Project": "project",
    "Resource": "resource",
    "ServiceItem": "resource",
}


async def page(
    viewer: Viewer,
    name: str,
    selection: Selected,
    asked: ItemFilter,
    order: ItemOrder,
    arguments: dict[str, Any],
) -> Page:
    """Return one page. Raise InvalidInput or LimitExceeded with the argument's name."""
    exact = EXACT.get(name)
    if asked.available is not None:
        found = await recurring_windows(asked.available, WINDOW_OWNER[name])
        asked = dataclasses.replace(asked, recurring=found)
    asked = dataclasses.replace(asked, exact=exact)
    chosen = ORDERS[order]
    request = page_request(arguments, chosen)
    columns = COLUMNS[name]
    return await read_page(
        viewer,
        name,
        selection,
        chosen,
        request,
        lambda s: condition(asked, columns, viewer, name, s),
    )


async def place_path(viewer: Viewer, text: str, path: tuple[str, ...]) -> str:
    """Return the path of a visible place given by identifier or code. Raise NotFound."""
    statement = Statement()
    kind, _, digits = text.partition(":")
    if kind == "Place" and digits.isascii() and digits.isdigit() and len(digits) < 19:
        where = f"t.id = {statement.bind(int(digits))}"
    elif len(text) <= 40 and text.isascii() and text.isprintable():
        where = f"t.code = {statement.bind(text)}"
    else:
        raise NotFound(path=path)
    allowed = readable(source_named("Place"), viewer, statement)
    rows = await statement.fetch(f"SELECT t.path FROM place t WHERE {where} AND {allowed}")
    if not rows:
        raise NotFound(path=path)
    return str(rows[0]["path"])
