"""One level of a read: one SQL statement for all rows of one source, with only the selected columns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from api.plan.decoding import decoder
from api.plan.registry import field_names
from api.plan.selection import Selected
from api.plan.source import Column, Embedded, Field, Loaded, Localised, Row, Source, ToMany, ToOne
from api.plan.statement import Statement
from api.plan.viewer import SCOPE_PREFIX, Viewer, row_scope, scope_columns
from api.plan.visibility import readable

ID = Column("t.id")
FOREIGN = "foreign_"
ORDER = "order_"
ZH, EN = "|zh", "|en"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A selected field of a source: its Python name, its declaration, and what was asked of it."""

    name: str
    field: Field
    selected: Selected


def wanted(source: Source, selection: Selected) -> list[Wanted]:
    """Return the selected fields that the source declares (others have a resolver of their own)."""
    names = field_names(source.name)
    return [
        Wanted(names[child.name], source.fields[names[child.name]], child)
        for child in selection.children
        if child.on == source.type_name and child.name in names
    ]


def columns_of(source: Source, fields: list[Wanted]) -> dict[str, Column]:
    """Return every column the level must fetch, by a unique internal name."""
    columns: dict[str, Column] = {"id": ID}
    guarded = False
    for item in fields:
        for name, column in _columns(item):
            columns[name] = column
            guarded = guarded or column.permission is not None
        guarded = guarded or (isinstance(item.field, ToOne) and item.field.permission is not None)
    return columns | scope_columns(source) if guarded else columns


def _columns(item: Wanted) -> list[tuple[str, Column]]:
    match item.field:
        case Column() | Localised():
            return _value_columns(item.name, item.field)
        case Embedded():
            parts = item.field.columns.items()
            return [pair for part, value in parts for pair in _value_columns(f"{item.name}.{part}", value)]
        case ToOne():
            foreign = [(f"{FOREIGN}{item.name}", Column(item.field.column))]
            if item.field.otherwise:
                foreign.append((f"{FOREIGN}{item.name}.otherwise", Column(item.field.otherwise)))
            return foreign
        case ToMany() | Loaded():
            return []


def _value_columns(name: str, value: Column | Localised) -> list[tuple[str, Column]]:
    if isinstance(value, Localised):
        return [(f"{name}{ZH}", value.zh), (f"{name}{EN}", value.en)]
    return [(name, value)]


async def fetch(
    source: Source,
    viewer: Viewer,
    columns: Mapping[str, Column],
    statement: Statement,
    condition: str,
    tail: str = "",
    table: str = "",
) -> list[dict[str, Any]]:
    """Run the level's statement; return raw values by internal name. Rows the viewer may not see are not there.

    `table` is what stands after FROM, if it is not the source's own.
    """
    listed = ", ".join(f'{column.sql} AS "{name}"' for name, column in columns.items())
    allowed = readable(source, viewer, statement)
    rows = table or source.as_t
    return await statement.fetch(f"SELECT {listed} FROM {rows} WHERE {condition} AND {allowed}{tail}")


def to_rows(
    source: Source, viewer: Viewer, columns: Mapping[str, Column], raws: Sequence[Mapping[str, Any]]
) -> list[Row]:
    """Decode raw rows; a value whose permission the viewer lacks for its row is None."""
    language = viewer.principal.language
    kept = {name: column for name, column in columns.items() if not name.startswith(SCOPE_PREFIX)}
    steps = [(name, decoder(column)) for name, column in kept.items()]
    texts = [name.removesuffix(ZH) for name in kept if name.endswith(ZH)]
    guarded = [(name, column.permission) for name, column in kept.items() if column.permission]
    switched = [
        (f"{FOREIGN}{name}", declared.permission)
        for name, declared in source.fields.items()
        if isinstance(declared, ToOne) and declared.permission and f"{FOREIGN}{name}" in kept
    ]
    rows = []
    for raw in raws:
        values: dict[str, Any] = {}
        for name, decode in steps:
            value = raw[name]
            values[name] = value if decode is None or value is None else decode(value)
        if guarded or switched:
            scope = row_scope(raw)
            for name, permission in guarded:
                if not viewer.may(permission, scope):
                    values[name] = None
            for name, permission in switched:
                if not viewer.may(permission, scope):
                    values[name] = values[f"{name}.otherwise"]
        for name in texts:
            zh, en = values.pop(name + ZH), values.pop(name + EN)
            values[name] = (en or zh) if language == "en" else (zh or en)
        rows.append(Row(source, values))
    return rows


def embed(row: Row, item: Wanted) -> Any:
    """Return the embedded object of a row as a row of its own, or None when it is empty."""
    declared = item.field
    assert isinstance(declared, Embedded)
    parts = {part: row.values[f"{item.name}.{part}"] for part in declared.columns}
    if declared.nullable and all(value is None for value in parts.values()):
        return None
    return Row(row.source, parts)
