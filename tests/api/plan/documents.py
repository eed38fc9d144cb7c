"""Random questions over the whole schema, as partner programs might ask them, and worse."""

import random
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
    is_leaf_type,
    is_required_argument,
)

DEPTH = 5
# Not connections of rows: they have tests of their own.
SKIPPED = {"changes", "viewer", "unconfirmed", "ruleDraft"}


@dataclass
class Question:
    """A document with the values of its variables."""

    text: str
    variables: dict[str, Any] = field(default_factory=dict)


class Writer:
    """Writes one document after another by chance."""

    def __init__(self, schema: GraphQLSchema, chance: random.Random, ids: list[str]) -> None:
        self.schema = schema
        self.chance = chance
        self.ids = ids

    def question(self) -> Question:
        """Return a question with one to three root fields."""
        query = self.schema.query_type
        assert query is not None
        fields = [name for name in query.fields if name not in SKIPPED and self._answerable(query.fields[name])]
        return self.about(self.chance.choices(fields, k=self._few()))

    def about(self, names: list[str]) -> Question:
        """Return a question with these root fields."""
        self.aliases = 0
        self.fragments: list[str] = []
        self.declared: dict[str, tuple[str, Any]] = {}
        query = self.schema.query_type
        assert query is not None
        parts = [self._field(query, name, query.fields[name], 0) for name in names]
        declared = ", ".join(f"${name}: {kind}" for name, (kind, _) in self.declared.items())
        head = f"query Q({declared}) " if declared else "query Q "
        text = head + "{ " + " ".join(parts) + " } " + " ".join(self.fragments)
        return Question(text, {name: value for name, (_, value) in self.declared.items()})

    def _few(self) -> int:
        return self.chance.choice((1, 1, 1, 2, 3))

    def _answerable(self, declared: GraphQLField) -> bool:
        wanted = {name for name, argument in declared.args.items() if is_required_argument(argument)}
        return not wanted or wanted <= {"id", "ids"}

    def _field(self, parent: Any, name: str, declared: GraphQLField, depth: int) -> str:
        self.aliases += 1
        text = f"a{self.aliases}: {name}" if self.chance.random() < 0.15 or depth == 0 else name
        text += self._arguments(declared) + self._directive()
        named = get_named_type(declared.type)
        return text if is_leaf_type(named) else f"{text} {self._selection(named, depth + 1)}"

    def _arguments(self, declared: GraphQLField) -> str:
        parts = []
        if "first" in declared.args:
            chosen = "last" if "last" in declared.args and self.chance.random() < 0.2 else "first"
            size = self.chance.choice((0, 1, 2, 3, 5, 100, 101) if self.chance.random() < 0.2 else (1, 2, 3))
            if self.chance.random() < 0.95:
                parts.append(f"{chosen}: {self._given('Int', size)}")
            if self.chance.random() < 0.03:
                parts.append('after: "bm9uc2Vuc2U"')
        for name, argument in declared.args.items():
            named = get_named_type(argument.type)
            if isinstance(named, GraphQLEnumType) and name == "orderBy":
                parts += self._order(declared, list(named.values))
        if "ids" in declared.args:
            listed = ", ".join(f'"{each}"' for each in self.chance.sample(self.ids, min(8, len(self.ids))))
            parts.append(f"ids: [{listed}]")
        elif "id" in declared.args:
            parts.append(f"id: {self._given('ID!', self.chance.choice(self.ids))}")
        return f"({', '.join(parts)})" if parts else ""

    def _order(self, declared: GraphQLField, orders: list[str]) -> list[str]:
        """Return an order, sometimes with words to search for; the best first asks for words, but for a mistake."""
        if "RELEVANCE" in orders:
            if self.chance.random() < 0.15:
                return [f'filter: {{search: "{self._words(declared)}"}}', f"orderBy: {self.chance.choice(orders)}"]
            if self.chance.random() < 0.98:
                orders.remove("RELEVANCE")
        return [f"orderBy: {self.chance.choice(orders)}"]

    def _words(self, declared: GraphQLField) -> str:
        """Return words that most rows of the made-up city have, now and then words of none."""
        if self.chance.random() < 0.1:
            return "电梯"
        sort = get_named_type(declared.type).name
        return "单" if "List" in sort or "Organisation" in sort else "事"

    def _given(self, kind: str, value: Any) -> str:
        if self.chance.random() < 0.3:
            name = f"v{len(self.declared)}"
            self.declared[name] = (kind, value)
            return f"${name}"
        return f'"{value}"' if isinstance(value, str) else str(value)

    def _directive(self) -> str:
        if self.chance.random() > 0.06:
            return ""
        word, value = self.chance.choice(("skip", "include")), self.chance.random() < 0.5
        return f" @{word}(if: {self._boolean(value)})"

    def _boolean(self, value: bool) -> str:
        if self.chance.random() < 0.5:
            name = f"v{len(self.declared)}"
            self.declared[name] = ("Boolean!", value)
            return f"${name}"
        return "true" if value else "false"

    def _selection(self, named: Any, depth: int) -> str:
        if isinstance(named, GraphQLInterfaceType | GraphQLUnionType):
            return self._abstract(named, depth)
        parts = self._fields(named, depth)
        if self.chance.random() < 0.15:
            return "{ " + self._fragment(named.name, parts) + " }"
        return "{ " + " ".join(parts) + " }"

    def _abstract(self, named: Any, depth: int) -> str:
        parts = ["__typename"]
        if isinstance(named, GraphQLInterfaceType):
            parts += [name for name in named.fields if is_leaf_type(get_named_type(named.fields[name].type))]
        possible = list(self.schema.get_possible_types(named))
        for concrete in self.chance.sample(possible, min(4, len(possible))):
            parts.append(self._fragment(concrete.name, self._fields(concrete, depth)))
        return "{ " + " ".join(parts) + " }"

    def _fragment(self, name: str, parts: list[str]) -> str:
        body = f"{{ {' '.join(parts)} }}"
        if self.chance.random() < 0.5:
            return f"... on {name}{self._directive()} {body}"
        number = len(self.fragments)
        self.fragments.append(f"fragment F{number} on {name} {body}")
        return f"...F{number}{self._directive()}"

    def _fields(self, named: GraphQLObjectType, depth: int) -> list[str]:
        leaves = [name for name, each in named.fields.items() if is_leaf_type(get_named_type(each.type))]
        deeper = [name for name in named.fields if name not in leaves and self._answerable(named.fields[name])]
        if "nodes" in named.fields:
            chosen = self.chance.sample(["nodes", "edges", "pageInfo", "totalCount"], self.chance.randrange(1, 4))
        else:
            chosen = self.chance.sample(leaves, min(len(leaves), self.chance.randrange(1, 6)))
            if depth < DEPTH * 2:
                width = min(len(deeper), self.chance.randrange(0, 3) if depth > 2 else self.chance.randrange(1, 4))
                chosen += self.chance.sample(deeper, width)
        if self.chance.random() < 0.2 or not chosen:
            chosen.append("__typename")
        self.chance.shuffle(chosen)
        depths = depth if "nodes" in named.fields else depth + 1
        return [
            name if name == "__typename" else self._field(named, name, named.fields[name], depths) for name in chosen
        ]
