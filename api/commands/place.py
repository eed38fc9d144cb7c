"""Places: create below a parent, and link beside the tree."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from api.commands import inputs
from api.commands.permission import require, scope_of
from api.commands.rematching import rematch_place
from api.commands.unit_of_work import Done, unit_of_work
from api.errors import Duplicate, InvalidInput, NotFound
from api.identifiers import new_id
from api.models import Place, PlaceLink
from api.models.choices import EstateKind, PlaceKind, PlaceLinkKind
from api.plan.geography import Crs, checked_point
from api.plan.viewer import Viewer
from auth.permissions import Action, Object

LONGEST_PATH = 400
MOST_ALIASES = 20
OWN_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}", re.ASCII)
# Statistical division codes: province 2 digits, city 4, district 6, sub-district 9, community 12.
OFFICIAL_CODE = re.compile(r"[0-9]{2}(?:[0-9]{2}(?:[0-9]{2}(?:[0-9]{3}(?:[0-9]{3})?)?)?)?", re.ASCII)
# Down to the community the order is fixed; below it any kind may lie in any other.
RANK: Mapping[PlaceKind, int] = {
    PlaceKind.COUNTRY: 0,
    PlaceKind.PROVINCE: 1,
    PlaceKind.CITY: 2,
    PlaceKind.DISTRICT: 3,
    PlaceKind.SUBDISTRICT: 4,
    PlaceKind.TOWN: 4,
    PlaceKind.COMMUNITY: 5,
    PlaceKind.VILLAGE: 5,
}
INNER, LEAST_OUTER = 6, 4
COMMUNITIES = (PlaceKind.COMMUNITY, PlaceKind.VILLAGE)


async def create_place(viewer: Viewer, values: Mapping[str, Any]) -> int:
    """Create a place below `parent` (an identifier; None for a root) and return its identifier.

    Values: code, official, kind, name, name_en, aliases, parent, point, estate_kind, share_over_60
    (0 to 1, None unknown), has_property_firm (None unknown). The path is the parent's and the code;
    the community is the nearest COMMUNITY or VILLAGE at or above.

    Raises:
        InvalidInput, NotFound, Duplicate: with the place of the fault.
        Forbidden: the viewer may not create places there.
    """
    return (await create_places(viewer, [values]))[0]


async def create_places(viewer: Viewer, many: Sequence[Mapping[str, Any]]) -> list[int]:
    """Create places whose parents are there already, all or none; return their identifiers in the same order.

    Raises: as `create_place`, for the first that is wrong.
    """
    async with unit_of_work(viewer) as work:
        named = {values.get("parent") for values in many} - {None}
        parents = {place.id: place for place in await Place.filter(id__in=sorted(named))}
        places = [_place(values, parents) for values in many]
        rules = [require(viewer, Object.PLACE, Action.CREATE, scope_of(place), visible=True) for place in places]
        codes = {place.code for place in places}
        if len(codes) < len(places) or await Place.exists(code__in=sorted(codes)):
            raise Duplicate("这个地点编码已登记", "This code is registered already", ("code",))
        await Place.bulk_create(places)
        for place, rule in zip(places, rules, strict=True):
            work.record(Done("place.create", "Place", place.id, place.path, {}, rule))
    return [int(place.id) for place in places]


async def link_places(viewer: Viewer, one: int, other: int, kind: PlaceLinkKind) -> None:
    """Note that two places are adjacent, or that one (a lane, a grid) touches the other.

    Being adjacent is stored for both. Links carry no authority. Doing it again changes nothing.

    Raises:
        NotFound: one of them does not exist.
        InvalidInput: both are the same place.
        Forbidden: the viewer may not change the first.
    """
    if one == other:
        raise InvalidInput("不能与自己相连", "A place cannot be linked to itself", ("other",))
    async with unit_of_work(viewer) as work:
        found = {place.id: place for place in await Place.filter(id__in=[one, other])}
        for name, identifier in (("place", one), ("other", other)):
            if identifier not in found:
                raise NotFound(path=(name,))
        rule = require(viewer, Object.PLACE, Action.UPDATE, scope_of(found[one]))
        pairs = [(one, other), (other, one)] if kind is PlaceLinkKind.ADJACENT else [(one, other)]
        added = False
        for place, beside in pairs:
            _, new = await PlaceLink.get_or_create({"id": new_id()}, place_id=place, other_id=beside, kind=kind)
            added = added or new
        if added:
            path, change = found[one].path, {"link": [None, found[other].code]}
            work.record(Done("place.link", "Place", one, path, change, rule))
            await rematch_place([place.path for place in found.values()])


def _place(values: Mapping[str, Any], parents: Mapping[int, Place]) -> Place:
    identifier = values.get("parent")
    parent = None if identifier is None else parents.get(identifier)
    if identifier is not None and parent is None:
        raise NotFound(path=("parent",))
    place = Place(id=new_id(), **_columns(values), **_position(values, parent))
    if place.kind in COMMUNITIES:
        place.community_id = place.id
    return place


def _columns(values: Mapping[str, Any]) -> dict[str, Any]:
    aliases = values.get("aliases") or []
    if len(aliases) > MOST_ALIASES:
        raise InvalidInput(f"最多 {MOST_ALIASES} 项", f"At most {MOST_ALIASES}", ("aliases",))
    estate = values.get("estate_kind")
    longitude, latitude = None, None
    if (point := values.get("point")) is not None:
        crs = point.get("crs") or Crs.WGS84
        longitude, latitude = checked_point(point["longitude"], point["latitude"], crs, ("point",))
    return {
        "name_zh": inputs.line(values.get("name"), ("name",), 100),
        "name_en": inputs.text(values.get("name_en"), ("nameEn",), 200),
        "aliases": [inputs.line(alias, ("aliases", str(index)), 100) for index, alias in enumerate(aliases)],
        "official": bool(values.get("official")),
        "estate_kind": None if estate is None else inputs.choice(estate, EstateKind, ("estateKind",)),
        "share_over_60": inputs.number(values.get("share_over_60"), ("shareOver60",), high=1),
        "has_property_firm": values.get("has_property_firm"),
        "longitude": longitude,
        "latitude": latitude,
    }


def _position(values: Mapping[str, Any], parent: Place | None) -> dict[str, Any]:
    code = inputs.line(values.get("code"), ("code",), 40)
    kind = inputs.choice(values.get("kind") or "", PlaceKind, ("kind",))
    if values.get("official"):
        _refuse_official(code, parent)
    elif not OWN_CODE.fullmatch(code):
        raise InvalidInput("编码只能用字母、数字、短横和下划线", "Letters, digits, - and _ only", ("code",))
    above = -1 if parent is None else RANK.get(parent.kind, INNER)
    rank = RANK.get(kind, INNER)
    if (rank < INNER and above >= rank) or (rank == INNER and above < LEAST_OUTER):
        where = "根" if parent is None else str(parent.kind)
        raise InvalidInput(f"{kind} 不能放在 {where} 之下", f"{kind} cannot lie below {where}", ("parent",))
    path = f"{parent.path if parent else ''}{code}/"
    if len(path) > LONGEST_PATH:
        raise InvalidInput("层级太深", "The path becomes too long", ("parent",))
    return {
        "code": code,
        "kind": kind,
        "path": path,
        "parent_id": parent.id if parent else None,
        "community_id": getattr(parent, "community_id", None),
    }


def _refuse_official(code: str, parent: Place | None) -> None:
    if not OFFICIAL_CODE.fullmatch(code):
        raise InvalidInput(
            "官方区划代码须为 2、4、6、9 或 12 位数字",
            "An official division code has 2, 4, 6, 9 or 12 digits",
            ("code",),
        )
    if parent is not None and parent.official and not code.startswith(parent.code.rstrip("0")):
        raise InvalidInput(f"代码不属于上级 {parent.code}", f"The code does not belong to {parent.code}", ("code",))
