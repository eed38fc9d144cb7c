"""A rule document that comes as an object in the query itself, with whatever numbers it holds."""

import pytest

from api.settings import Settings
from tests.api.reading import answer
from tests.factories import build_town

CHECK = """mutation { ruleDraftCheck(document: %s) {
  ... on RuleDraftCheck { publishable problems { code } } ... on InvalidInputError { code } } }"""


@pytest.mark.parametrize(
    "literal", ["{a: 99999999999999999999999999}", "{a: -1e999}", "{a: 1e999}", "[[1]]", '{a: "地"}']
)
async def test_a_number_of_any_size_is_a_problem_of_the_document_and_no_fault_of_the_server(
    literal: str, database: Settings
) -> None:
    town = await build_town(database)
    found = (await answer(CHECK % literal, town.administrator().principal))["ruleDraftCheck"]
    assert found["publishable"] is False
    assert found["problems"]
