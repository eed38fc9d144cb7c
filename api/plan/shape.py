"""The compiled form of a selection: the columns of one SQL statement, and a function that makes the answer of its rows.

Rows that a field leads to are joined; lists are arrays of rows (PostgreSQL) or JSON (SQLite) within the row they
belong to. Row filters and field rules are conditions of the same statement. The function is generated Python: names
of clients enter it as literals alone, and nothing of a client enters the SQL but bound values.
"""

from collections.abc import Callable, Mapping
from typing import Any

import orjson

from api.errors import DomainError
from api.plan.building import Level, Reusing
from api.plan.cells import never_null, within_json, writer
from api.plan.ready import Unanswerable
from api.plan.registry import field_names, snake
from api.plan.relations import to_many, to_one
from api.plan.selection import Selected
from api.plan.source import Column, Embedded, Localised, Source, ToMany, ToOne
from api.plan.viewer import Viewer
from api.plan.visibility import aliased, permitted


class Compiler:
    """Compiles selections for one viewer into one statement."""

    def __init__(self, viewer: Viewer) -> None:
        """Start without aliases and functions."""
        self.viewer = viewer
        self.statement = Reusing()
        self.names: dict[str, Any] = {"need": _need, "loads": _loads}
        self.functions: list[str] = []
        self._numbers = 0
        self._permitted: dict[tuple[Any, ...], str] = {}

    def number(self) -> int:
        """Return a number that nothing else has."""
        self._numbers += 1
        return self._numbers

    def named(self, stem: str, value: object) -> str:
        """Return a name under which the function finds a value of ours."""
        name = f"{stem}{self.number()}"
        self.names[name] = value
        return name

    def object(self, level: Level, source: Source, alias: str, selection: list[Selected]) -> str:
        """Return the text of an object's dict; its columns and joins are added to the level."""
        names = field_names(source.name)
        own = [child for child in selection if child.on == source.type_name]
        parts = []
        for child in own:
            try:
                parts.append(f"{child.key!r}: {self._field(level, source, alias, names.get(child.name), child)}")
            except DomainError as fault:
                fault.path = (child.key, *fault.path)
                raise
        return "{" + ", ".join(parts) + "}"

    def _field(self, level: Level, source: Source, alias: str, name: str | None, child: Selected) -> str:
        if child.name == "__typename":
            return repr(source.type_name)
        if name is None:
            if child.name == "id":
                return f"{source.type_name + ':'!r} + str({level.cell(aliased('t.id', alias))})"
            raise Unanswerable(child.name)
        match source.fields[name]:
            case Column() as column:
                return self._value(level, source, alias, column, child)
            case Localised() as text:
                return self._localised(level, source, alias, text, child.required)
            case Embedded() as declared:
                return self._embedded(level, source, alias, declared, child)
            case ToOne() as relation:
                return to_one(self, level, source, alias, relation, child)
            case ToMany() as relation:
                return to_many(self, level, source, alias, relation, child)
            case _:
                raise Unanswerable(child.name)

    def _raw(self, level: Level, source: Source, alias: str, column: Column) -> str | None:
        """Return the SQL of a column under its permission; None when the viewer never may."""
        sql = aliased(column.sql, alias)
        if level.json:
            sql = within_json(sql, column.kind)
        if column.permission is None:
            return sql
        allowed = self.permitted(source, column.permission, alias)
        if allowed == "1 = 0":
            return None
        return sql if allowed == "1 = 1" else f"CASE WHEN {allowed} THEN {sql} END"

    def permitted(self, source: Source, permission: Any, alias: str) -> str:
        """Return the condition of a permission for a row; several columns of a level ask for the same."""
        key = (source.name, permission, alias)
        if key not in self._permitted:
            self._permitted[key] = permitted(source, permission, self.viewer, self.statement, alias)
        return self._permitted[key]

    def _read(self, level: Level, source: Source, alias: str, column: Column) -> str:
        sql = self._raw(level, source, alias, column)
        if sql is None:
            return "None"
        return self.read_as(column, level.cell(sql))

    def read_as(self, column: Column, cell: str) -> str:
        """Return the text that makes of a raw value what is served."""
        write = writer(column)
        return cell if write is None else f"{self.named('w', write)}({cell})"

    def _value(self, level: Level, source: Source, alias: str, column: Column, child: Selected) -> str:
        text = self._read(level, source, alias, column)
        if not child.leaf:
            text = f"[{_picked(child)} for d in {text} or ()]"
        elif child.required and not never_null(source.table, column):
            text = f"need({text})"
        return text

    def _localised(self, level: Level, source: Source, alias: str, text: Localised, required: bool) -> str:
        first, second = (text.en, text.zh) if self.viewer.principal.language == "en" else (text.zh, text.en)
        parts = [self._read(level, source, alias, column) for column in (first, second)]
        whole = f"({parts[0]} or {parts[1]})"
        return f"need({whole})" if required and not never_null(source.table, text.zh) else whole

    def _embedded(self, level: Level, source: Source, alias: str, declared: Embedded, child: Selected) -> str:
        read = {name: self._part(level, source, alias, column) for name, column in declared.columns.items()}
        parts = []
        for each in child.children:
            name = snake(each.name)
            if each.name == "__typename":
                text = repr(each.on)
            elif name in declared.computed:
                text = self._computed(read, declared.computed[name], each)
            elif name in read:
                text = f"need({read[name]})" if each.required else read[name]
            else:
                raise Unanswerable(each.name)
            parts.append(f"{each.key!r}: {text}")
        whole = "{" + ", ".join(parts) + "}"
        if declared.nullable:
            nothing = " and ".join(f"{text} is None" for text in read.values())
            none = "need(None)" if child.required else "None"
            return f"({none} if {nothing} else {whole})"
        return whole

    def _part(self, level: Level, source: Source, alias: str, column: Column | Localised) -> str:
        if isinstance(column, Localised):
            return self._localised(level, source, alias, column, False)
        return self._read(level, source, alias, column)

    def _computed(self, read: Mapping[str, str], compute: Callable[..., Any], asked: Selected) -> str:
        values = "{" + ", ".join(f"{name!r}: {text}" for name, text in read.items()) + "}"
        text = f"{self.named('f', compute)}(viewer, {values})"
        return f"[{_picked(asked)} for d in {text}]" if not asked.leaf else text


def _picked(asked: Selected) -> str:
    """Return the text of what is selected of a dict `d`."""
    parts = (
        f"{child.key!r}: {child.on!r}" if child.name == "__typename" else f"{child.key!r}: d[{snake(child.name)!r}]"
        for child in asked.children
    )
    return "{" + ", ".join(parts) + "}"


def _need(value: Any) -> Any:
    if value is None:
        raise Unanswerable
    return value


def _loads(value: Any) -> Any:
    return None if value is None else orjson.loads(value)
