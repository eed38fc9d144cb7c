"""Describes what has no place of its own to say what it means: arguments, members of enums, the roots."""

from graphql import GraphQLEnumType, GraphQLInterfaceType, GraphQLObjectType, GraphQLSchema

from api.schema.meanings.arguments import COMMON, OBJECTS, OF_OBJECT, PARTICULAR, ROOTS
from api.schema.meanings.kinds import KINDS
from api.schema.meanings.states import STATES


def describe(schema: GraphQLSchema) -> None:
    """Give each argument and member its meaning; one that was declared with a description keeps that."""
    values = {**KINDS, **STATES}
    for name, kind in schema.type_map.items():
        kind.description = kind.description or ROOTS.get(name)
        if isinstance(kind, GraphQLEnumType):
            for member, value in kind.values.items():
                value.description = value.description or values.get(name, {}).get(member)
        elif isinstance(kind, GraphQLObjectType | GraphQLInterfaceType) and not name.startswith("__"):
            for field, declared in kind.fields.items():
                for argument, taken in declared.args.items():
                    taken.description = taken.description or meaning(field, argument)


def meaning(field: str, argument: str) -> str | None:
    """Return what an argument of a field means, or None when nothing tells."""
    if told := PARTICULAR.get(f"{field}.{argument}"):
        return told
    if argument in OF_OBJECT and (named := _object(field)):
        return OF_OBJECT[argument].format(named)
    return COMMON.get(argument)


def _object(field: str) -> str | None:
    """Return what a field is about: needListSubmit is about a need list, and not about a need."""
    begun = [name for name in OBJECTS if field == name or (field.startswith(name) and field[len(name)].isupper())]
    return OBJECTS[max(begun, key=len)] if begun else None
