from typing import Any

import pytest
from graphql import parse

from api.http.documents import Documents, operations
from api.http.limits import LIMITS, Measure, measure
from api.schema.root import build_schema
from tests.api.http.small_schema import small_schema

SCHEMA = small_schema()


def measured(text: str, **variables: Any) -> Measure:
    document = parse(text)
    operation = next(operations(document))
    return measure(document, operation, SCHEMA._schema, variables)


def refused(text: str) -> tuple[str, int] | None:
    """Return which limit the text exceeds and its value."""
    errors = Documents(SCHEMA, production=False).prepare(text).errors
    if not errors:
        return None
    told = errors[0].extensions or {}
    assert told["code"] == "LIMIT_EXCEEDED", errors
    return told["limit"], told["value"]


def bomb(fragments: int, last: str = "title") -> str:
    """Return a document whose every fragment spreads the next one twice."""
    spreads = " ".join(f"fragment F{n} on Thing{{title ...F{n + 1} ...F{n + 1}}}" for n in range(fragments))
    return f"{{things(first:1){{...F0}}}} {spreads} fragment F{fragments} on Thing{{{last}}}"


def chain(fragments: int) -> str:
    """Return a document whose every fragment spreads the next one."""
    spreads = " ".join(f"fragment F{n} on Thing{{...F{n + 1}}}" for n in range(fragments))
    return f"{{things(first:1){{...F0}}}} {spreads} fragment F{fragments} on Thing{{title}}"


def beside(fragments: int) -> str:
    """Return a document with many fragments in one selection set."""
    spreads = " ".join(f"...F{at}" for at in range(fragments))
    each = " ".join(f"fragment F{at} on Thing{{title}}" for at in range(fragments))
    return f"{{things(first:1){{{spreads}}}}} {each}"


def _aliased(letter: str, number: int, field: str) -> str:
    return " ".join(f"{letter}{at}:{field}" for at in range(number))


def nested(levels: int, size: int = 1) -> str:
    return f"{{{f'things(first:{size}){{' * levels}title{'}' * levels}}}"


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        (nested(12), ("depth", 12)),
        (f"{{{_aliased('a', 9, 'hello')} things(first:1){{{_aliased('b', 22, 'title')}}}}}", ("aliases", 30)),
        (f"{{things(first:1){{{_aliased('a', 31, 'title')}}}}}", ("aliases", 30)),
        (f"{{{_aliased('a', 11, 'hello')}}}", ("rootFields", 10)),
        (f"query{' @skip(if:false)' * 4}{{hello{' @skip(if:false)' * 5}}}", ("directives", 8)),
        (f"{{{'hello ' * 2000}}}", ("tokens", 2000)),
        (nested(2, 70), None),
        (nested(2, 71), ("nodes", 5000)),
        ("{things{things{title}}}", ("nodes", 5000)),
        ("{things(first:null){things(last:100){title}}}", ("nodes", 5000)),
        (f"{{things(first:{'9' * 5000}){{title}}}}", ("nodes", 5000)),
        (f"{{nodes(ids:[{'1 ' * 51}]){{things(first:100){{title}}}}}}", ("nodes", 5000)),
        (f"{{things(first:1){{{'... on Thing{' * 70}title{'}' * 70}}}}}", ("nesting", 60)),
        (chain(100), ("nesting", 60)),
        (f"{{things(first:1){{{'title ' * 77}}}}}", None),
        (f"{{things(first:1){{{'title ' * 78}}}}}", ("comparisons", 3000)),
        (f"{{things(first:1){{{'things(first:1){title} ' * 55}}}}}", None),
        (f"{{things(first:1){{{'things(first:1){title} ' * 56}}}}}", ("comparisons", 3000)),
        (beside(55), None),
        (beside(56), ("comparisons", 3000)),
        (" ".join(f"query Q{at}{{hello}}" for at in range(21)), ("operations", 20)),
    ],
)  # fmt: skip
def test_each_limit_refuses_with_its_name_and_value(text: str, limit: tuple[str, int] | None) -> None:
    assert refused(text) == limit


@pytest.mark.parametrize(
    "text",
    [
        nested(11),
        f"{{things(first:1){{{_aliased('a', 30, 'title')}}}}}",
        f"{{{'hello ' * 10}}}",
        f"{{hello{' @include(if:true)' * 8}}}",
        "{__schema{types{fields{type{ofType{ofType{ofType{ofType{ofType{ofType{ofType{ofType{name}}}}}}}}}}}}}",
    ],
)
def test_what_is_just_within_the_limits_passes(text: str) -> None:
    errors = Documents(SCHEMA, production=False).prepare(text).errors
    assert not [error for error in errors if (error.extensions or {})["code"] == "LIMIT_EXCEEDED"]


def test_a_fragment_bomb_costs_as_many_visits_as_it_has_selections() -> None:
    for fragments in (5, 10, 20):
        assert measured(bomb(fragments)).visited == 3 * fragments + 3
    assert measured(bomb(20)).fields > 2**20
    assert refused(bomb(20)) == ("fields", 2000)


def test_the_fragment_bomb_of_839_bytes_is_refused_before_validation(monkeypatch: pytest.MonkeyPatch) -> None:
    text = bomb(20)
    assert 700 < len(text) < 900
    monkeypatch.setattr("api.http.documents.validate_document", None)
    assert refused(text) == ("fields", 2000)


def test_aliases_and_directives_within_fragments_count_as_often_as_they_are_spread() -> None:
    spread = "{things(first:1){...A ...A ...A}} fragment A on Thing{x:title @skip(if:false)}"
    assert measured(spread).aliases == 3
    assert measured(spread).directives == 3


def test_a_cycle_of_fragments_ends_and_is_left_to_validation() -> None:
    text = "{things(first:1){...A}} fragment A on Thing{title ...B} fragment B on Thing{...A}"
    assert measured(text).visited == 5
    (error,) = Documents(SCHEMA, production=False).prepare(text).errors
    assert (error.extensions or {})["code"] == "VALIDATION_FAILED"


@pytest.mark.parametrize(
    ("variables", "nodes"),
    [({"n": 3}, 3 + 9), ({}, 2 + 4), ({"n": None}, 100 + 10_000), ({"n": "x"}, 100 + 10_000), ({"n": -5}, 0)],
)
def test_sizes_come_from_variables_and_their_defaults(variables: dict[str, Any], nodes: int) -> None:
    text = "query($n:Int=2){things(first:$n){things(last:$n){title}}}"
    assert measured(text, **variables).nodes == nodes


def test_a_document_is_prepared_once_and_faulty_ones_are_not_kept() -> None:
    documents = Documents(SCHEMA, production=False)
    for _ in range(3):
        assert not documents.prepare("{hello}").errors
    assert documents.prepared == 1
    # Of the faulty ones the last alone is known, for as long as one request asks for it.
    for number in range(3):
        assert documents.prepare(f"{{nothing{number}}}").errors
        assert documents.prepare(f"{{nothing{number}}}").errors
    assert documents.prepared == 4
    documents.prepare("{nothing0}")
    assert documents.prepared == 5


def test_what_is_remembered_is_bounded() -> None:
    documents = Documents(SCHEMA, production=False)
    for number in range(600):
        documents.prepare(f"{{hello(name:{number})}}" if number % 2 else f"query Q{number}{{hello}}")
    for number in range(30):
        documents.prepare(f"query P{number}{{hello}} #{'x' * 30_000}")
    assert len(documents._known) <= 500
    assert sum(map(len, documents._known)) == documents._characters <= 400_000


def test_the_limits_are_those_that_are_documented() -> None:
    assert (LIMITS.depth, LIMITS.aliases, LIMITS.root_fields, LIMITS.directives, LIMITS.nodes) == (12, 30, 10, 8, 5000)


def test_pages_below_a_list_without_pages_count_for_each_of_its_rows() -> None:
    schema = build_schema()._schema
    inner = "organisation { claims(first: 4) { nodes { id } } }"
    for asked, nodes in (("participants { %s }", 5 * (1 + 10 * 4)), ("%s", 5 * (1 + 4)), ("lines { quantity }", 5)):
        document = parse("{ claims(first: 5) { nodes { " + asked.replace("%s", inner) + " } } }")
        assert measure(document, next(operations(document)), schema, {}).nodes == nodes, asked
