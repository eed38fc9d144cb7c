"""What a list consists of: its columns, its number, its items in their order."""

from collections.abc import Mapping, Sequence
from typing import Any

from api.commands import inputs
from api.commands.field_names import camel
from api.commands.item import Columns, owner_columns, place_columns
from api.commands.item_place import public_place
from api.commands.numbering import next_number
from api.commands.permission import scope_of
from api.commands.rows import Rows
from api.errors import Duplicate, InvalidInput, NotFound
from api.identifiers import new_id
from api.models import ItemList, ListEntry, Need, Project, Resource, ServiceArea
from api.models.choices import ListKind, Visibility
from api.plan.statement import chunks
from api.plan.viewer import Viewer
from auth.permissions import Action, Object, Permission

MOST_ITEMS = 500
ITEMS: Mapping[ListKind, tuple[type[Any], Object]] = {
    ListKind.RESOURCE: (Resource, Object.RESOURCE),
    ListKind.NEED: (Need, Object.NEED),
    ListKind.PROJECT: (Project, Object.PROJECT),
}
KIND_WORD = {ListKind.RESOURCE: "资", ListKind.NEED: "需", ListKind.PROJECT: "项"}


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
    await ListEntry.filter(item_list_id=row.id).delete()
    await add_entries(row, items)


async def add_entries(row: ItemList, items: Sequence[int]) -> None:
    """Write the entries of a list that has none yet."""
    column = f"{row.kind.lower()}_id"
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
    same = ItemList.filter(kind=row.kind)

    async def used(prefix: str) -> list[str]:
        return [str(each) for each in await same.filter(number__startswith=prefix).values_list("number", flat=True)]

    return await next_number(row.path, KIND_WORD[row.kind], used)
