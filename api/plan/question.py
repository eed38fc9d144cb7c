"""Questions that the house asks itself, written as GraphQL text over the sources, and read by the same reader.

Editions and exports ask what a client would ask; no schema is needed, since the sources know the types.
"""

from collections.abc import Callable
from itertools import count
from typing import Any

from graphql import FieldNode, IntValueNode, SelectionSetNode, StringValueNode, parse
from graphql.language import OperationDefinitionNode

from api.plan.registry import field_names, snake, source_named
from api.plan.selection import Selected
from api.plan.source import Embedded, Loaded, Row, Source, ToMany, ToOne

_places = count(-1, -1)


def question(name: str, text: str, **arguments: Any) -> Selected:
    """Return what the text asks of the rows of a source, e.g. `{ title place { name } }`.

    A connection is asked through `nodes`; `arguments` replace those of the fields of the first level, by name.
    """
    (operation,) = parse(text, no_location=True).definitions
    assert isinstance(operation, OperationDefinitionNode)
    children = _rows(source_named(name), operation.selection_set)
    for child in children:
        child.arguments |= arguments.get(child.name, {})
    return Selected("nodes", "nodes", next(_places), "", {}, children)


def _rows(source: Source, asked: SelectionSetNode) -> list[Selected]:
    return _merged([_field(source, node) for node in asked.selections if isinstance(node, FieldNode)])


def _merged(children: list[Selected]) -> list[Selected]:
    """Return each field once, with all that was asked below it."""
    merged: dict[str, Selected] = {}
    for child in children:
        known = merged.setdefault(child.name, child)
        if known is not child:
            known.children = _merged([*known.children, *child.children])
    return list(merged.values())


def _field(source: Source, node: FieldNode) -> Selected:
    name = node.name.value
    declared = source.fields[field_names(source.name)[name]]
    children: list[Selected] = []
    if node.selection_set:
        match declared:
            case ToOne():
                children = _rows(source_named(declared.target), node.selection_set)
            case ToMany(connection=True):
                children = [_nodes(source_named(declared.target), each) for each in node.selection_set.selections]
            case ToMany():
                children = _rows(source_named(declared.target), node.selection_set)
            case Loaded():
                children = [_loaded(each) for each in node.selection_set.selections]
            case Embedded():
                children = [_plain(each, "") for each in node.selection_set.selections]
            case _:
                raise TypeError(f"{name} has no fields")
    return Selected(name, name, next(_places), source.type_name, _arguments(node), children)


def _nodes(target: Source, node: Any) -> Selected:
    children = _rows(target, node.selection_set) if node.selection_set else []
    return Selected(node.name.value, node.name.value, next(_places), "", {}, children)


def _loaded(node: Any) -> Selected:
    """Return a part of what a loader finds; a row among it is of the type that its name says."""
    found = _plain(node, "")
    if node.selection_set:
        name = found.name
        found.children = _rows(source_named(f"{name[0].upper()}{name[1:]}"), node.selection_set)
    return found


def _plain(node: Any, on: str) -> Selected:
    return Selected(node.name.value, node.name.value, next(_places), on, {}, [])


def _arguments(node: FieldNode) -> dict[str, Any]:
    given: dict[str, Any] = {}
    for argument in node.arguments or ():
        value = argument.value
        assert isinstance(value, IntValueNode | StringValueNode)
        given[argument.name.value] = int(value.value) if isinstance(value, IntValueNode) else value.value
    return given


def getter(asked: Selected, *path: str) -> Callable[[Row], Any]:
    """Return what finds the value at a path of field names in a row that was read for the question.

    A row on the way that is not there, or may not be seen, gives None. The last field may be a relation.
    """
    steps: list[int] = []
    for name in path[:-1]:
        child = asked.child(name)
        assert child is not None, f"{name} was not asked"
        steps.append(child.place)
        asked = child
    last = asked.child(path[-1])
    assert last is not None, f"{path[-1]} was not asked"

    def find(row: Row) -> Any:
        here: Row | None = row
        for place in steps:
            here = None if here is None else here.related[place]
        if here is None:
            return None
        if last.place in here.related:
            return here.related[last.place]
        names = field_names(here.source.name)
        # A part of an embedded object is no field of its source.
        return here.values[names.get(last.name) or snake(last.name)]

    return find
