"""The filters of exports: those of the root fields, checked by the same types, from JSON or from an address."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

import strawberry
from graphql import (
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    OperationDefinitionNode,
    get_named_type,
    parse,
)
from graphql.execution.values import get_variable_values
from strawberry.types.arguments import convert_argument

import api.schema.scalars  # noqa: F401  registers the enums before any type names them
from api.errors import InvalidInput
from api.plan.reader import Condition
from api.plan.viewer import Viewer
from api.queries import agreement, claim, collection_round, items, match
from api.schema.agreement_root import AgreementFilter
from api.schema.claim_root import ClaimFilter
from api.schema.collection_round_root import CollectionInvitationFilter
from api.schema.filters import item_filter
from api.schema.inputs import given
from api.schema.item_list_root import ListFilter
from api.schema.match import MatchFilter
from api.schema.need import NeedFilter
from api.schema.project import ProjectFilter
from api.schema.register import OrganisationFilter
from api.schema.resource import ResourceFilter
from api.schema.service_item_inputs import ServiceItemFilter

# What is asked of these is checked by queries of their own, from plain values.
OWN_QUERIES: Final[dict[str, Callable[[Viewer, dict[str, Any]], Awaitable[Condition]]]] = {
    "Match": match.filtered,
    "Claim": claim.filtered,
    "Agreement": agreement.filtered,
    "CollectionInvitation": collection_round.invitations_filtered,
}
# By the name of the root field: the type of its rows, and of its filter.
FILTERS: Final[dict[str, tuple[str, type[Any]]]] = {
    "needs": ("Need", NeedFilter),
    "resources": ("Resource", ResourceFilter),
    "projects": ("Project", ProjectFilter),
    "serviceItems": ("ServiceItem", ServiceItemFilter),
    "needLists": ("NeedList", ListFilter),
    "resourceLists": ("ResourceList", ListFilter),
    "projectLists": ("ProjectList", ListFilter),
    "matches": ("Match", MatchFilter),
    "claims": ("Claim", ClaimFilter),
    "agreements": ("Agreement", AgreementFilter),
    "organisations": ("Organisation", OrganisationFilter),
    "collectionInvitations": ("CollectionInvitation", CollectionInvitationFilter),
}


async def export_condition(schema: strawberry.Schema, viewer: Viewer, name: str, asked: Mapping[str, Any]) -> Condition:
    """Return the condition of a filter, given as the root field takes it.

    Raises:
        InvalidInput, LimitExceeded, NotFound: with the path of the fault from `filter` down.
    """
    source, kind = FILTERS[name]
    found = _converted(schema, kind, asked)
    if source in OWN_QUERIES:
        return await OWN_QUERIES[source](viewer, given(found, ("filter",)))
    return await items.filtered(viewer, source, await item_filter(viewer, found))


def _converted(schema: strawberry.Schema, kind: type[Any], asked: Mapping[str, Any]) -> Any:
    """Return the input object, coerced as a variable of that type would be."""
    (operation,) = parse(f"query ($filter: {kind.__name__}) {{ __typename }}").definitions
    assert isinstance(operation, OperationDefinitionNode)
    core: GraphQLSchema = schema._schema
    found = get_variable_values(core, operation.variable_definitions or (), {"filter": dict(asked)})
    if isinstance(found, list):
        message = str(found[0].message)
        raise InvalidInput(f"筛选条件有误:{message}", message, ("filter",))
    converter = schema.schema_converter
    return convert_argument(found.coerced["filter"], kind, converter.scalar_registry, schema.config)


def from_address(schema: strawberry.Schema, name: str, pairs: list[tuple[str, str]]) -> dict[str, Any]:
    """Return the filter of an address's parameters, e.g. `status=REQUESTED,DISPATCHED`; each by its own type.

    Raises:
        InvalidInput: a parameter is no filter of this export, or comes twice.
    """
    kind = schema._schema.type_map[FILTERS[name][1].__name__]
    assert isinstance(kind, GraphQLInputObjectType)
    found: dict[str, Any] = {}
    for key, text in pairs:
        field = kind.fields.get(key)
        if field is None:
            raise InvalidInput("没有这个筛选条件", "There is no such filter", ("filter", key))
        many = isinstance(field.type.of_type if isinstance(field.type, GraphQLNonNull) else field.type, GraphQLList)
        if key in found and not many:
            raise InvalidInput("这个条件给了两次", "This filter is given twice", ("filter", key))
        values = [_value(get_named_type(field.type).name, each) for each in (text.split(",") if many else [text])]
        found[key] = [*found.get(key, []), *values] if many else values[0]
    return found


def _value(kind: str, text: str) -> Any:
    try:
        if kind == "Int":
            return int(text)
        if kind == "Boolean":
            return {"true": True, "false": False}.get(text, text)
    except ValueError:
        pass
    return text
