"""Rules that the published schema keeps: Relay's, and dates on what is deprecated."""

import re
from collections.abc import Iterator
from datetime import date

import pytest
from graphql import GraphQLObjectType, GraphQLSchema, build_schema, is_interface_type, is_object_type

from tests.test_schema_snapshot import COMMITTED

DATED = re.compile(r"(\d{4}-\d{2}-\d{2}) \S")
PAGE_INFO = {"hasNextPage": "Boolean!", "hasPreviousPage": "Boolean!", "startCursor": "String", "endCursor": "String"}
FORWARD, BACKWARD = {"first", "after"}, {"last", "before"}
# The feed of changes is a list to be followed, not a graph: its items are no objects and have no edges.
FEED = {"Change", "ChangeConnection"}


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    return build_schema(COMMITTED.read_text(encoding="utf-8"))


def objects(schema: GraphQLSchema, ending: str = "") -> Iterator[GraphQLObjectType]:
    for name, kind in schema.type_map.items():
        if isinstance(kind, GraphQLObjectType) and not name.startswith("__") and name.endswith(ending):
            yield kind


def types(kind: GraphQLObjectType) -> dict[str, str]:
    return {name: str(field.type) for name, field in kind.fields.items()}


def undated(schema: GraphQLSchema) -> list[str]:
    """Return what is deprecated with no day, or a day that does not exist, before its reason."""
    reasons = {}
    for name, kind in schema.type_map.items():
        for member, declared in (getattr(kind, "fields", None) or getattr(kind, "values", None) or {}).items():
            reasons[f"{name}.{member}"] = declared.deprecation_reason
            for argument, taken in getattr(declared, "args", {}).items():
                reasons[f"{name}.{member}({argument})"] = taken.deprecation_reason
    return [place for place, reason in reasons.items() if reason is not None and not dated(reason)]


def dated(reason: str) -> bool:
    found = DATED.match(reason)
    try:
        return bool(found and date.fromisoformat(found[1]))
    except ValueError:
        return False


def test_page_info_is_what_relay_asks_for(schema: GraphQLSchema) -> None:
    (info,) = objects(schema, "PageInfo")
    assert types(info).items() >= PAGE_INFO.items()


def test_a_connection_has_edges_and_page_info_and_an_edge_a_node_and_a_cursor(schema: GraphQLSchema) -> None:
    connections = [kind for kind in objects(schema, "Connection") if kind.name not in FEED]
    assert len(connections) > 20
    for connection in connections:
        fields = types(connection)
        assert fields["pageInfo"] == "PageInfo!", connection.name
        assert fields["edges"].strip("[]!").endswith("Edge"), connection.name
        assert fields["edges"].startswith("["), connection.name
        edge = schema.type_map[fields["edges"].strip("[]!")]
        assert isinstance(edge, GraphQLObjectType)
        assert str(edge.fields["cursor"].type) == "String!", edge.name
        assert "node" in edge.fields, edge.name


def test_a_field_that_is_a_connection_is_paged_forward_and_backward_wholly_or_not(schema: GraphQLSchema) -> None:
    for kind in objects(schema):
        for name, field in kind.fields.items():
            if str(field.type).strip("!").endswith("Connection"):
                taken = set(field.args)
                assert taken >= FORWARD, f"{kind.name}.{name}"
                assert taken & BACKWARD in (set(), BACKWARD), f"{kind.name}.{name}"


def test_what_has_an_id_of_its_own_is_a_node_and_can_be_fetched_again(schema: GraphQLSchema) -> None:
    query, node = schema.query_type, schema.get_type("Node")
    assert query is not None
    assert is_interface_type(node)
    assert str(query.fields["node"].args["id"].type) == "ID!"
    assert str(query.fields["nodes"].args["ids"].type) == "[ID!]!"
    for kind in objects(schema):
        declared = kind.fields.get("id")
        if declared is not None and str(declared.type) == "ID!" and kind.name not in FEED:
            assert node in kind.interfaces, kind.name
    for kind in schema.get_possible_types(node):
        assert is_object_type(kind)
        assert types(kind)["id"] == "ID!"


def test_everything_deprecated_says_since_when(schema: GraphQLSchema) -> None:
    assert undated(schema) == []


@pytest.mark.parametrize(
    ("reason", "accepted"),
    [("2026-03-01 Use b", True), ("Use b", False), ("2026-13-01 Use b", False), ("2026-03-01", False)],
)
def test_a_deprecation_without_its_day_is_found(reason: str, accepted: bool) -> None:
    old = f'type Query {{ a(b: Int @deprecated(reason: "{reason}")): Int @deprecated(reason: "{reason}") }}'
    assert (undated(build_schema(old)) == []) is accepted
