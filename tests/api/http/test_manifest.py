"""The manifest: made of files of operations, read in both common forms; the shipped one is up to date and answered."""

import json
import re
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from api.app import create_app
from api.http.manifest import FORMAT, MANIFEST, ManifestRefused, identifier, manifest_of, operations_of, read_manifest
from api.settings import Environment
from tests.factories import Town
from wujia.__main__ import app

FILE = """
# A comment, which is no part of a document.
query B { hello ...Both }
mutation A { change(text: "a") { ...Both } }
fragment Both on Thing { ...Title }
fragment Unused on Thing { title }
fragment Title on Thing { title }
"""


@pytest.mark.parametrize(
    ("content", "told"),
    [("{ hello }", "no name"), ("query A { a } query A { b }", "another operation"), ("query {", "cannot be read")],
)
def test_a_file_of_operations_that_cannot_be_used_is_named(tmp_path: Path, content: str, told: str) -> None:
    file = tmp_path / "asked.graphql"
    file.write_text(content)
    with pytest.raises(ManifestRefused, match=rf"asked\.graphql.*{told}"):
        operations_of([file])


def test_the_command_prints_no_manifest_of_what_does_not_fit_the_schema(tmp_path: Path) -> None:
    file = tmp_path / "asked.graphql"
    file.write_text("query A { nothing }")
    done = CliRunner().invoke(app, ["documents", str(file)])
    assert done.exit_code == 1
    assert "Cannot query field 'nothing'" in done.output
    assert FORMAT not in done.output


def test_each_operation_becomes_a_document_with_the_fragments_it_spreads(tmp_path: Path) -> None:
    file = tmp_path / "asked.graphql"
    file.write_text(FILE)
    made = operations_of([file])
    assert [(each.name, each.kind) for each in made] == [("A", "mutation"), ("B", "query")]
    for each in made:
        assert "fragment Both on Thing" in each.text
        assert "fragment Title on Thing" in each.text
        assert "Unused" not in each.text
        assert "#" not in each.text
    told = json.loads(manifest_of(made))
    assert [each["id"] for each in told["operations"]] == [identifier(each.text) for each in made]


def test_what_an_operation_said_formerly_may_stay_in_another_file(tmp_path: Path) -> None:
    for name, content in (("new.graphql", "query A { a b }"), ("old.graphql", "query A { a }")):
        (tmp_path / name).write_text(content)
    made = operations_of(tmp_path.glob("*.graphql"))
    assert [each.name for each in made] == ["A", "A"]
    assert len({each.text for each in made}) == 2


def test_both_common_forms_are_read(tmp_path: Path) -> None:
    file = tmp_path / "asked.graphql"
    file.write_text(FILE)
    made = operations_of([file])
    texts = [each.text for each in made]
    of_apollo, of_codegen = tmp_path / "a.json", tmp_path / "b.json"
    of_apollo.write_text(manifest_of(made))
    of_codegen.write_text(json.dumps({f"sha256:{identifier(text)}": text for text in texts}))
    assert read_manifest(of_apollo) == read_manifest(of_codegen) == texts


def test_the_committed_manifest_is_what_the_command_prints() -> None:
    done = CliRunner().invoke(app, ["documents"])
    assert done.exit_code == 0, done.output
    committed = MANIFEST.read_text(encoding="utf-8")
    assert done.output == committed, "renew it: wujia documents > api/documents/manifest.json"


def test_the_page_names_each_shipped_document_and_identifiers_that_exist() -> None:
    page = (MANIFEST.parents[2] / "docs/trusted-documents.md").read_text(encoding="utf-8")
    operations = json.loads(MANIFEST.read_text())["operations"]
    assert {each["name"] for each in operations} <= set(re.findall(r"`(\w+)`", page))
    shown = re.findall(r"sha256:([0-9a-f]{64})", page)
    assert len(shown) == 2
    assert set(shown) <= {each["id"] for each in operations}


async def test_the_shipped_documents_are_answered_in_production(town: Town) -> None:
    server = create_app(town.runtime.settings.model_copy(update={"environment": Environment.PRODUCTION}))
    server.state.runtime = town.runtime
    named = {each["name"]: f"sha256:{each['id']}" for each in json.loads(MANIFEST.read_text())["operations"]}
    assert len(named) > 40
    asked = {"documentId": named["OpenHere"], "variables": '{"place":"A"}'}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(server), base_url="http://wujia.test") as client:
        answer = await client.get("/graphql", params=asked)
        assert answer.json() == {"data": {"needs": {"totalCount": 0, "nodes": []}}}
        kept = await client.get("/graphql", params=asked, headers={"If-None-Match": answer.headers["etag"]})
        assert kept.status_code == 304
        told = (await client.post("/graphql", json={"documentId": named["WhoAmI"]})).json()["data"]
        assert told["viewer"]["kind"] == "ANONYMOUS"
