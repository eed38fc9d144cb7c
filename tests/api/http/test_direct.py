"""Queries that run without the executor, from a document that is remembered."""

from typing import Any

from api.context import Context
from api.http.documents import Documents
from tests.api.conftest import City
from tests.api.reading import SYSTEM, schema, viewer


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
