"""GraphiQL comes from the package and from nowhere else."""

import asyncio
import re
import shutil
from asyncio.subprocess import PIPE
from html.parser import HTMLParser
from pathlib import Path

import pytest
import structlog
import uvicorn
from graphql import get_introspection_query, parse, validate

from api.app import create_app
from api.http.documents import Documents
from api.http.graphiql import FOLDER
from api.schema.root import build_schema
from api.settings import Settings
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
        assert not re.search(r"//unpkg\.com|//cdn\.jsdelivr|//cdnjs|importScripts\(['\"]http", text), name
        if name.endswith(".css"):
            assert not re.search(r"url\((?![\"']?data:)|@import", text), name
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


def test_the_page_may_ask_for_the_whole_schema() -> None:
    documents = Documents(build_schema(), production=False)
    assert documents.prepare(get_introspection_query()).errors == ()


@pytest.mark.chromium
async def test_a_browser_draws_it_without_a_complaint_and_without_the_network(
    settings: Settings, tmp_path: Path
) -> None:
    config = uvicorn.Config(create_app(settings), port=0, log_config=None, access_log=False)
    server = uvicorn.Server(config)
    running = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110  uvicorn sets a flag and no event
        await asyncio.sleep(0.05)
    port = server.servers[0].sockets[0].getsockname()[1]
    browser = await asyncio.create_subprocess_exec(
        shutil.which("chromium") or "chromium", "--headless=new", "--no-sandbox", "--disable-gpu",
        f"--user-data-dir={tmp_path / 'browser'}", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
        "--virtual-time-budget=10000", "--enable-logging=stderr", "--dump-dom",
        f"http://127.0.0.1:{port}/graphql", stdout=PIPE, stderr=PIPE,
    )  # fmt: skip
    drawn, log = await asyncio.wait_for(browser.communicate(), 90)
    server.should_exit = True
    await running
    structlog.reset_defaults()
    assert b'class="graphiql-container' in drawn
    assert b"OpenNeeds" in drawn
    # What a page complains of, a refused script or address among it, is logged as coming from CONSOLE.
    assert b"CONSOLE" not in log, log.decode(errors="replace")
