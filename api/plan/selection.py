"""What a GraphQL operation asks of one field, as a tree of names the sources know."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLIncludeDirective,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    GraphQLSkipDirective,
    GraphQLUnionType,
    InlineFragmentNode,
    SelectionSetNode,
    get_directive_values,
    get_named_type,
)
from graphql.execution.values import VariableValues, get_argument_values


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


class _Document(NamedTuple):
    schema: GraphQLSchema
    fragments: Mapping[str, FragmentDefinitionNode]
    variables: VariableValues


def selected(info: GraphQLResolveInfo[Any]) -> Selected:
    """Return the selection of the field that is being resolved."""
    node = info.field_nodes[0]
    document = _Document(info.schema, info.fragments, _variables(info.variable_values))
    return_type = get_named_type(info.return_type)
    children: list[Selected] = []
    for field_node in info.field_nodes:
        if field_node.selection_set:
            _collect(document, field_node.selection_set, return_type, children)
    return Selected(node.name.value, str(info.path.key), place_of(node), info.parent_type.name, {}, children)


def _variables(given: VariableValues | dict[str, Any]) -> VariableValues:
    # Strawberry hands resolvers the plain values, of which graphql-core's own functions make nothing.
    return given if isinstance(given, VariableValues) else VariableValues({}, given)


def _collect(asked: _Document, selection: SelectionSetNode, named: Any, out: list[Selected]) -> None:
    for concrete in _concrete(asked, named):
        for node in _fields(asked, selection, concrete, set()):
            _add(asked, concrete, node, out)


def _concrete(asked: _Document, named: Any) -> list[GraphQLObjectType]:
    if isinstance(named, GraphQLObjectType):
        return [named]
    if isinstance(named, GraphQLInterfaceType | GraphQLUnionType):
        return list(asked.schema.get_possible_types(named))
    return []


def _fields(
    asked: _Document, selection: SelectionSetNode, concrete: GraphQLObjectType, seen: set[str]
) -> Iterator[FieldNode]:
    """Yield the fields that apply to a type; each fragment once, or spreads within spreads would multiply."""
    for node in selection.selections:
        if not _included(asked, node):
            continue
        if isinstance(node, FieldNode):
            yield node
        elif isinstance(node, InlineFragmentNode):
            if _applies(asked, node.type_condition.name.value if node.type_condition else None, concrete):
                yield from _fields(asked, node.selection_set, concrete, seen)
        elif isinstance(node, FragmentSpreadNode) and node.name.value not in seen:
            seen.add(node.name.value)
            fragment = asked.fragments[node.name.value]
            if _applies(asked, fragment.type_condition.name.value, concrete):
                yield from _fields(asked, fragment.selection_set, concrete, seen)


def _add(asked: _Document, concrete: GraphQLObjectType, node: FieldNode, out: list[Selected]) -> None:
    definition = concrete.fields.get(node.name.value)
    if definition is None:  # __typename
        return
    key = node.alias.value if node.alias else node.name.value
    entry = next((item for item in out if item.key == key and item.on == concrete.name), None)
    if entry is None:
        arguments = get_argument_values(definition, node, asked.variables)
        entry = Selected(node.name.value, key, place_of(node), concrete.name, arguments, [])
        out.append(entry)
    if node.selection_set:
        _collect(asked, node.selection_set, get_named_type(definition.type), entry.children)


def _applies(asked: _Document, condition: str | None, concrete: GraphQLObjectType) -> bool:
    if condition is None or condition == concrete.name:
        return True
    abstract = asked.schema.type_map.get(condition)
    return isinstance(abstract, GraphQLInterfaceType | GraphQLUnionType) and asked.schema.is_sub_type(
        abstract, concrete
    )


def _included(asked: _Document, node: Any) -> bool:
    if not node.directives:
        return True
    skip = get_directive_values(GraphQLSkipDirective, node, asked.variables)
    if skip and skip["if"]:
        return False
    include = get_directive_values(GraphQLIncludeDirective, node, asked.variables)
    return not (include and not include["if"])
