"""Columns of an item from checked input values; the same for submitting, updating and importing.

Values are keyed by the names of the GraphQL inputs in snake_case; only keys that are present are
looked at.
"""

from collections.abc import Awaitable, Callable, Mapping
from enum import StrEnum
from typing import Any

from api.commands import inputs
from api.commands.field_names import camel
from api.commands.permission import require
from api.commands.reference import Reference
from api.commands.rows import Rows
from api.errors import InvalidInput
from api.models import Household, Organisation, Person, Place
from api.models.choices import Family, OrganisationStatus, PriceClass, Source, Urgency, Visibility
from api.plan.geography import Crs, checked_point
from api.plan.viewer import Viewer
from auth.permissions import Action, Object
from auth.relations import RowScope

Columns = dict[str, Any]
REQUIRED = ("title", "category", "place", "owner")
TAKEN_IN = frozenset({Source.GRID_WORKER, Source.HOTLINE, Source.ON_BEHALF})


def require_inputs(values: Mapping[str, Any], names: tuple[str, ...] = REQUIRED) -> None:
    """Refuse values of a new row that lack something. Raise InvalidInput."""
    for name in names:
        if values.get(name) is None:
            raise inputs.missing((camel(name),))


async def item_columns(viewer: Viewer, values: Mapping[str, Any], reference: Reference, present: Any = None) -> Columns:
    """Return the checked columns of the given values; `present` is the row to be changed, if any.

    Raises:
        InvalidInput, NotFound: with the place of the fault.
    """
    columns: Columns = {}
    for name, check in CHECKS.items():
        if name in values:
            columns |= check(values[name], reference)
    for name, load in LOADS.items():
        if name in values:
            columns |= await load(viewer, values[name], reference.rows)

    def final(column: str) -> Any:
        return columns.get(column, getattr(present, column, None))

    if "valid_from" in columns or "valid_to" in columns:
        inputs.period(final("valid_from"), final("valid_to"), ())
    if final("price_fen") and final("price_class") in (PriceClass.FREE, PriceClass.WITHIN_FEE):
        raise InvalidInput("免费的不能有价格", "What is free has no price", ("price",))
    return columns


def _text(column: str, longest: int, *, required: bool = False) -> Callable[[Any, Reference], Columns]:
    path = (camel(column.removesuffix("_zh")),)
    return lambda value, _: {column: inputs.text(value, path, longest, required=required)}


def _choice(name: str, options: type[StrEnum]) -> Callable[[Any, Reference], Columns]:
    # Without a value the column keeps what it has, or gets the concept's default.
    path = (camel(name),)
    return lambda value, _: {} if value is None else {name: inputs.choice(value, options, path)}


def _category(value: str | None, reference: Reference) -> Columns:
    if value is None:
        raise inputs.missing(("category",))
    known = reference.categories
    return {"category": inputs.codes([value], known, ("category",), "类别", "category")[0]}


def _groups(value: list[str] | None, reference: Reference) -> Columns:
    path = ("targetGroups",)
    groups = inputs.codes(value or [], reference.groups, path, "服务对象", "target group")
    return {"target_groups": groups}


def _point(value: Mapping[str, Any] | None, _: Reference) -> Columns:
    if value is None:
        return {"longitude": None, "latitude": None}
    longitude, latitude = checked_point(
        value["longitude"], value["latitude"], value.get("crs") or Crs.WGS84, ("point",)
    )
    return {"longitude": longitude, "latitude": latitude}


def _unit(value: str | None, reference: Reference) -> Columns:
    if value is None:
        return {"unit": None}
    return {"unit": inputs.codes([value], reference.units, ("unit",), "单位", "unit")[0]}


def _price_class(value: str | None, _: Reference) -> Columns:
    known = None if value is None else inputs.choice(value, PriceClass, ("priceClass",))
    return {"price_class": known}


def _minutes(value: float | None, _: Reference) -> Columns:
    minutes = inputs.number(value, ("responseMinutes",), high=525_600)
    if minutes is not None and not minutes.is_integer():
        raise InvalidInput("须为整数", "Must be a whole number", ("responseMinutes",))
    return {"response_minutes": None if minutes is None else int(minutes)}


CHECKS: dict[str, Callable[[Any, Reference], Columns]] = {
    "title": _text("title_zh", 200, required=True),
    "title_en": _text("title_en", 200),
    "text": _text("text_zh", inputs.LONGEST_TEXT),
    "text_en": _text("text_en", inputs.LONGEST_TEXT),
    "category": _category,
    "target_groups": _groups,
    "point": _point,
    "valid_from": lambda value, _: {"valid_from": value},
    "valid_to": lambda value, _: {"valid_to": value},
    "visibility": _choice("visibility", Visibility),
    "urgency": _choice("urgency", Urgency),
    "estimated_cost": lambda value, _: {"estimated_cost_fen": inputs.money(value, ("estimatedCost",))},
    "estimated_effort": lambda value, _: {
        "estimated_effort_hours": inputs.number(value, ("estimatedEffort",), high=1_000_000)
    },
    "quantity": lambda value, _: {"quantity": inputs.number(value, ("quantity",))},
    "unit": _unit,
    "price_class": _price_class,
    "price": lambda value, _: {"price_fen": inputs.money(value, ("price",))},
    "price_unit": _text("price_unit", 20),
    "response_minutes": _minutes,
    "at_home": lambda value, _: {"at_home": value},
}


async def place_columns(viewer: Viewer, identifier: int | None, rows: Rows) -> Columns:
    """Return the columns of where something lies."""
    if identifier is None:
        raise inputs.missing(("place",))
    place = await rows.visible(viewer, Place, identifier, ("place",))
    return {"place_id": place.id, "path": place.path, "community_id": place.community_id}


async def _concerns(viewer: Viewer, identifier: int | None, rows: Rows) -> Columns:
    if identifier is not None:
        await rows.visible(viewer, Organisation, identifier, ("concerns",))
    return {"concerns_id": identifier}


async def owner_columns(viewer: Viewer, value: Mapping[str, int | None] | None, rows: Rows) -> Columns:
    """Return the columns of an owner: exactly one organisation, person or household."""
    given = {name: key for name, key in (value or {}).items() if key is not None}
    if len(given) != 1:
        raise InvalidInput("须指明一个提供或提出的一方", "Name exactly one owner", ("owner",))
    name, key = next(iter(given.items()))
    found = await rows.visible(viewer, OWNERS[name], key, ("owner", name))
    family = found.family if name == "organisation" else Family.OWNERS
    if getattr(found, "status", None) is OrganisationStatus.SUSPENDED:
        raise InvalidInput("该单位已停用", "The organisation is suspended", ("owner", name))
    columns: Columns = {f"owner_{each}_id": None for each in OWNERS}
    return columns | {f"owner_{name}_id": key, "family": family}


def source_of(viewer: Viewer, values: Mapping[str, Any], columns: Mapping[str, Any]) -> Source:
    """Return how an item came in: as given, else from its owner.

    Raises:
        Forbidden: it says that somebody in charge took it in, and the viewer is nobody in charge there.
    """
    source = inputs.choice(values.get("source") or Source.RESIDENT, Source, ("source",))
    if source in TAKEN_IN:
        # Rules prefer by source, so that owning an item is no right to say so.
        require(viewer, Object.NEED_ON_BEHALF, Action.CREATE, RowScope(path=columns["path"]), visible=True)
    if source is Source.RESIDENT and columns.get("owner_organisation_id") is not None:
        return Source.ORGANISATION
    return source


OWNERS: dict[str, type[Any]] = {
    "person": Person,
    "household": Household,
    "organisation": Organisation,
}
LOADS: dict[str, Callable[[Viewer, Any, Rows], Awaitable[Columns]]] = {
    "place": place_columns,
    "concerns": _concerns,
    "owner": owner_columns,
}
