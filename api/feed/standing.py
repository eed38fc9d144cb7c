"""What permissions look at in rows: their own columns and those of the rows they hang on. Ids, paths, no texts."""

from collections.abc import Iterable, Iterator
from typing import Any

from api.plan.registry import source_named
from api.plan.source import Source
from api.plan.statement import Statement, chunks
from auth.permissions import Action, Object, Permission

Standing = dict[str, dict[str, Any]]
"""The columns of permissions by object ("Match", "Need"); a second row of the same object stands under "Need+"."""


async def standings(name: str, identifiers: Iterable[int]) -> dict[int, Standing]:
    """Return the standing of each row that exists."""
    source = source_named(name)
    found: dict[int, Standing] = {}
    above: list[dict[int, int]] = [{} for _ in source.parents]
    for some in chunks(sorted(set(identifiers))):
        for raw in await _rows(source, some):
            columns = {each: raw[f"own_{each}"] for each in source.columns if raw[f"own_{each}"] is not None}
            found[raw["id"]] = {} if source.object is None else {source.object.value: columns}
            for number, parents in enumerate(above):
                if raw[f"parent_{number}"] is not None:
                    parents[raw["id"]] = raw[f"parent_{number}"]
    for parent, belongs in zip(source.parents, above, strict=True):
        their = await standings(parent.source, belongs.values()) if belongs else {}
        for key, identifier in belongs.items():
            _join(found[key], their.get(identifier, {}))
    return found


def permissions_of(name: str) -> Iterator[Permission]:
    """Yield the permissions that together let a viewer see a row of a source."""
    source = source_named(name)
    if source.read is not None:
        yield source.read
    for parent in source.parents:
        yield from permissions_of(parent.source)


def permission_for(name: str) -> Permission:
    """Return the permission to read an object that a standing names."""
    return Permission(Object(name.rstrip("+")), Action.READ)


def _join(standing: Standing, other: Standing) -> None:
    for name, columns in other.items():
        while standing.get(name, columns) != columns:
            name += "+"
        standing[name] = columns


async def _rows(source: Source, identifiers: list[int]) -> list[dict[str, Any]]:
    columns = {f"own_{name}": sql for name, sql in source.columns.items()}
    columns |= {f"parent_{number}": parent.column for number, parent in enumerate(source.parents)}
    listed = ", ".join(f'{sql} AS "{name}"' for name, sql in {"id": "t.id", **columns}.items())
    statement = Statement()
    return await statement.fetch(f"SELECT {listed} FROM {source.as_t} WHERE {statement.among('t.id', identifiers)}")
