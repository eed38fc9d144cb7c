"""Documents that go after what is sealed: from every root field along the paths that lead to a sealed value."""

import random
from functools import cached_property
from typing import Any

from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
    is_leaf_type,
    is_required_argument,
)

from api.plan.registry import all_sources, camel
from api.plan.source import Column, Kind
from tests.api.plan.documents import Writer

FAR = 99
DEEPEST = 8


def sealed_fields() -> dict[str, frozenset[str]]:
    """Return the GraphQL fields that serve a sealed column, by their type."""
    found: dict[str, frozenset[str]] = {}
    for source in all_sources().values():
        names = {
            camel(name) for name, each in source.fields.items() if isinstance(each, Column) and each.kind is Kind.SEALED
        }
        if names:
            kind = source.name.partition(":")[0]
            found[kind] = found.get(kind, frozenset()) | names
    return found


class Prying(Writer):
    """Writes documents that ask for sealed values wherever a path leads to some."""

    def __init__(self, schema: GraphQLSchema, chance: random.Random, ids: list[str]) -> None:
        super().__init__(schema, chance, ids)
        self.sealed = sealed_fields()
        self.depth = 0

    def root_fields(self) -> list[str]:
        """Return the root fields that need no argument but a page's size or an identifier."""
        query = self.schema.query_type
        assert query is not None
        return [name for name, each in query.fields.items() if self._answerable(each)]

    @cached_property
    def steps(self) -> dict[str, int]:
        """Return how many fields lie between a type and the nearest sealed value; types that have some are 0."""
        found = dict.fromkeys(self.sealed, 0)
        for _ in range(DEEPEST):
            for name, kind in self.schema.type_map.items():
                if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType) and not name.startswith("__"):
                    near = min(found.get(get_named_type(each.type).name, FAR) for each in kind.fields.values())
                    found[name] = min(found.get(name, FAR), near + 1)
                elif isinstance(kind, GraphQLUnionType):
                    found[name] = min((found.get(each.name, FAR) for each in kind.types), default=FAR)
        return found

    def _answerable(self, declared: GraphQLField) -> bool:
        wanted = {name for name, argument in declared.args.items() if is_required_argument(argument)}
        return wanted <= {"id", "ids", "first"}

    def _field(self, parent: Any, name: str, declared: GraphQLField, depth: int) -> str:
        self.depth = depth
        return super()._field(parent, name, declared, depth)

    def _arguments(self, declared: GraphQLField) -> str:
        if "first" not in declared.args:
            return super()._arguments(declared)
        size = 40 if self.depth == 0 else 2
        return f"(first: {self._given('Int!', size)})"

    def _directive(self) -> str:
        return ""

    def _abstract(self, named: Any, depth: int) -> str:
        near = [each for each in self.schema.get_possible_types(named) if self.steps.get(each.name, FAR) < DEEPEST]
        chosen = self.chance.sample(near, min(3, len(near)))
        return (
            "{ __typename " + " ".join(self._fragment(each.name, self._fields(each, depth)) for each in chosen) + " }"
        )

    def _fields(self, named: GraphQLObjectType, depth: int) -> list[str]:
        sealed = self.sealed.get(named.name, frozenset())
        leaves = [name for name, each in named.fields.items() if is_leaf_type(get_named_type(each.type))]
        near = [
            name
            for name, each in named.fields.items()
            if name not in leaves and self._answerable(each) and name != "edges"
            and self.steps.get(get_named_type(each.type).name, FAR) < DEEPEST - depth
        ]  # fmt: skip
        chosen = self.chance.sample(near, min(len(near), 3 if depth < 3 else 1))
        names = [*sealed, *self.chance.sample(leaves, min(self.chance.choice((2, 2, 20)), len(leaves))), *chosen]
        if "nodes" in named.fields:
            names = ["nodes", *({"totalCount"} & named.fields.keys())]
        below = depth if "nodes" in named.fields else depth + 1
        return [self._field(named, name, named.fields[name], below) for name in dict.fromkeys(names)] or ["__typename"]
