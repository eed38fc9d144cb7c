"""What a query may ask, measured before it is executed.

One pass over the document, each fragment once: fragments that spread each other twice, twenty deep, mean
a million fields but cost twenty visits. Counts are those after writing out the fragments.
"""

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from graphql import (
    ArgumentNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLList,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    ValueNode,
    VariableNode,
    get_named_type,
    get_nullable_type,
)

from api.http.merging import comparisons


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that one operation may have."""

    depth: int = 12
    aliases: int = 30
    root_fields: int = 10
    directives: int = 8
    # Fields with fragments written out: no more than a document of 2,000 tokens could say in full.
    fields: int = 2_000
    # Braces, inline fragments and fragments within fragments; only to bound recursion.
    nesting: int = 60
    # Pairs of fields that share an answer key, which validation compares one by one.
    comparisons: int = 3_000
    # Rows, by the sizes of the pages. The last one, since it alone may depend on variables.
    nodes: int = 5_000


LIMITS: Final = Limits()
TOKENS: Final = 2_000
# Operations of a document; each is measured.
OPERATIONS: Final = 20
# How many rows a connection counts for that does not say: the most it would return.
FULL_PAGE: Final = 100
# And a list that has no pages, such as lines, promises or participants: few of them, but more than one.
SHORT_LIST: Final = 10
_SIZES: Final = ("first", "last")


class Exceeded(NamedTuple):
    """A limit that an operation exceeds: its name in GraphQL's spelling, and its value."""

    limit: str
    value: int


@dataclass(slots=True)
class Measure:
    """What an operation asks; `visited` counts the selections that were looked at.

    `introspected` are the fields that ask for the schema; `sizes` the variables on which the number of nodes depends.
    """

    depth: int = 0
    aliases: int = 0
    root_fields: int = 0
    directives: int = 0
    nodes: int = 0
    fields: int = 0
    nesting: int = 0
    comparisons: int = 0
    visited: int = 0
    introspected: int = 0
    sizes: set[str] = field(default_factory=set)


@dataclass(slots=True)
class _Part:
    """What a selection set, or one selection, comes to with its fragments written out."""

    depth: int = 0
    aliases: int = 0
    own_fields: int = 0
    fields: int = 0
    directives: int = 0
    nodes: int = 0
    introspected: int = 0

    def add(self, other: "_Part") -> None:
        self.depth = max(self.depth, other.depth)
        self.aliases += other.aliases
        self.own_fields += other.own_fields
        self.fields += other.fields
        self.directives += other.directives
        self.nodes += other.nodes
        self.introspected += other.introspected


@dataclass(slots=True)
class _Walk:
    schema: GraphQLSchema
    fragments: Mapping[str, FragmentDefinitionNode]
    variables: Mapping[str, Any]
    measure: Measure
    known: dict[str, _Part] = field(default_factory=dict)
    # Fragments being walked: one met again is a cycle, which validation refuses with its own words.
    open: set[str] = field(default_factory=set)


def measure(
    document: DocumentNode,
    operation: OperationDefinitionNode,
    schema: GraphQLSchema,
    variables: Mapping[str, Any],
) -> Measure:
    """Return what one operation of a parsed document asks; the document need not be valid."""
    found = Measure()
    fragments = {each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)}
    walk = _Walk(schema, fragments, _with_defaults(operation, variables), found)
    whole = _selections(walk, operation.selection_set, schema.get_root_type(operation.operation), 0)
    found.depth, found.aliases, found.nodes = whole.depth, whole.aliases, whole.nodes
    found.introspected = whole.introspected
    found.root_fields, found.fields = whole.own_fields, whole.fields
    found.directives = whole.directives + len(operation.directives or ())
    found.directives += sum(len(each.directives or ()) for each in operation.variable_definitions or ())
    if found.fields <= LIMITS.fields and found.nesting <= LIMITS.nesting:
        found.comparisons = comparisons([operation.selection_set], fragments, LIMITS.comparisons)
    return found


def exceeded(found: Measure, limits: Limits = LIMITS) -> Exceeded | None:
    """Return the first limit that is exceeded, or None."""
    for each in dataclasses.fields(limits):
        most = getattr(limits, each.name)
        if getattr(found, each.name) > most:
            return Exceeded("rootFields" if each.name == "root_fields" else each.name, most)
    return None


def _selections(walk: _Walk, selected: SelectionSetNode, parent: Any, level: int) -> _Part:
    total = _Part()
    walk.measure.nesting = max(walk.measure.nesting, level)
    if level > LIMITS.nesting:
        return total
    for selection in selected.selections:
        walk.measure.visited += 1
        total.directives += len(selection.directives or ())
        if isinstance(selection, FieldNode):
            total.add(_field(walk, selection, parent, level))
        elif isinstance(selection, InlineFragmentNode):
            named = selection.type_condition
            inner = walk.schema.type_map.get(named.name.value) if named else parent
            total.add(_selections(walk, selection.selection_set, inner, level + 1))
        elif isinstance(selection, FragmentSpreadNode):
            total.add(_fragment(walk, selection.name.value, level))
    return total


def _fragment(walk: _Walk, name: str, level: int) -> _Part:
    known = walk.known.get(name)
    if known is not None:
        return known
    definition = walk.fragments.get(name)
    if definition is None or name in walk.open:
        return _Part()
    walk.open.add(name)
    parent = walk.schema.type_map.get(definition.type_condition.name.value)
    part = _selections(walk, definition.selection_set, parent, level + 1)
    part.directives += len(definition.directives or ())
    walk.open.discard(name)
    walk.known[name] = part
    return part


def _field(walk: _Walk, node: FieldNode, parent: Any, level: int) -> _Part:
    name = node.name.value
    part = _Part(depth=1, own_fields=1, fields=1, aliases=int(node.alias is not None))
    declared = getattr(parent, "fields", {}).get(name)
    if node.selection_set:
        inner_type = get_named_type(declared.type) if declared else None
        inner = _selections(walk, node.selection_set, inner_type, level + 1)
        part.depth += inner.depth
        part.aliases += inner.aliases
        part.fields += inner.fields
        part.directives += inner.directives
        size = _size(walk, declared, node.arguments or ())
        part.nodes = inner.nodes * _repeated(declared, parent) if size is None else size * (1 + inner.nodes)
    if name.startswith("__"):
        # Introspection asks the schema, not the database; its own depth is validation's business.
        part.depth = part.own_fields = 0
        part.introspected = part.fields if node.selection_set else 0
    return part


def _size(walk: _Walk, declared: GraphQLField | None, arguments: Iterable[ArgumentNode]) -> int | None:
    """Return how many rows a connection or a list of ids can bring; None for any other field."""
    if declared is None:
        return None
    given = {argument.name.value: argument.value for argument in arguments}
    if "ids" in declared.args:
        ids = _value(walk, given.get("ids"))
        return len(ids) if isinstance(ids, list | tuple) else 1
    if not declared.args.keys() & set(_SIZES):
        return None
    sizes = [value for name in _SIZES if isinstance(value := _value(walk, given.get(name)), int)]
    return max(0, *sizes) if sizes else FULL_PAGE


def _repeated(declared: GraphQLField | None, parent: Any) -> int:
    """Return for how many objects the pages below a field without pages of its own are read.

    The rows of a short list count for nothing, but each of them has its own pages.
    """
    many = declared is not None and isinstance(get_nullable_type(declared.type), GraphQLList)
    # The lists of a connection are its page, which has been counted.
    return SHORT_LIST if many and "pageInfo" not in parent.fields else 1


def _value(walk: _Walk, node: ValueNode | None) -> Any:
    if isinstance(node, VariableNode):
        walk.measure.sizes.add(node.name.value)
        return walk.variables.get(node.name.value)
    if isinstance(node, IntValueNode):
        # Python refuses to read numbers of thousands of digits.
        return int(node.value[:18])
    return node.values if isinstance(node, ListValueNode) else None


def _with_defaults(operation: OperationDefinitionNode, variables: Mapping[str, Any]) -> Mapping[str, Any]:
    defaults = {
        each.variable.name.value: int(each.default_value.value[:18])
        for each in operation.variable_definitions or ()
        if isinstance(each.default_value, IntValueNode)
    }
    return {**defaults, **variables}
