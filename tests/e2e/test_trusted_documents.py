"""Every shipped trusted query, asked by GET as whoever it is written for, on the demo."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from graphql import OperationDefinitionNode, parse

from api.http.manifest import MANIFEST, SHIPPED
from tests.e2e.asking import Somebody
from tests.e2e.conftest import As

ROLES = {
    "partner": "partner",
    "matching": "partner",
    "firm": "property firm clerk",
    "administrator": "committee administrator",
    "desk": "resident",
    "following": "partner",
}
CODE = "140881001008"
SAID: dict[str, Any] = {
    "place": CODE, "within": CODE, "community": CODE, "code": CODE, "name": "needs", "number": 1,
    "month": {"from": "2026-11-01T00:00:00+08:00", "to": "2026-12-31T00:00:00+08:00"},
    "circle": {"longitude": 110.45, "latitude": 34.87, "metres": 5000},
}  # fmt: skip
# A link is signed until a moment, and a cursor of the feed sealed anew each time.
FRESH = {"LinkToExport", "Follow"}


def operations(file: str) -> list[OperationDefinitionNode]:
    document = parse((SHIPPED / f"{file}.graphql").read_text(encoding="utf-8"))
    return [each for each in document.definitions if isinstance(each, OperationDefinitionNode)]


def first(somebody: Somebody, connection: str, inner: str = "") -> Any:
    return somebody.one(f"{{ {connection}(first: 1) {{ nodes {{ id {inner} }} }} }}")["nodes"][0]


@pytest.fixture
def known(administrator: Somebody, clerk: Somebody, partner: Somebody) -> dict[str, Any]:
    """Return values of variables by their names."""
    rules = first(administrator, "ruleSets", "versions(first: 1) { nodes { id } }")
    return SAID | {
        "agreement": first(partner, "agreements")["id"],
        "round": first(administrator, "collectionRounds")["id"],
        "version": rules["versions"]["nodes"][0]["id"],
        "id": first(clerk, "serviceItems")["id"],
    }


def values(asked: OperationDefinitionNode, known: dict[str, Any], somebody: Somebody, administrator: Somebody) -> Any:
    wanted = {
        each.variable.name.value for each in asked.variable_definitions or () if each.type.kind == "non_null_type"
    }
    told = known.copy()
    if "us" in wanted:
        told["us"] = somebody.one("{ viewer { organisations { id } } }")["organisations"][0]["id"]
    if asked.name and asked.name.value == "AskByReceipt":
        told["number"] = first(administrator, "needs", "number")["number"]
    return {name: told[name] for name in wanted}


def test_the_files_are_those_that_somebody_asks() -> None:
    assert {file.stem for file in Path(SHIPPED).glob("*.graphql")} == set(ROLES)


@pytest.mark.parametrize("file", sorted(ROLES.keys() - {"following"}))
def test_each_query_of_a_file_is_answered_and_answered_again_without_a_body(
    file: str, somebody: As, administrator: Somebody, known: dict[str, Any]
) -> None:
    named = {each["name"]: f"sha256:{each['id']}" for each in json.loads(MANIFEST.read_text())["operations"]}
    asker, answered = somebody(ROLES[file]), 0
    for asked in operations(file):
        if asked.name is None or asked.operation.value != "query":
            continue
        variables = json.dumps(values(asked, known, asker, administrator))
        given = {"documentId": named[asked.name.value], "variables": variables}
        answer = asker.http.get("/graphql", params=given, headers=asker.headers())
        assert answer.status_code == 200, (asked.name.value, answer.text)
        assert "errors" not in answer.json(), (asked.name.value, answer.text)
        kept = {**asker.headers(), "If-None-Match": answer.headers["etag"]}
        again: httpx.Response = asker.http.get("/graphql", params=given, headers=kept)
        # Others may have written meanwhile; then it is another answer.
        assert again.status_code == 304 or again.content != answer.content, asked.name.value
        answered += again.status_code == 304 or asked.name.value in FRESH
    assert answered > 2
