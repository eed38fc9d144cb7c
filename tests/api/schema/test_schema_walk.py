"""Walks the whole schema: nothing is served that nobody declared, described and guarded."""

from collections.abc import Iterator

import pytest
from graphql import GraphQLInputObjectType, GraphQLInterfaceType, GraphQLObjectType, GraphQLSchema
from strawberry.types import get_object_definition

from api.permissions import Requires
from api.plan.registry import all_sources, field_names, relations
from api.schema.root import MUTATIONS, build_schema

# Types that carry no row: what they show was guarded where their rows were read.
ROWLESS = {
    "PageInfo", "RuleProblem", "RuleDraftCheck", "FieldConflict", "Viewer", "HeldRole", "Coverage", "Counterpart",
    "ReasonCondition",
    "NotFoundError", "ForbiddenError", "InvalidInputError", "InvalidTransitionError", "StaleVersionError",
    "RuleProblemsError", "ContactReveal", "IssuedKey", "Change", "Evaluation", "ClaimConflictError", "ContestedLine",
    "AgreementExpiredError", "PromiseProgress", "PromiseSummary",
    "Certificate", "Registered", "RegisterConfirmation",
    "NeedReceipt", "NeedReceiptStep",
    "IssuedWebhookSecret",
    "ExportLink",
}  # fmt: skip
# Objects made of columns of their parent's row, which the parent's source declares.
EMBEDDED = {"Point": "point", "Estimates": "estimates", "Reason": "reason", "RuleDraft": "draft", "Rating": "rating"}
SCALARS = {"Int", "Float", "Boolean", "String", "ID"}
COMPUTED = {("Reason", "conditions"), ("Reason", "parts")}


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    return build_schema()._schema


def object_types(schema: GraphQLSchema) -> Iterator[GraphQLObjectType]:
    for name, kind in schema.type_map.items():
        if isinstance(kind, GraphQLObjectType) and not name.startswith("__"):
            yield kind


def served_without_source(schema: GraphQLSchema) -> list[str]:
    declared = {source.type_name: field_names(source.name) for source in all_sources().values()}
    missing = []
    for kind in object_types(schema):
        if kind.name in ROWLESS | {"Query", "Mutation", "Subscription"} or kind.name.endswith(("Connection", "Edge")):
            continue
        if kind.name in EMBEDDED:
            owners = [s for s in all_sources().values() if EMBEDDED[kind.name] in s.fields]
            assert owners, f"no source embeds {kind.name}"
            continue
        for field in kind.fields:
            if field != "id" and field not in declared.get(kind.name, {}) and (kind.name, field) not in COMPUTED:
                missing.append(f"{kind.name}.{field}")
    return missing


def test_every_field_of_every_type_is_a_declared_field_of_its_source(schema: GraphQLSchema) -> None:
    assert served_without_source(schema) == []


def test_the_walk_finds_a_field_that_no_source_declares(schema: GraphQLSchema) -> None:
    need = schema.type_map["Need"]
    assert isinstance(need, GraphQLObjectType)
    fields = need.fields
    need.__dict__["fields"] = {**fields, "secret": fields["title"]}
    try:
        assert "Need.secret" in served_without_source(schema)
    finally:
        need.__dict__["fields"] = fields


def test_every_mutation_declares_its_permission_and_names_it() -> None:
    undeclared = []
    for part in MUTATIONS:
        for field in get_object_definition(part, strict=True).fields:
            required = [extension for extension in field.extensions if isinstance(extension, Requires)]
            if len(required) != 1 or str(required[0].permission) not in (field.description or ""):
                undeclared.append(field.name)
    assert undeclared == []


def test_every_type_field_argument_and_value_is_described(schema: GraphQLSchema) -> None:
    bare = []
    for name, kind in schema.type_map.items():
        if name.startswith("__") or name in SCALARS | {"Query", "Mutation", "Subscription"}:
            continue
        if not kind.description:
            bare.append(name)
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType):
            bare += [f"{name}.{field}" for field, made in kind.fields.items() if not made.description]
    assert bare == []


def test_descriptions_have_no_leading_article_and_no_final_stop(schema: GraphQLSchema) -> None:
    clumsy = []
    for name, kind in schema.type_map.items():
        if isinstance(kind, GraphQLObjectType | GraphQLInputObjectType) and not name.startswith("__"):
            for field, made in kind.fields.items():
                for text in (
                    made.description or "",
                    *(each.description for each in getattr(made, "args", {}).values()),
                ):
                    if text.startswith("The ") or (text.endswith(".") and not text.endswith("life.")):
                        clumsy.append(f"{name}.{field}: {text}")
    assert clumsy == []


def test_every_relation_of_a_source_leads_to_a_source() -> None:
    for source in all_sources().values():
        assert set(relations(source)) <= set(all_sources()), source.name
