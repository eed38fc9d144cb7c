"""The filter input of the item lists, and how it becomes a page."""

from collections.abc import Callable, Mapping
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
from api.queries.agreement import still_promised
from api.queries.filters import ItemFilter, code, interval
from api.queries.items import ItemOrder, SearchOrder
from api.schema.inputs import IntervalInput, NearInput, identifier, instant, row_id
from api.search.asking import words_asked

Paging = tuple[int | None, str | None, int | None, str | None]


def searched() -> Any:
    """Declare the filter by words of the text."""
    return strawberry.field(
        default=None,
        description="Words in Chinese or English, at most 100 characters: all of them stand in its title or text"
        " (docs/search.md)",
    )


@strawberry.input(description="Filters that all items have; all combine with AND")
class ItemFilterInput:
    """Filter."""

    search: str | None = searched()
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
    paired_with_me: bool | None = strawberry.field(
        default=None, description="Whether the caller, or an organisation they act for, is paired with its place"
    )


def under_agreement() -> Any:
    """Declare the filter of needs and projects by an agreement."""
    return identifier(
        "Agreement",
        "In the place of this agreement, with a line for something that it promises and that is not used up;"
        " none while it is not in force",
        default=None,
    )


async def item_page(info: Info, name: str, asked: Any, order: ItemOrder | SearchOrder, paging: Paging) -> Any:
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
    values: dict[str, Any] = {name: getattr(asked, name, None) for name in PLAIN}
    for name in ("within", "serves"):
        if (text := getattr(asked, name, None)) is not None:
            values[name] = await items.place_path(viewer, text, ("filter", name))
    for name, check in CHECKED.items():
        if (value := getattr(asked, name, None)) is not None:
            values |= check(value)
    if (agreement := getattr(asked, "under_agreement", None)) is not None:
        here = ("filter", "underAgreement")
        values["promised"] = await still_promised(viewer, row_id(agreement, "Agreement", here), here)
    return ItemFilter(**values)


def _code(name: str) -> Callable[[Any], dict[str, Any]]:
    return lambda value: {name: code(value, ("filter", camel(name)))}


def _key(name: str, of: str) -> Callable[[Any], dict[str, Any]]:
    return lambda value: {name: row_id(value, of, ("filter", camel(name)))}


def _available(value: IntervalInput) -> dict[str, Any]:
    start = instant(value.start, ("filter", "availableBetween", "from"))
    end = instant(value.end, ("filter", "availableBetween", "to"))
    return {"available": interval(start, end)}


# What is taken as it was given, and how the rest is checked.
PLAIN = ("family", "claimed_by_me", "paired_with_me", "at_home")
CHECKED: Mapping[str, Callable[[Any], dict[str, Any]]] = {
    "search": lambda value: {"search": words_asked(value, ("filter", "search"))},
    "category": _code("category"),
    "target_group": _code("target_group"),
    "kind": _code("kind"),
    "available_between": _available,
    "near": lambda value: {"near": circle(value.longitude, value.latitude, value.metres, value.crs)},
    "changed_since": lambda value: {"changed_since": instant(value, ("filter", "changedSince"))},
    "owner_organisation": _key("owner_organisation", "Organisation"),
    "round": _key("round", "CollectionRound"),
    "status": lambda value: {"status": tuple(value)},
    "price_class": lambda value: {"price_class": tuple(value)},
}
