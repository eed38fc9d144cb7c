"""Queries whose root fields all give finished answers are executed without the executor, which has nothing to walk.

The same resolvers run with the same arguments. Whatever is not of that kind, or is wrong in its variables, is left to
Strawberry.
"""

import asyncio
import inspect
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLField,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    get_named_type,
    get_operation_ast,
    get_variable_values,
    located_error,
)
from graphql.execution.values import VariableValues, get_argument_values
from graphql.pyutils import Path
from strawberry.types import ExecutionResult

from api.context import Context
from api.plan.ready import Ready
from api.plan.selection import root_fields

# A type of root fields, beside the connections, whose resolvers read rows and do nothing else.
NODE: Final = "Node"


class Info(NamedTuple):
    """What a resolver of a root field is told; the shape of graphql-core's own."""

    field_name: str
    field_nodes: list[FieldNode]
    return_type: Any
    parent_type: GraphQLObjectType
    path: Path
    schema: GraphQLSchema
    fragments: Mapping[str, FragmentDefinitionNode]
    root_value: None
    operation: OperationDefinitionNode
    variable_values: Mapping[str, Any]
    context: Context
    operation_extensions: Mapping[str, Any]


class Direct:
    """One operation of a document that may be executed directly."""

    def __init__(
        self,
        schema: GraphQLSchema,
        fragments: Mapping[str, FragmentDefinitionNode],
        operation: OperationDefinitionNode,
    ) -> None:
        """Take a valid operation, with the fragments of its document."""
        self.schema = schema
        self.fragments = fragments
        self.operation = operation
        self.possible = operation.operation is OperationType.QUERY

    async def execute(self, variables: Mapping[str, Any], context: Context) -> ExecutionResult | None:
        """Return the result, or None when the executor has to give it."""
        coerced = get_variable_values(self.schema, self.operation.variable_definitions or (), dict(variables))
        if not isinstance(coerced, VariableValues):
            return None
        query = self.schema.query_type
        assert query is not None
        fields = root_fields(self.schema, self.fragments, coerced, self.operation.selection_set, query)
        if not fields or not all(_pure(query.fields.get(nodes[0].name.value)) for nodes in fields.values()):
            self.possible = False
            return None
        asked = [self._resolved(query, key, nodes, coerced, context) for key, nodes in fields.items()]
        found = [await asked[0]] if len(asked) == 1 else await asyncio.gather(*asked)
        return self._result(query, dict(zip(fields, found, strict=True)), fields)

    async def _resolved(
        self, query: GraphQLObjectType, key: str, nodes: list[FieldNode], coerced: VariableValues, context: Context
    ) -> Any:
        declared = query.fields[nodes[0].name.value]
        info = Info(
            nodes[0].name.value, nodes, declared.type, query, Path(None, key, query.name), self.schema,
            self.fragments, None, self.operation, coerced.coerced, context, {},
        )  # fmt: skip
        try:
            arguments = get_argument_values(declared, nodes[0], coerced)
            assert declared.resolve is not None
            answer = declared.resolve(None, info, **arguments)
            return await answer if inspect.isawaitable(answer) else answer
        except Exception as fault:  # a resolver's error is told with its place, whatever it is
            return fault if isinstance(fault, GraphQLError) else located_error(fault, nodes, [key])

    def _result(
        self, query: GraphQLObjectType, found: dict[str, Any], fields: dict[str, list[FieldNode]]
    ) -> ExecutionResult | None:
        data: dict[str, Any] | None = {}
        errors: list[GraphQLError] = []
        for key, answer in found.items():
            declared = query.fields[fields[key][0].name.value]
            value = answer.value if type(answer) is Ready else answer
            if isinstance(answer, GraphQLError):
                errors.append(answer)
                value = None
                if isinstance(declared.type, GraphQLNonNull):
                    data = None
            elif type(answer) is list:
                if not all(each is None or type(each) is Ready for each in answer):
                    self.possible = False
                    return None
                value = [None if each is None else each.value for each in answer]
            elif type(answer) is not Ready and answer is not None:
                self.possible = False
                return None
            if data is not None:
                data[key] = value
        if data is None:
            # As the executor has it: once the answer as a whole is null, one reason is enough.
            errors = errors[:1]
        return ExecutionResult(data=data, errors=errors or None)


def direct_of(schema: GraphQLSchema, document: DocumentNode, operation_name: str | None) -> Direct | None:
    """Return the operation of a valid document that is meant; None when none or more than one is."""
    chosen = get_operation_ast(document, operation_name)
    if chosen is None:
        return None
    fragments = {each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)}
    return Direct(schema, fragments, chosen)


def _pure(declared: GraphQLField | None) -> bool:
    if declared is None:
        return False
    named = get_named_type(declared.type)
    fields = getattr(named, "fields", {})
    return ("nodes" in fields and "pageInfo" in fields) or named.name == NODE
