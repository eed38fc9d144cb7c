"""Queries that run without the executor, from a document that is remembered."""

from typing import Any

from api.context import Context
from api.http.documents import Documents
from api.models import Team
from tests.api.conftest import City
from tests.api.reading import SYSTEM, answer, level_by_level, schema, viewer


async def directly(documents: Documents, text: str, **variables: Any) -> Any:
    """Return the data that a query gives without the executor, as the view runs it."""
    operation = documents.direct(text, None, variables)
    assert operation is not None
    context = Context(viewer(SYSTEM), selections=documents.prepare(text).selections)
    result = await operation.execute(variables, context)
    assert result is not None
    assert not result.errors
    return result.data


async def test_a_remembered_selection_is_that_of_all_nodes_of_a_field(city: City) -> None:
    documents = Documents(schema(), production=False)
    text = """query ($more: Boolean!) { needs(first: 1) { nodes { id } }
      needs(first: 1) @include(if: $more) { nodes { status } } }"""
    for more in (False, True, False):
        (node,) = (await directly(documents, text, more=more))["needs"]["nodes"]
        assert set(node) == ({"id", "status"} if more else {"id"})


async def test_what_is_skipped_below_a_list_of_entries_is_not_served(city: City) -> None:
    entries = """matches(first: 20) { nodes { reason { conditions { path @skip(if: $skip) } } } }
      teams(first: 100) { nodes { certificates { kind @skip(if: $skip) } } }"""
    await Team.all().update(certificates=[{"kind": "低压电工证", "valid_until": None}])
    text = f"query ($skip: Boolean!) {{ {entries} }}"
    documents = Documents(schema(), production=False)
    for skip in (True, False):
        data = await directly(documents, text, skip=skip)
        conditions = [each for node in data["matches"]["nodes"] for each in node["reason"]["conditions"]]
        certificates = [each for node in data["teams"]["nodes"] for each in node["certificates"]]
        assert conditions
        assert certificates
        assert all(set(each) == (set() if skip else {"path"}) for each in conditions)
        assert all(set(each) == (set() if skip else {"kind"}) for each in certificates)
        with level_by_level():
            assert data == await answer(text, SYSTEM, skip=skip)
