"""Rules that the published schema keeps: Relay's, dates on what is deprecated, a description of everything."""

import re
from collections.abc import Iterator
from datetime import date

import pytest
from graphql import GraphQLObjectType, GraphQLSchema, build_schema, is_interface_type, is_object_type

from api.schema.describing import meaning
from api.schema.meanings.arguments import OBJECTS, PARTICULAR
from api.schema.meanings.kinds import KINDS
from api.schema.meanings.states import STATES
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


def undescribed(schema: GraphQLSchema) -> list[str]:
    """Return the places of everything that says nothing of itself."""
    told: dict[str, str | None] = {}
    for name, kind in schema.type_map.items():
        if name.startswith("__"):
            continue
        told[name] = kind.description
        for member, declared in (getattr(kind, "fields", None) or getattr(kind, "values", None) or {}).items():
            told[f"{name}.{member}"] = declared.description
            for argument, taken in getattr(declared, "args", {}).items():
                told[f"{name}.{member}({argument})"] = taken.description
    for directive in schema.directives:
        told[f"@{directive.name}"] = directive.description
        told |= {f"@{directive.name}({name})": taken.description for name, taken in directive.args.items()}
    return [place for place, description in told.items() if not (description or "").strip()]


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


def test_everything_says_what_it_is(schema: GraphQLSchema) -> None:
    assert undescribed(schema) == []


def test_each_kind_of_thing_that_says_nothing_is_found() -> None:
    silent = """
        directive @d(x: Int) on FIELD_DEFINITION
        type Query { a(b: Int): E c(input: I): U d: N }
        enum E { V }
        input I { f: Int = 1 }
        interface N { n: Int }
        type T implements N { n: Int }
        union U = T
        scalar S
    """
    assert set(undescribed(build_schema(silent))) == {
        "@d", "@d(x)", "Query", "Query.a", "Query.a(b)", "Query.c", "Query.c(input)", "Query.d", "E", "E.V", "I", "I.f",
        "N", "N.n", "T", "T.n", "U", "S",
    }  # fmt: skip


def test_nothing_is_described_that_is_not_there(schema: GraphQLSchema) -> None:
    """A meaning of a field or member that was renamed would be lost unseen."""
    taken = {f"{name}.{each}" for kind in objects(schema) for name, field in kind.fields.items() for each in field.args}
    assert set(PARTICULAR) - taken == set()
    members = {name: set(getattr(schema.type_map[name], "values", {})) for name in (*KINDS, *STATES)}
    assert {name: set(told) for name, told in {**KINDS, **STATES}.items()} == members
    assert [name for name in OBJECTS if not any(place.startswith(name) for place in taken)] == []


@pytest.mark.parametrize(
    ("field", "argument", "told"),
    [
        ("needListSubmit", "id", "Identifier of the need list"),
        ("needWithdraw", "id", "Identifier of the need"),
        ("webhookDeliveryResend", "id", "Identifier of the delivery"),
        ("teamUpdate", "changes", "What is to change of the team"),
        ("needs", "id", None),
    ],
)
def test_an_argument_that_names_an_object_says_which(field: str, argument: str, told: str | None) -> None:
    found = meaning(field, argument)
    assert found is None if told is None else (found or "").startswith(told)
