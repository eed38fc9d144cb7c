"""Many service items at once, each in a savepoint: the good rows stand, the faulty ones are told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from api import db
from api.commands.new_item import write_items
from api.commands.reference import Reference, load_reference
from api.commands.rematching import rematch, rematch_place
from api.commands.service_item_steps import change_service_item, move_service_item, new_service_item
from api.commands.unit_of_work import UnitOfWork
from api.errors import DomainError
from api.models import Resource
from api.models.choices import ItemKind
from api.state_machines.service_item import ServiceItemStatus

AT_ONCE = 20
"""More than so many changed items are matched by a job, so that nobody waits for all of them."""


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One row: a new item without `identifier`, else changes of a stored one at its `expected` version."""

    values: Mapping[str, Any]
    identifier: int | None = None
    expected: int = 0
    status: ServiceItemStatus | None = None


@dataclass(slots=True)
class Written:
    """What became of the rows, by their index: resources to match, and faults."""

    resources: dict[int, int] = field(default_factory=dict)
    faults: dict[int, DomainError] = field(default_factory=dict)


async def write_rows(work: UnitOfWork, rows: Sequence[ItemRow]) -> Written:
    """Write every row that can be written; what a faulty one has begun is undone, and nothing else."""
    written = Written()
    reference = await load_reference(ItemKind.RESOURCE, [row.values for row in rows])
    for index, row in enumerate(rows):
        recorded, along = len(work.done), len(work.along)
        try:
            async with db.transaction():
                written.resources[index] = await _write(work, row, reference)
        except DomainError as fault:
            del work.done[recorded:], work.along[along:]
            written.faults[index] = fault
    return written


async def _write(work: UnitOfWork, row: ItemRow, reference: Reference) -> int:
    if row.identifier is None:
        item = await new_service_item(work.viewer, row.values, reference)
        await write_items(work, [item])
        return int(item.row.id)
    expected, resource = row.expected, 0
    if row.values:
        resource = await change_service_item(work, row.identifier, row.values, expected, reference)
        expected += 1
    if row.status is not None:
        resource = await move_service_item(work, row.identifier, row.status, expected)
    return resource


async def match_rows(work: UnitOfWork, written: Written) -> None:
    """Match what was written: a few at once, many by a job over the place they have in common."""
    resources = list(written.resources.values())
    if len(resources) <= AT_ONCE:
        for resource in resources:
            await rematch(work, ItemKind.RESOURCE, resource)
        return
    paths = await Resource.filter(id__in=resources).values_list("path", flat=True)
    await rematch_place([str(path) for path in paths])
