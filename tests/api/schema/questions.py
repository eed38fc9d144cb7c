"""Questions made from the schema itself, so that a new field is asked for as soon as it is there."""

import random
from collections.abc import Iterator

from graphql import (
    GraphQLEnumType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
    is_required_argument,
)


class Questions:
    """Random selections below a type: every plain field, and some of the others, down to a depth."""

    def __init__(self, schema: GraphQLSchema, chance: random.Random) -> None:
        self.schema, self.chance = schema, chance
        self.asked: set[str] = set()

    def below(self, kind: GraphQLObjectType | GraphQLInterfaceType, depth: int, most: int = 2) -> str:
        """Return the selection of a type."""
        plain = [name for name in kind.fields if self.is_plain(kind, name)]
        others = [name for name in kind.fields if name not in plain]
        page = kind.name.endswith(("Connection", "Edge"))
        chosen = others if page else self.chance.sample(others, min(most, len(others)) if depth > 0 else 0)
        self.asked |= {f"{kind.name}.{name}" for name in (*plain, *chosen)}
        parts = [*plain, *(self.field(kind, name, depth - (not page)) for name in chosen)]
        return " ".join(part for part in parts if part) or "__typename"

    def is_plain(self, kind: GraphQLObjectType | GraphQLInterfaceType, name: str) -> bool:
        return isinstance(get_named_type(kind.fields[name].type), GraphQLScalarType | GraphQLEnumType)

    def field(self, kind: GraphQLObjectType | GraphQLInterfaceType, name: str, depth: int) -> str:
        field = kind.fields[name]
        below = get_named_type(field.type)
        arguments = "(first: 3)" if "first" in field.args else "(number: 1)" if "number" in field.args else ""
        if isinstance(below, GraphQLInterfaceType | GraphQLUnionType):
            return ""
        assert isinstance(below, GraphQLObjectType)
        return f"{name}{arguments} {{ {self.below(below, depth)} }}"

    def root_fields(self) -> Iterator[str]:
        """Yield the names of the root fields that need no argument but the size of a page."""
        assert self.schema.query_type
        for name, field in self.schema.query_type.fields.items():
            if not any(is_required_argument(each) for each in field.args.values()):
                yield name

    def root(self, name: str, depth: int = 2) -> str:
        """Return a question of one root field, a hundred rows of it."""
        query = self.schema.query_type
        assert query
        return "{ " + self.field(query, name, depth).replace("(first: 3)", "(first: 100)", 1) + " }"

    def node(self, depth: int = 2) -> str:
        """Return a question by identifiers, with a fragment for every type."""
        node = self.schema.type_map["Node"]
        assert isinstance(node, GraphQLInterfaceType)
        types = self.schema.get_possible_types(node)
        # One response key must mean one type of value in all fragments, so each has its own.
        fragments = [f"... on {kind.name} {{ {self.aliased(kind, depth)} }}" for kind in types]
        return f"query ($ids: [ID!]!) {{ nodes(ids: $ids) {{ id {' '.join(fragments)} }} }}"

    def aliased(self, kind: GraphQLObjectType, depth: int) -> str:
        parts = []
        for name in kind.fields:
            found = name if self.is_plain(kind, name) else self.field(kind, name, depth - 1)
            parts += [f"{kind.name}_{name}: {found}"] if found else []
            self.asked.add(f"{kind.name}.{name}")
        return " ".join(parts)
