"""Documents within what plain Python covers, whose arguments are good."""

import random
from collections.abc import Mapping, Sequence
from typing import Any

from graphql import GraphQLEnumType, GraphQLField, GraphQLInputObjectType, GraphQLSchema, get_named_type, is_leaf_type

from tests.api.naive.answering import FOUND, ROOTS, covered
from tests.api.naive.filters import TESTS
from tests.api.plan.documents import Question, Writer
from tests.api.world import CATEGORIES, GROUPS

PLACES = ("11", "D1", "S1", "S2", "QA", "QAB", "QC", "QA1", "QA10", "QAB10", "QC1", "QC1b1")
MOMENTS = tuple(f"2026-11-{day:02}T0{day % 3}:00:00+00:00" for day in range(1, 21))
TEXTS: dict[str, Sequence[str]] = {
    "within": PLACES, "category": CATEGORIES, "targetGroup": GROUPS, "changedSince": MOMENTS, "ruleId": ("near",)
}  # fmt: skip
SIZES = (0, 1, 1, 2, 2, 3, 3, 4, 5, 8, 20)


class Covered(Writer):
    """Writes documents; `cursors` are by root field and order."""

    def __init__(
        self, schema: GraphQLSchema, chance: random.Random, ids: Mapping[str, Sequence[str]],
        cursors: Mapping[tuple[str, str], Sequence[str]],
    ) -> None:  # fmt: skip
        super().__init__(schema, chance, [each for kind, found in ids.items() if kind in FOUND for each in found])
        self.of_kind, self.cursors = ids, cursors
        self.name = ""

    def question(self) -> Question:
        names = [*ROOTS, *ROOTS, *(name for name, _ in self.cursors), "node", "nodes", "place"]
        return self.about(self.chance.choices(names, k=self.chance.choice((1, 1, 1, 1, 2, 3))))

    def _field(self, parent: Any, name: str, declared: GraphQLField, depth: int) -> str:
        self.name = name if depth == 0 else ""
        return super()._field(parent, name, declared, depth)

    def _fields(self, named: Any, depth: int) -> list[str]:
        if "nodes" in named.fields:
            names = self.chance.sample(["nodes", "nodes", "edges", "pageInfo", "totalCount"], 2)
        elif named.name == "PageInfo":
            names = ["hasNextPage", "hasPreviousPage"]
        elif named.name.endswith("Edge"):
            names = ["node"]
        else:
            names = self._chosen(named, depth)
        below = depth if "nodes" in named.fields or named.name.endswith("Edge") else depth + 1
        names = list(dict.fromkeys(names)) or ["__typename"]
        return [each if each == "__typename" else self._field(named, each, named.fields[each], below) for each in names]

    def _chosen(self, named: Any, depth: int) -> list[str]:
        known = covered(named.name)
        names = [name for name in named.fields if not known or name in known]
        leaves = [name for name in names if is_leaf_type(get_named_type(named.fields[name].type))]
        deeper = [name for name in names if name not in leaves and self._known(named.fields[name])]
        chosen = self.chance.sample(leaves, min(len(leaves), self.chance.randrange(1, 7)))
        if depth < 6:
            most = self.chance.choice((1, 2, 3) if depth < 3 else (0, 1))
            chosen += self.chance.sample(deeper, min(len(deeper), most))
        if self.chance.random() < 0.1:
            chosen.append("__typename")
        self.chance.shuffle(chosen)
        return chosen

    def _known(self, declared: GraphQLField) -> bool:
        kind = get_named_type(declared.type)
        rows = self.schema.type_map.get(kind.name.removesuffix("Connection"), kind) if "nodes" in getattr(
            kind, "fields", {}) else kind  # fmt: skip
        return bool(covered(rows.name)) or rows.name in ("Point", "Estimates")

    def _abstract(self, named: Any, depth: int) -> str:
        possible = [each for each in self.schema.get_possible_types(named) if each.name in FOUND]
        chosen = self.chance.sample(possible, min(5, len(possible)))
        parts = [self._fragment(each.name, self._fields(each, depth)) for each in chosen]
        return "{ __typename id " + " ".join(parts) + " }"

    def _arguments(self, declared: GraphQLField) -> str:
        name, parts = self.name, []
        if "first" in declared.args:
            order = self.chance.choice(("NEWEST", "OLDEST") if name != "matches" else ("BEST", "NEWEST"))
            ends = ("first", "after") if self.chance.random() < 0.75 else ("last", "before")
            parts.append(f"{ends[0]}: {self._given('Int', self.chance.choice(SIZES if name else SIZES[:8]))}")
            if "orderBy" in declared.args:
                parts.append(f"orderBy: {order}")
            known = self.cursors.get((name, order if "orderBy" in declared.args else ""), ())
            if known and self.chance.random() < 0.6:
                parts.append(f"{ends[1]}: {self._given('String', self.chance.choice(known))}")
            if "filter" in declared.args and self.chance.random() < 0.7:
                parts.append(f"filter: {self._filter(declared)}")
        elif "ids" in declared.args:
            parts.append("ids: [" + ", ".join(f'"{each}"' for each in self.chance.sample(self.ids, 6)) + "]")
        elif "id" in declared.args:
            parts.append(f"id: {self._given('ID!', self.chance.choice(self.ids))}")
        elif "code" in declared.args:
            parts.append(f'code: "{self.chance.choice((*PLACES, "nowhere"))}"')
        return f"({', '.join(parts)})" if parts else ""

    def _filter(self, declared: GraphQLField) -> str:
        kind = get_named_type(declared.args["filter"].type)
        assert isinstance(kind, GraphQLInputObjectType)
        names = [each for each in kind.fields if each in TESTS and (each != "kind" or kind.name == "PlaceFilter")]
        chosen = self.chance.sample(names, min(len(names), self.chance.choice((1, 1, 1, 2, 2, 3))))
        return "{" + ", ".join(f"{each}: {self._value(each, kind.fields[each].type)}" for each in chosen) + "}"

    def _value(self, name: str, declared: Any) -> str:
        pick = self.chance.choice
        named = get_named_type(declared)
        if isinstance(named, GraphQLEnumType):
            some = self.chance.sample(list(named.values), min(len(named.values), self.chance.randrange(1, 5)))
            return f"[{', '.join(some)}]" if "[" in str(declared) else some[0]
        if name == "near":
            where = f"longitude: {116.3 + pick(range(40)) / 1000}, latitude: {40.0 + pick(range(40)) / 1000}"
            return f"{{{where}, metres: {pick((100, 700, 1500, 4000))}}}"
        if name in TEXTS:
            return f'"{pick(TEXTS[name])}"'
        if name == "minimumScore":
            return str(pick((0, 10, 20, 40)))
        kinds = {"need": "Need", "project": "Project"}
        return f'"{pick(self.of_kind[kinds.get(name, "Organisation")])}"'
