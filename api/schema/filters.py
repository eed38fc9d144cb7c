"""The filter input of the item lists, and how it becomes a page."""

from datetime import datetime
from typing import Any

import strawberry

from api.context import Info
from api.models.choices import Family
from api.plan.geography import circle
from api.plan.registry import camel
from api.plan.selection import selected
from api.plan.viewer import Viewer
from api.queries import items
from api.queries.filters import ItemFilter, code, interval
from api.queries.items import ItemOrder
from api.schema.inputs import IntervalInput, NearInput, identifier, instant, row_id

KEYS = (("owner_organisation", "Organisation"), ("round", "CollectionRound"))
Paging = tuple[int | None, str | None, int | None, str | None]


@strawberry.input(description="Filters that all items have; all combine with AND")
class ItemFilterInput:
    """Filter."""

    within: str | None = strawberry.field(
        default=None, description="Identifier or code of a place: it and all below it"
    )
    family: Family | None = strawberry.field(default=None, description="Family of the owner")
    category: str | None = strawberry.field(default=None, description="Category code: it and everything below it")
    target_group: str | None = strawberry.field(default=None, description="Code of a group it is for")
    available_between: IntervalInput | None = strawberry.field(
        default=None,
        description="Has a time window in this interval; items without windows count as any time",
    )
    near: NearInput | None = strawberry.field(default=None, description="Within so many metres of a point")
    changed_since: datetime | None = strawberry.field(default=None, description="Changed at or after this instant")
    owner_organisation: strawberry.ID | None = identifier("Organisation", "Owned by this organisation", default=None)


async def item_page(info: Info, name: str, asked: Any, order: ItemOrder, paging: Paging) -> Any:
    """Return one page of needs, resources, projects, lists or service items."""
    viewer = info.context.viewer
    arguments = dict(zip(("first", "after", "last", "before"), paging, strict=True))
    filters = await item_filter(viewer, asked) if asked is not None else ItemFilter()
    return await items.page(viewer, name, selected(info._raw_info), filters, order, arguments)


async def item_filter(viewer: Viewer, asked: Any) -> ItemFilter:
    """Return the checked filter, of whichever fields it has.

    Raises:
        InvalidInput: a value can be none of its kind; with its path.
        NotFound: there is no such place, or the identifier is malformed; with its path.
    """
    values: dict[str, Any] = {}
    for name in ("within", "serves"):
        if (text := getattr(asked, name, None)) is not None:
            values[name] = await items.place_path(viewer, text, ("filter", name))
    for name in ("category", "target_group", "kind"):
        if (text := getattr(asked, name, None)) is not None:
            values[name] = code(text, ("filter", camel(name)))
    if (between := getattr(asked, "available_between", None)) is not None:
        start = instant(between.start, ("filter", "availableBetween", "from"))
        end = instant(between.end, ("filter", "availableBetween", "to"))
        values["available"] = interval(start, end)
    if (near := getattr(asked, "near", None)) is not None:
        values["near"] = circle(near.longitude, near.latitude, near.metres, near.crs)
    if (changed := getattr(asked, "changed_since", None)) is not None:
        values["changed_since"] = instant(changed, ("filter", "changedSince"))
    if (status := getattr(asked, "status", None)) is not None:
        values["status"] = tuple(status)
    return ItemFilter(family=getattr(asked, "family", None), **values, **_keys(asked))


def _keys(asked: Any) -> dict[str, Any]:
    given = ((name, of, getattr(asked, name, None)) for name, of in KEYS)
    return {name: row_id(key, of, ("filter", camel(name))) for name, of, key in given if key is not None}
