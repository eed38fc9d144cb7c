"""What a GraphQL operation asks of one field, as a tree of names the sources know."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLIncludeDirective,
    GraphQLInterfaceType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    GraphQLSkipDirective,
    GraphQLUnionType,
    InlineFragmentNode,
    Node,
    SelectionSetNode,
    VariableNode,
    Visitor,
    get_directive_values,
    get_named_type,
    visit,
)
from graphql.execution.values import VariableValues, get_argument_values

MOST_FORMS: Final = 50
"""Selections kept of one document; they differ by the values of its variables."""


@dataclass(slots=True)
class Selected:
    """One selected field: its GraphQL name, response key, coerced arguments and children.

    `on` is the object type the selection applies to; `required` tells that the schema never gives null here,
    `leaf` that nothing is asked below (of others all that is asked may be skipped). `place` is the field's first
    place in the document (see `place_of`): one row can be asked the same field under one response key in two
    ways, through `nodes` and through `edges`, and each answer is kept under its own place.
    """

    name: str
    key: str
    place: int
    on: str
    arguments: dict[str, Any]
    children: "list[Selected]"
    required: bool = False
    leaf: bool = True

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


class Selections:
    """What the fields of one document select, made once for each set of values of the variables below them.

    It lives no longer than the document, whose nodes it knows by their addresses.
    """

    def __init__(self) -> None:
        """Start with nothing known."""
        self._variables: dict[tuple[int, ...], list[str]] = {}
        self._known: dict[tuple[tuple[int, ...], str], Selected] = {}

    def of(self, info: GraphQLResolveInfo[Any]) -> Selected:
        """Return the selection of the field that is being resolved."""
        # All of them: which nodes make up the field may hang on variables too.
        places = tuple(place_of(node) for node in info.field_nodes)
        names = self._variables.get(places)
        if names is None:
            names = self._variables[places] = sorted(_variables_below(info))
        values: Any = info.variable_values
        key = (places, repr([values.get(name, "") for name in names]))
        found = self._known.get(key)
        if found is None:
            if len(self._known) >= MOST_FORMS:
                self._known.clear()
            found = self._known[key] = _selected(info)
        return found


def _variables_below(info: GraphQLResolveInfo[Any]) -> set[str]:
    """Return the names of all variables in the selection sets of the field that is being resolved."""
    return reached([node.selection_set for node in info.field_nodes if node.selection_set], info.fragments).variables


class Reached(Visitor):
    """The names of the variables and of the fragments in parts of a document."""

    def __init__(self) -> None:
        """Start with none."""
        super().__init__()
        self.variables: set[str] = set()
        self.fragments: set[str] = set()

    def enter_variable(self, node: VariableNode, *_: Any) -> None:
        """Note a variable."""
        self.variables.add(node.name.value)

    def enter_fragment_spread(self, node: FragmentSpreadNode, *_: Any) -> None:
        """Note a fragment."""
        self.fragments.add(node.name.value)


def reached(parts: Iterable[Node], fragments: Mapping[str, FragmentDefinitionNode]) -> Reached:
    """Return what parts of a document name, themselves or in the fragments that they spread."""
    found = Reached()
    waiting = list(parts)
    seen: set[str] = set()
    while waiting:
        visit(waiting.pop(), found)
        waiting += [fragments[name] for name in found.fragments - seen if name in fragments]
        seen |= found.fragments
    return found


def selected(info: GraphQLResolveInfo[Any]) -> Selected:
    """Return the selection of the field that is being resolved, from the document's memory if the context has it."""
    known: Selections | None = getattr(info.context, "selections", None)
    return _selected(info) if known is None else known.of(info)


def _selected(info: GraphQLResolveInfo[Any]) -> Selected:
    node = info.field_nodes[0]
    document = _Document(info.schema, info.fragments, _variables(info.variable_values))
    return_type = get_named_type(info.return_type)
    children: list[Selected] = []
    for field_node in info.field_nodes:
        if field_node.selection_set:
            _collect(document, field_node.selection_set, return_type, children)
    return Selected(node.name.value, str(info.path.key), place_of(node), info.parent_type.name, {}, children)


def root_fields(
    schema: GraphQLSchema,
    fragments: Mapping[str, FragmentDefinitionNode],
    variables: VariableValues,
    selection: SelectionSetNode,
    root: GraphQLObjectType,
) -> dict[str, list[FieldNode]]:
    """Return the fields of an operation's root by their response keys, in the order of the answer."""
    found: dict[str, list[FieldNode]] = {}
    for node in _fields(_Document(schema, fragments, variables), selection, root, set()):
        found.setdefault(node.alias.value if node.alias else node.name.value, []).append(node)
    return found


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
    key = node.alias.value if node.alias else node.name.value
    entry = next((item for item in out if item.key == key and item.on == concrete.name), None)
    if entry is None:
        arguments = get_argument_values(definition, node, asked.variables) if definition else {}
        required = definition is None or isinstance(definition.type, GraphQLNonNull)
        entry = Selected(
            node.name.value, key, place_of(node), concrete.name, arguments, [], required, node.selection_set is None
        )
        out.append(entry)
    if node.selection_set and definition:
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
