"""Writing new items: one, or many of a batch in one unit of work, all or nothing."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tortoise.models import Model

from api.commands.reference import Reference, load_reference
from api.commands.rematching import rematch, rematch_place
from api.commands.unit_of_work import Done, UnitOfWork, unit_of_work
from api.errors import BatchRefused, DomainError
from api.models.choices import ItemKind
from api.plan.viewer import Viewer

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class NewItem:
    """A checked row and its child rows, none of them saved yet, and what will be recorded.

    The record names the object that the caller gets to know: for a service item not `row`, which is
    the resource that it owns and that is matched. `before` is what had to be done first, e.g. registering somebody.
    """

    row: Any
    children: Sequence[Model]
    done: Done
    before: Sequence[Done] = ()


Build = Callable[[Viewer, Values, Reference], Awaitable[NewItem]]
Finish = Callable[[Sequence[NewItem]], Awaitable[None]]


async def _as_built(_: Sequence[NewItem]) -> None:
    """Leave the items as they are."""


async def submit_one(viewer: Viewer, kind: ItemKind, values: Values, build: Build, finish: Finish = _as_built) -> int:
    """Write one new item and match it; return its identifier. `finish` runs before the writing."""
    async with unit_of_work(viewer) as work:
        item = await build(viewer, values, await load_reference(kind, [values]))
        await finish([item])
        await write_items(work, [item])
        await rematch(work, kind, item.row.id)
    return item.done.object_id


async def submit_all(
    viewer: Viewer,
    kind: ItemKind,
    many: Sequence[Values],
    build: Build,
    finish: Finish = _as_built,
    *,
    matched: bool = True,
) -> list[int]:
    """Write many new items in one unit of work; return their identifiers in the same order.

    They are not matched one by one: a job re-matches the place they have in common.

    Raises:
        BatchRefused: some rows are wrong; each fault by its row's index, and nothing was written.
    """
    if not many:
        return []
    async with unit_of_work(viewer) as work:
        reference = await load_reference(kind, many)
        items, errors = [], {}
        for index, values in enumerate(many):
            try:
                items.append(await build(viewer, values, reference))
            except DomainError as fault:
                errors[index] = fault
        if errors:
            raise BatchRefused(errors=errors)
        await finish(items)
        await write_items(work, items)
        if matched:
            await rematch_place([item.row.path for item in items])
    return [item.done.object_id for item in items]


async def write_items(work: UnitOfWork, items: Sequence[NewItem]) -> None:
    """Write new items with their children, and record them."""
    groups: dict[type[Model], list[Model]] = {}
    for item in items:
        for row in (item.row, *item.children):
            groups.setdefault(type(row), []).append(row)
        for done in (*item.before, item.done):
            work.record(done)
        if item.row.id != item.done.object_id:
            name = type(item.row).__name__
            work.changed_along(f"{name.lower()}.create", name, item.row.id, item.row.path)
    # The items' own table comes first, so that the children find what they point to.
    for model, rows in groups.items():
        await model.bulk_create(rows)
