"""What is too wide for one statement is read level by level: SQLite joins few tables and makes short arrays."""

import pytest
from graphql import GraphQLEnumType, GraphQLObjectType, GraphQLScalarType, get_named_type

from tests.api.conftest import City
from tests.api.reading import SYSTEM, Answer, ask, level_by_level, schema


def plain(name: str) -> str:
    """Return all fields of a type that lead nowhere."""
    kind = schema()._schema.type_map[name]
    assert isinstance(kind, GraphQLObjectType)
    leaves = GraphQLScalarType, GraphQLEnumType
    return " ".join(field for field, made in kind.fields.items() if isinstance(get_named_type(made.type), leaves))


def places(depth: int, fields: str = "code") -> str:
    """Return a selection of a place and of two above it each time: twice as many joins with each step."""
    below = f"parent {{ {places(depth - 1, fields)} }} community {{ {places(depth - 1, fields)} }}" if depth else ""
    return f"{fields} {below}"


async def both_ways(question: str) -> tuple[Answer, Answer]:
    found = await ask(question, SYSTEM)
    with level_by_level():
        return found, await ask(question, SYSTEM)


@pytest.mark.parametrize("counted", ["", "totalCount"])
async def test_more_columns_than_an_array_takes(city: City, counted: str) -> None:
    nodes = f"nodes {{ {plain('Need')} place {{ {places(3, plain('Place'))} }} }}"
    found, levels = await both_ways(f"{{ needs(first: 5) {{ {counted} {nodes} }} }}")
    assert not found.errors, found.errors
    assert found.data == levels.data
    assert found.data["needs"]["nodes"]


@pytest.mark.parametrize("counted", ["", "totalCount"])
async def test_more_tables_than_a_join_takes(city: City, counted: str) -> None:
    found, levels = await both_ways(f"{{ needs(first: 5) {{ {counted} nodes {{ place {{ {places(6)} }} }} }} }}")
    assert not found.errors, found.errors
    assert found.data == levels.data
    assert found.data["needs"]["nodes"]


async def test_the_same_below_a_row(city: City) -> None:
    below = f"resources(first: 2) {{ nodes {{ place {{ {places(6)} }} }} }}"
    found, levels = await both_ways(f"{{ organisations(first: 12) {{ nodes {{ {below} }} }} }}")
    assert not found.errors, found.errors
    assert found.data == levels.data
    assert any(each["resources"]["nodes"] for each in found.data["organisations"]["nodes"])
