"""GraphiQL comes from the package and from nowhere else."""

import re
import shutil
from html.parser import HTMLParser

import pytest
from graphql import parse, validate

from api.http.graphiql import FOLDER
from api.schema.root import build_schema
from tests.api.http.asking import JSON, Asking

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
OURS = ("index.html", "page.js", "page.css")
VENDORED = {
    "graphiql.min.js": "LICENSE-graphiql.txt",
    "graphiql.min.css": "LICENSE-graphiql.txt",
    "react.production.min.js": "LICENSE-react.txt",
    "react-dom.production.min.js": "LICENSE-react-dom.txt",
}


class Addresses(HTMLParser):
    """Collects what a page would load."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value or "" for name, value in attrs if name in ("src", "href")]


async def test_a_browser_gets_the_page_and_all_it_loads_from_this_server(ask: Asking) -> None:
    page = await ask.client.get("/graphql", headers={"Accept": BROWSER})
    assert page.status_code == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    addresses = Addresses()
    addresses.feed(page.text)
    local = [each for each in addresses.found if not each.startswith("data:")]
    assert len(local) == 6
    for address in local:
        assert address.startswith("/static/graphiql/")
        assert (await ask.client.get(address)).status_code == 200


async def test_the_page_allows_no_other_server_and_no_script_within_it(ask: Asking) -> None:
    page = await ask.client.get("/graphql", headers={"Accept": BROWSER})
    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'self';")
    assert "script-src" not in policy
    assert not re.search(r"<script(?![^>]*\ssrc=)|\son\w+=|<style", page.text)


@pytest.mark.parametrize("name", OURS)
def test_no_file_of_ours_names_an_outside_address(name: str) -> None:
    text = (FOLDER / name).read_text(encoding="utf-8")
    assert not re.search(r"(https?:)?//[\w-]+\.\w|unpkg|cdn|@import|url\(", text)


def test_what_others_wrote_loads_nothing_from_elsewhere_and_has_its_licence_beside_it() -> None:
    for name, licence in VENDORED.items():
        text = (FOLDER / name).read_text(encoding="utf-8")
        assert not re.search(r"unpkg|jsdelivr|cdnjs|url\((?![\"']?data:)|importScripts\(['\"]http", text), name
        assert "MIT License" in (FOLDER / licence).read_text(encoding="utf-8")


async def test_a_program_gets_json_at_the_same_address(ask: Asking) -> None:
    for accept in (JSON, "*/*", None):
        headers = {"Accept": accept} if accept else {}
        answer = await ask.client.get("/graphql", headers=headers)
        assert answer.status_code == 400
    asked = await ask.client.get("/graphql", params={"query": "{hello}"}, headers={"Accept": BROWSER})
    assert asked.json() == {"data": {"hello": "hello world"}}


def test_the_example_on_the_page_is_valid() -> None:
    script = (FOLDER / "page.js").read_text(encoding="utf-8")
    (example,) = re.findall(r"const EXAMPLE = `(.*?)`;", script, re.DOTALL)
    assert validate(build_schema()._schema, parse(example)) == []


@pytest.mark.node
def test_the_script_of_the_page_is_well_formed() -> None:
    import subprocess

    node = shutil.which("node") or "node"
    subprocess.run([node, "--check", str(FOLDER / "page.js")], check=True, timeout=30)
