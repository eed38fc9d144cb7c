"""Documents by hypothesis-graphql, which knows the schema alone and none of our habits.

Left to itself it writes values that are nearly always refused: page sizes of ten digits, places that nobody knows.
So it is given schemas that say the same with narrower words: a page's size, a place's code and each kind of
identifier are scalars of their own, and every schema has another part of the filters. What it writes is a document
of the real schema.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import hypothesis
from graphql import (
    DocumentNode,
    FieldDefinitionNode,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    InputObjectTypeDefinitionNode,
    InputValueDefinitionNode,
    NamedTypeNode,
    NameNode,
    NonNullTypeNode,
    ObjectTypeDefinitionNode,
    Visitor,
    build_ast_schema,
    parse,
    print_ast,
    print_schema,
    visit,
)
from hypothesis import strategies as st
from hypothesis_graphql import nodes
from hypothesis_graphql import strategies as made

from tests.api.plan.documents import SKIPPED, Question
from tests.api.world import CATEGORIES, GROUPS, KINDS

Scalars = dict[str, st.SearchStrategy[Any]]
# Arguments and input fields whose texts mean something, and the scalar that says what.
WORDS = {
    "within": "PlaceCode", "serves": "PlaceCode", "code": "PlaceCode", "category": "CategoryCode",
    "below": "CategoryCode", "targetGroup": "GroupCode", "ruleId": "RuleCode", "kind": "PartyCode",
    "after": "Cursor", "before": "Cursor", "number": "AnyText",
}  # fmt: skip
IDENTIFIERS = {
    "ownerOrganisation": "Organisation", "organisation": "Organisation", "need": "Need", "project": "Project",
    "resource": "Resource", "needList": "NeedList", "resourceList": "ResourceList", "projectList": "ProjectList",
    "ruleVersion": "RuleVersion", "underAgreement": "Agreement", "round": "CollectionRound",
}  # fmt: skip
PARTS = 4
# What is left out for pages from the one end and from the other.
FORWARD, BACKWARD = ("last", "before"), ("first", "after")
# What is left out of connections, or most would be asked for their count alone, which is their only leaf.
OF_A_PAGE = (("edges", "pageInfo", "totalCount"), ("edges", "pageInfo"), ("edges", "totalCount"), ())
# A document shorter than so many lines asks for next to nothing.
SHORTEST = 10
# A choice for each field of each type, one by one: our own documents ask these.
WIDE = {"node", "nodes"}


class Narrowing(Visitor):
    """Says a schema in narrower words: one of the parts of each filter, and pages from one end."""

    def __init__(self, part: int) -> None:
        super().__init__()
        self.part = part

    def enter_field_definition(self, node: FieldDefinitionNode, *_: Any) -> FieldDefinitionNode:
        given = node.arguments or ()
        backward = self.part == PARTS - 1 and any(each.name.value == "last" for each in given)
        dropped = BACKWARD if backward else FORWARD
        return replace(node, arguments=tuple(each for each in given if each.name.value not in dropped))

    def enter_object_type_definition(self, node: ObjectTypeDefinitionNode, *_: Any) -> ObjectTypeDefinitionNode:
        if not node.name.value.endswith("Connection"):
            return node
        fields = node.fields or ()
        return replace(node, fields=tuple(each for each in fields if each.name.value not in OF_A_PAGE[self.part]))

    def enter_input_object_type_definition(
        self, node: InputObjectTypeDefinitionNode, *_: Any
    ) -> InputObjectTypeDefinitionNode:
        if not node.name.value.endswith("Filter"):
            return node
        given = node.fields or ()
        return replace(node, fields=given[self.part :: PARTS] or given[:1])

    def enter_input_value_definition(self, node: InputValueDefinitionNode, *_: Any) -> InputValueDefinitionNode:
        name, kind = node.name.value, print_ast(node.type).strip("!")
        if name in ("first", "last"):
            return replace(node, type=NonNullTypeNode(type=_named("PageSize")), default_value=None)
        if kind == "String" and name in WORDS:
            return replace(node, type=_like(node, WORDS[name]))
        if kind == "ID" and name in IDENTIFIERS:
            return replace(node, type=_like(node, f"{IDENTIFIERS[name]}Id"))
        return node


def _named(name: str) -> NamedTypeNode:
    return NamedTypeNode(name=NameNode(value=name))


def _like(node: InputValueDefinitionNode, name: str) -> Any:
    return NonNullTypeNode(type=_named(name)) if isinstance(node.type, NonNullTypeNode) else _named(name)


def narrowed(schema: DocumentNode, part: int, roots: Sequence[str]) -> GraphQLSchema:
    """Return the schema in the narrower words of one part, with these root fields."""
    names = {*WORDS.values(), *(f"{kind}Id" for kind in IDENTIFIERS.values()), "PageSize"}
    words = parse("".join(f"scalar {each}\n" for each in sorted(names))).definitions
    said: DocumentNode = visit(schema, Narrowing(part))
    whole = build_ast_schema(replace(said, definitions=(*said.definitions, *words)))
    query, node = whole.query_type, whole.type_map["Node"]
    assert query is not None
    assert isinstance(node, GraphQLInterfaceType)
    fields = {name: query.fields[name] for name in roots}
    return GraphQLSchema(GraphQLObjectType("Query", fields), types=whole.get_possible_types(node))


def scalars(ids: Mapping[str, Sequence[str]]) -> Scalars:
    """Return what stands for the narrower words; now and then it is nonsense all the same."""
    every = [each for found in ids.values() for each in found]
    some = st.sampled_from(every)

    def texts(values: Sequence[str]) -> st.SearchStrategy[Any]:
        # Nonsense in the middle: hypothesis likes both ends best.
        return st.sampled_from([*list(values) * 5, "nonsense", *list(values) * 5]).map(nodes.String)

    nothing = [nodes.Null] * 20
    moments = [f"2026-11-{day:02}T04:00:00+00:00" for day in (1, 10, 15, 19, 20, 21, 25)]
    return {
        "PageSize": st.sampled_from([1, 2, 3, 4, 1, 2, 3, 0, 101, 5, 1, 2, 3, 7, 2, 1]).map(nodes.Int),
        "PlaceCode": texts([*PLACES, *ids["Place"][:6]]),
        "CategoryCode": texts(CATEGORIES), "GroupCode": texts(GROUPS), "PartyCode": texts(tuple(KINDS)),
        "RuleCode": texts(["near"]), "Cursor": st.sampled_from([*nothing, nodes.String("bm8="), *nothing]),
        "AnyText": texts(["N1", "甲-乙"]), "ID": some.map(nodes.String), "JSON": st.just(nodes.Null),
        "DateTime": st.sampled_from(moments).map(nodes.String),
        "Date": st.sampled_from([each[:10] for each in moments]).map(nodes.String),
        **{f"{kind}Id": texts(ids.get(kind) or every) for kind in IDENTIFIERS.values()},
    }  # fmt: skip


PLACES = ("11", "D1", "S1", "S2", "QA", "QAB", "QC", "QA1", "QA10", "QAB1", "QC1b1")


def written(
    schema: GraphQLSchema, count: int, seed: int, ids: Mapping[str, Sequence[str]], parts: Sequence[int]
) -> list[Question]:
    """Return so many different documents over these parts of the schema; the same for a seed."""
    assert schema.query_type is not None
    names = sorted(set(schema.query_type.fields) - SKIPPED - WIDE)
    random.Random(f"{seed}").shuffle(names)
    values = scalars(ids)
    said = parse(print_schema(schema))
    some = [narrowed(said, part, names[at :: len(parts)]) for at, part in enumerate(parts)]
    ways = [made.queries(each, custom_scalars=values) for each in some]
    found: dict[str, Question] = {}
    while len(found) < count:
        seed += 1
        found |= {each: Question(each) for each in _drawn(ways, count, seed) if each.count("\n") >= SHORTEST}
    return list(found.values())[:count]


def _drawn(ways: Sequence[st.SearchStrategy[str]], count: int, seed: int) -> list[str]:
    found: list[str] = []

    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=count, deadline=None, database=None, derandomize=False,
        suppress_health_check=list(hypothesis.HealthCheck), phases=[hypothesis.Phase.generate],
    )  # fmt: skip
    @hypothesis.given(st.sampled_from(ways).flatmap(lambda way: way))
    def draw(text: str) -> None:
        found.append(text)

    draw()
    return found
