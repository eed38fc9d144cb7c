"""Values of variables and arguments, worked out beforehand as far as a document allows.

graphql-core looks everything up at each request: the type of a variable, its default, which node gives an argument.
Here a variable of a plain type, and an argument that is such a variable or a constant, is only taken from its place.
Whatever is of another kind, or does not fit, goes through graphql-core, which tells what is wrong.
"""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from graphql import (
    FieldNode,
    GraphQLBoolean,
    GraphQLError,
    GraphQLField,
    GraphQLID,
    GraphQLInt,
    GraphQLNonNull,
    GraphQLSchema,
    GraphQLString,
    OperationDefinitionNode,
    Undefined,
    VariableNode,
    get_variable_values,
    is_required_argument,
)
from graphql.execution.get_variable_signature import GraphQLVariableSignature, get_variable_signature
from graphql.execution.values import VariableValues, VariableValueSource, coerce_argument, get_argument_values
from strawberry.types.arguments import convert_arguments
from strawberry.types.field import StrawberryField

from api.plan.selection import reached

_PLAIN: Final[Mapping[str, type[Any]]] = {
    GraphQLID.name: str,
    GraphQLString.name: str,
    GraphQLInt.name: int,
    GraphQLBoolean.name: bool,
}
_LARGEST: Final = 2**31


class Variables:
    """The variables of one operation."""

    def __init__(self, schema: GraphQLSchema, operation: OperationDefinitionNode) -> None:
        """Take a valid operation."""
        self._schema = schema
        self._nodes = operation.variable_definitions or ()
        self._plain: list[tuple[str, type[Any], bool, GraphQLVariableSignature]] | None = []
        for node in self._nodes:
            signature = get_variable_signature(schema, node)
            if isinstance(signature, GraphQLError):
                self._plain = None
                break
            required = isinstance(signature.type, GraphQLNonNull)
            kind = _PLAIN.get(str(signature.type).removesuffix("!"))
            if kind is None or node.default_value is not None:
                self._plain = None
                break
            self._plain.append((signature.name, kind, required, signature))

    def coerced(self, given: Mapping[str, Any]) -> VariableValues | None:
        """Return the values for what a request gives; None when they do not fit."""
        if self._plain is not None and (taken := self._taken(given)) is not None:
            return taken
        found = get_variable_values(self._schema, self._nodes, dict(given))
        return found if isinstance(found, VariableValues) else None

    def _taken(self, given: Mapping[str, Any]) -> VariableValues | None:
        sources, values = {}, {}
        for name, kind, required, signature in self._plain or ():
            value = given.get(name, Undefined)
            if value is Undefined:
                if required:
                    return None
                sources[name] = VariableValueSource(signature)
                continue
            if value is None:
                if required:
                    return None
            elif type(value) is not kind or (kind is int and not -_LARGEST <= value < _LARGEST):
                return None
            sources[name] = VariableValueSource(signature, value)
            values[name] = value
        return VariableValues(sources, values)


class _Taken(NamedTuple):
    """An argument that is a variable of a plain type; `otherwise` is what stands for it without a value."""

    name: str
    variable: str
    required: bool
    otherwise: dict[str, Any]


class Call:
    """A root field's resolver, called with what one node of a document gives it.

    Strawberry converts the constants once. Where a variable is of another than a plain type, or the resolver is
    wrapped, Strawberry's own way is taken.
    """

    def __init__(self, schema: GraphQLSchema, declared: GraphQLField, node: FieldNode) -> None:
        """Take the field as the schema declares it, and the node of a valid document."""
        self._declared = declared
        self._node = node
        self._field: StrawberryField = declared.extensions["strawberry-definition"]
        self._info_class = schema._strawberry_schema.config.info_class  # type: ignore[attr-defined]  # Strawberry's
        self._fixed: dict[str, Any] | None = None
        self._taken: list[_Taken] = []
        resolver = self._field.base_resolver
        if resolver and resolver.self_parameter and resolver.info_parameter and not self._field.extensions:
            self._resolve = resolver.wrapped_func
            try:
                self._prepare(schema)
            except (GraphQLError, _NotPlain):
                self._fixed = None

    def __call__(self, info: Any, values: VariableValues) -> Any:
        """Return what the resolver gives, or an awaitable of it. Raise GraphQLError for wrong arguments."""
        found = self._keywords(values)
        if found is None:
            assert self._declared.resolve is not None
            return self._declared.resolve(None, info, **get_argument_values(self._declared, self._node, values))
        return self._resolve(None, info=self._info_class(_raw_info=info, _field=self._field), **found)

    def _keywords(self, values: VariableValues) -> dict[str, Any] | None:
        if self._fixed is None:
            return None
        found = dict(self._fixed)
        for name, variable, required, otherwise in self._taken:
            value = values.coerced.get(variable, Undefined)
            if required and (value is Undefined or value is None):
                return None
            if value is Undefined:
                found |= otherwise
            else:
                found[name] = value
        return found

    def _prepare(self, schema: GraphQLSchema) -> None:
        own = schema._strawberry_schema  # type: ignore[attr-defined]  # as above
        given = {argument.name.value: argument for argument in self._node.arguments or ()}
        fixed: dict[str, Any] = {}
        for argument in self._field.arguments:
            name = own.config.name_converter.from_argument(argument)
            declared, asked = self._declared.args[name], given.get(name)
            if asked is None or not isinstance(asked.value, VariableNode):
                if asked is not None and reached((asked.value,), {}).variables:
                    raise _NotPlain
                coerce_argument(fixed, self._node, name, declared, asked, None, None)
                continue
            if str(declared.type).removesuffix("!") not in _PLAIN:
                raise _NotPlain
            otherwise: dict[str, Any] = {}
            if not is_required_argument(declared):
                coerce_argument(otherwise, self._node, name, declared, None, None, None)
            required = isinstance(declared.type, GraphQLNonNull)
            converted = self._converted(own, otherwise)
            self._taken.append(_Taken(argument.python_name, asked.value.name.value, required, converted))
        self._fixed = self._converted(own, fixed)

    def _converted(self, own: Any, values: dict[str, Any]) -> dict[str, Any]:
        registry = own.schema_converter.scalar_registry
        return convert_arguments(values, self._field.arguments, scalar_registry=registry, config=own.config)


class _NotPlain(Exception):
    """An argument has to be worked out at each request."""
