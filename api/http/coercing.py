"""Values of variables and arguments, worked out beforehand as far as a document allows.

graphql-core looks everything up at each request: the type of a variable, its default, which node gives an argument.
Here a variable of a plain type, and an argument that is such a variable or a constant, is only taken from its place.
Whatever is of another kind, or does not fit, goes through graphql-core, which tells what is wrong.
"""

from collections.abc import Callable, Mapping
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
    Visitor,
    get_variable_values,
    is_required_argument,
    visit,
)
from graphql.execution.get_variable_signature import GraphQLVariableSignature, get_variable_signature
from graphql.execution.values import VariableValues, VariableValueSource, coerce_argument, get_argument_values

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
    """An argument that is a variable; `otherwise` is what stands for it without a value."""

    out: str
    variable: str
    required: bool
    otherwise: dict[str, Any]


def arguments_of(declared: GraphQLField, node: FieldNode) -> Callable[[VariableValues], dict[str, Any]]:
    """Return what gives a field's arguments for the values of the variables. That raises GraphQLError."""

    def slowly(values: VariableValues) -> dict[str, Any]:
        return get_argument_values(declared, node, values)

    try:
        fixed, taken = _sorted(declared, node)
    except (GraphQLError, _Composed):
        return slowly

    def quickly(values: VariableValues) -> dict[str, Any]:
        found = dict(fixed)
        for out, variable, required, otherwise in taken:
            value = values.coerced.get(variable, Undefined)
            if required and (value is Undefined or value is None):
                return slowly(values)
            if value is Undefined:
                found |= otherwise
            else:
                found[out] = value
        return found

    return quickly


def _sorted(declared: GraphQLField, node: FieldNode) -> tuple[dict[str, Any], list[_Taken]]:
    given = {argument.name.value: argument for argument in node.arguments or ()}
    fixed: dict[str, Any] = {}
    taken = []
    for name, argument in declared.args.items():
        asked = given.get(name)
        if asked is not None and isinstance(asked.value, VariableNode):
            otherwise: dict[str, Any] = {}
            if not is_required_argument(argument):
                coerce_argument(otherwise, node, name, argument, None, None, None)
            required = isinstance(argument.type, GraphQLNonNull)
            taken.append(_Taken(argument.out_name or name, asked.value.name.value, required, otherwise))
        elif asked is not None and _names_a_variable(asked.value):
            raise _Composed
        else:
            coerce_argument(fixed, node, name, argument, asked, None, None)
    return fixed, taken


class _Composed(Exception):
    """A variable stands within a list or an object."""


def _names_a_variable(value: Any) -> bool:
    finder = _Finder()
    visit(value, finder)
    return finder.found


class _Finder(Visitor):
    found = False

    def enter_variable(self, *_: Any) -> None:
        self.found = True
