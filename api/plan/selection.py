"""What a GraphQL operation asks of one field, as a tree of names the sources know."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLIncludeDirective,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSkipDirective,
    GraphQLUnionType,
    InlineFragmentNode,
    SelectionSetNode,
    get_directive_values,
    get_named_type,
)
from graphql.execution.values import get_argument_values


@dataclass(slots=True)
class Selected:
    """One selected field: its GraphQL name, response key, coerced arguments and children.

    `on` is the object type the selection applies to. `place` is the field's first place in the document
    (see `place_of`): one row can be asked the same field under one response key in two ways, through
    `nodes` and through `edges`, and each answer is kept under its own place.
    """

    name: str
    key: str
    place: int
    on: str
    arguments: dict[str, Any]
    children: "list[Selected]"

    def child(self, name: str) -> "Selected | None":
        """Return the first child of that GraphQL name, merged over aliases, or None."""
        found = [child for child in self.children if child.name == name]
        if not found:
            return None
        merged = [grandchild for child in found for grandchild in child.children]
        first = found[0]
        return Selected(name, first.key, first.place, first.on, first.arguments, merged)

    def has(self, name: str) -> bool:
        """Tell whether a child of that GraphQL name is selected."""
        return any(child.name == name for child in self.children)


def place_of(node: FieldNode) -> int:
    """Return what tells one place of a document from all others, as long as the document lives."""
    return id(node)


def selected(info: GraphQLResolveInfo[Any]) -> Selected:
    """Return the selection of the field that is being resolved."""
    node = info.field_nodes[0]
    return_type = get_named_type(info.return_type)
    children: list[Selected] = []
    for field_node in info.field_nodes:
        if field_node.selection_set:
            _collect(info, field_node.selection_set, return_type, children)
    return Selected(node.name.value, str(info.path.key), place_of(node), info.parent_type.name, {}, children)


def _collect(info: GraphQLResolveInfo[Any], selection: SelectionSetNode, named: Any, out: list[Selected]) -> None:
    for concrete in _concrete(info, named):
        for node in _fields(info, selection, concrete):
            _add(info, concrete, node, out)


def _concrete(info: GraphQLResolveInfo[Any], named: Any) -> list[GraphQLObjectType]:
    if isinstance(named, GraphQLObjectType):
        return [named]
    if isinstance(named, GraphQLInterfaceType | GraphQLUnionType):
        return list(info.schema.get_possible_types(named))
    return []


def _fields(
    info: GraphQLResolveInfo[Any], selection: SelectionSetNode, concrete: GraphQLObjectType
) -> Iterator[FieldNode]:
    for node in selection.selections:
        if not _included(info, node):
            continue
        if isinstance(node, FieldNode):
            yield node
        elif isinstance(node, InlineFragmentNode):
            if _applies(info, node.type_condition.name.value if node.type_condition else None, concrete):
                yield from _fields(info, node.selection_set, concrete)
        elif isinstance(node, FragmentSpreadNode):
            fragment: FragmentDefinitionNode = info.fragments[node.name.value]
            if _applies(info, fragment.type_condition.name.value, concrete):
                yield from _fields(info, fragment.selection_set, concrete)


def _add(info: GraphQLResolveInfo[Any], concrete: GraphQLObjectType, node: FieldNode, out: list[Selected]) -> None:
    definition = concrete.fields.get(node.name.value)
    if definition is None:  # __typename
        return
    key = node.alias.value if node.alias else node.name.value
    entry = next((item for item in out if item.key == key and item.on == concrete.name), None)
    if entry is None:
        arguments = get_argument_values(definition, node, info.variable_values)
        entry = Selected(node.name.value, key, place_of(node), concrete.name, arguments, [])
        out.append(entry)
    if node.selection_set:
        _collect(info, node.selection_set, get_named_type(definition.type), entry.children)


def _applies(info: GraphQLResolveInfo[Any], condition: str | None, concrete: GraphQLObjectType) -> bool:
    if condition is None or condition == concrete.name:
        return True
    abstract = info.schema.type_map.get(condition)
    return isinstance(abstract, GraphQLInterfaceType | GraphQLUnionType) and info.schema.is_sub_type(abstract, concrete)


def _included(info: GraphQLResolveInfo[Any], node: Any) -> bool:
    skip = get_directive_values(GraphQLSkipDirective, node, info.variable_values)
    if skip and skip["if"]:
        return False
    include = get_directive_values(GraphQLIncludeDirective, node, info.variable_values)
    return not (include and not include["if"])
