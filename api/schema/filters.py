"""The filter input of the item lists, and how it becomes a page."""

from datetime import datetime
from typing import Any

import strawberry

from api.context import Info
from api.models.choices import Family
from api.plan.geography import circle
from api.plan.selection import selected
from api.queries import items
from api.queries.filters import ItemFilter, interval
from api.queries.items import ItemOrder
from api.schema.inputs import IntervalInput, NearInput, aware, identifier, row_id

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
    filters = await item_filter(info, asked) if asked is not None else ItemFilter()
    return await items.page(viewer, name, selected(info._raw_info), filters, order, arguments)


async def item_filter(info: Info, asked: Any) -> ItemFilter:
    """Return the checked filter. Raise InvalidInput or NotFound with the place of the fault."""
    viewer = info.context.viewer
    within, serves = asked.within, getattr(asked, "serves", None)
    near, between = getattr(asked, "near", None), getattr(asked, "available_between", None)
    status = getattr(asked, "status", None)
    owner = getattr(asked, "owner_organisation", None)
    changed = getattr(asked, "changed_since", None)
    return ItemFilter(
        within=None if within is None else await items.place_path(viewer, within, ("filter", "within")),
        serves=None if serves is None else await items.place_path(viewer, serves, ("filter", "serves")),
        family=getattr(asked, "family", None),
        status=None if status is None else tuple(status),
        category=getattr(asked, "category", None),
        target_group=getattr(asked, "target_group", None),
        available=None if between is None else interval(aware(between.start), aware(between.end)),
        near=None if near is None else circle(near.longitude, near.latitude, near.metres, near.crs),
        changed_since=None if changed is None else aware(changed),
        owner_organisation=None if owner is None else row_id(owner, "Organisation", ("filter", "ownerOrganisation")),
    )
