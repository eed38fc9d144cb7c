"""Writing reference data: what is new is added, what differs is changed, the rest is left alone."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from api.commands.unit_of_work import Done, UnitOfWork
from api.identifiers import new_id


@dataclass(frozen=True, slots=True)
class Upserted:
    """One row that was added or changed, with each changed column's former and new value."""

    row: Any
    verb: str
    change: dict[str, list[Any]]


async def upsert(
    model: type[Any], keys: Sequence[str], stored: Iterable[Any], given: Sequence[Mapping[str, Any]]
) -> list[Upserted]:
    """Bring rows to the given columns; `keys` tell which of the `stored` rows is meant."""
    known = {tuple(getattr(row, key) for key in keys): row for row in stored}
    done: list[Upserted] = []
    for columns in given:
        row = known.get(tuple(columns[key] for key in keys))
        if row is None:
            row = known[tuple(columns[key] for key in keys)] = model(id=new_id(), **columns)
            done.append(Upserted(row, "create", {}))
            continue
        change = {name: [getattr(row, name), value] for name, value in columns.items() if getattr(row, name) != value}
        if change:
            row.update_from_dict(dict(columns))
            done.append(Upserted(row, "update", change))
    created = [each.row for each in done if each.verb == "create"]
    await model.bulk_create(created)
    for each in done:
        if each.verb == "update":
            await each.row.save()
    return done


def record(work: UnitOfWork, name: str, done: Iterable[Upserted], rule: str | None, path: str = "") -> None:
    """Note each row that was added or changed."""
    for each in done:
        action = f"{name[0].lower()}{name[1:]}.{each.verb}"
        work.record(Done(action, name, each.row.id, path, each.change, rule))
