"""What a list consists of: its columns, its number, its items in their order."""

from collections.abc import Mapping, Sequence
from typing import Any

from api import clock
from api.commands import inputs
from api.commands.field_names import camel
from api.commands.item import Columns, owner_columns, place_columns
from api.commands.item_place import public_place
from api.commands.permission import scope_of
from api.commands.rows import Rows, chunks
from api.errors import Duplicate, InvalidInput, NotFound
from api.identifiers import new_id
from api.models import ItemList, ListEntry, Need, Place, Project, Resource, ServiceArea
from api.models.choices import ListKind, PlaceKind, Visibility
from api.plan.viewer import Viewer
from auth.permissions import Action, Object, Permission

MOST_ITEMS = 500
LONGEST_NAME = 10
ITEMS: Mapping[ListKind, tuple[type[Any], Object]] = {
    ListKind.RESOURCE: (Resource, Object.RESOURCE),
    ListKind.NEED: (Need, Object.NEED),
    ListKind.PROJECT: (Project, Object.PROJECT),
}
KIND_WORD = {ListKind.RESOURCE: "资", ListKind.NEED: "需", ListKind.PROJECT: "项"}
REGIONS = (PlaceKind.DISTRICT, PlaceKind.CITY, PlaceKind.PROVINCE)
# Words that a place's name can do without in a number.
SUFFIXES = ("社区", "街道", "小区", "市", "区", "县", "镇", "村", "省")


async def list_columns(
    viewer: Viewer, kind: ListKind, values: Mapping[str, Any], present: ItemList | None = None
) -> Columns:
    """Return the checked columns of the given values; `present` is the draft to be changed."""
    rows, columns = Rows(), Columns()
    if "title" in values:
        columns["title_zh"] = inputs.text(values["title"], ("title",), 200, required=True)
    if "title_en" in values:
        columns["title_en"] = inputs.text(values["title_en"], ("titleEn",), 200)
    if values.get("number") is not None:
        columns["number"] = inputs.line(values["number"], ("number",), 40)
        await _refuse_taken(kind, columns["number"], present)
    if "place" in values:
        exact = await place_columns(viewer, values["place"], rows)
        # All its items lie in its place: a list of one building would tell where each household lives.
        columns |= await place_columns(viewer, public_place(await rows.above(exact["path"])).id, rows)
    if "owner" in values:
        columns |= await owner_columns(viewer, values["owner"], rows)
    for name in ("period_from", "period_to"):
        if name in values:
            columns[name] = inputs.day(values[name], (camel(name),))
    start, end = (columns.get(name, getattr(present, name, None)) for name in ("period_from", "period_to"))
    if start and end and end < start:
        raise InvalidInput("结束早于开始", "Ends before it begins", ("periodTo",))
    if values.get("visibility") is not None:
        visibility = values["visibility"]
        columns["visibility"] = inputs.choice(visibility, Visibility, ("visibility",))
    return columns


async def _refuse_taken(kind: ListKind, number: str, present: ItemList | None) -> None:
    holder = await ItemList.get_or_none(kind=kind, number=number)
    if holder is not None and (present is None or holder.id != present.id):
        raise Duplicate("这个编号已被使用", "This number is in use", ("number",))


async def checked_items(viewer: Viewer, row: ItemList, items: Sequence[int]) -> list[int]:
    """Return the items of a list; each must be readable, lie in the list's place, and come once.

    A resource from elsewhere may stand in the list when its service area reaches the place.
    """
    if len(items) > MOST_ITEMS:
        raise InvalidInput(f"最多 {MOST_ITEMS} 条", f"At most {MOST_ITEMS} items", ("items",))
    model, object_ = ITEMS[row.kind]
    found: dict[int, Any] = {}
    for some in chunks(sorted(set(items))):
        found |= {item.id: item for item in await model.filter(id__in=some)}
    areas = await _areas(row, found.values())
    for index, identifier in enumerate(items):
        path, item = ("items", str(index)), found.get(identifier)
        if item is None or not viewer.may(Permission(object_, Action.READ), scope_of(item)):
            raise NotFound(path=path)
        if items.index(identifier) != index:
            raise InvalidInput("重复的条目", "The item comes twice", path)
        if not item.path.startswith(row.path) and item.id not in areas:
            raise InvalidInput("条目不在清单的地点内", "The item lies outside the place", path)
    return list(items)


async def _areas(row: ItemList, items: Any) -> set[int]:
    """Return the resources whose service area lies in, or reaches over, the list's place."""
    if row.kind is not ListKind.RESOURCE:
        return set()
    reaching: set[int] = set()
    outside = [item.id for item in items if not item.path.startswith(row.path)]
    for some in chunks(outside):
        for area in await ServiceArea.filter(resource_id__in=some):
            if area.path.startswith(row.path) or row.path.startswith(area.path):
                reaching.add(area.resource_id)
    return reaching


async def stored_items(row: ItemList) -> list[int]:
    """Return the identifiers of a list's items in their order."""
    column = f"{row.kind.lower()}_id"
    entries = ListEntry.filter(item_list_id=row.id).order_by("position")
    return [int(str(key)) for key in await entries.values_list(column, flat=True)]


async def write_entries(row: ItemList, items: Sequence[int]) -> None:
    """Replace the entries of a list."""
    column = f"{row.kind.lower()}_id"
    await ListEntry.filter(item_list_id=row.id).delete()
    await ListEntry.bulk_create(
        [
            ListEntry(id=new_id(), item_list_id=row.id, position=position, **{column: item})
            for position, item in enumerate(items)
        ]
    )


async def number_for(row: ItemList) -> str:
    """Return the list's number; one that was not given is made, e.g. 永济-柳园-需-2026-0003."""
    if row.number != str(row.id):
        return row.number
    above = await Rows().above(row.path)
    # Whoever numbers a list of the same place at the same time waits here; not for the key, which each of
    # them holds already by the new list that points to the place, so that two would wait for each other.
    await Place.filter(id=above[0].id).select_for_update(no_key=True).first()
    region = next((place for place in above[1:] if place.kind in REGIONS), None)
    names = [_short(place.name_zh) for place in (region, above[0]) if place is not None]
    prefix = "-".join([*names, KIND_WORD[row.kind], str(clock.today().year), ""])
    used = await ItemList.filter(kind=row.kind, number__startswith=prefix).values_list("number", flat=True)
    counters = [str(number).removeprefix(prefix) for number in used]
    highest = max((int(each) for each in counters if each.isascii() and each.isdigit()), default=0)
    return f"{prefix}{highest + 1:04d}"


def _short(name: str) -> str:
    for suffix in SUFFIXES:
        if name.endswith(suffix) and len(name) > len(suffix) + 1:
            name = name.removesuffix(suffix)
            break
    return name[:LONGEST_NAME]
