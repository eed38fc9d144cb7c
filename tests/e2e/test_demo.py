"""`wujia demo --json` as a newcomer meets it: one line, an answer, and the same again tomorrow."""

import sqlite3
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from tests.e2e.asking import Somebody
from tests.e2e.conftest import As
from tests.e2e.in_process import FILE, copy_of
from tests.e2e.server import PATIENCE, Server, running_demo

ROLES = ["partner", "property firm clerk", "committee administrator", "resident", "sub-district officer", "auditor"]
FIRST = """{ needs(filter: {within: "140881001008", status: [REQUESTED]}, first: 20) { totalCount nodes {
    title matches(first: 1) { nodes {
    score resource { title } reason { because conditions { sentence holds } } } } } } }"""
# What a start adds to: the six logins it issues, and what is recorded of them.
OF_LOGINS = {"bearer_key", "audit_entry", "event"}


def test_the_first_line_tells_the_addresses_and_six_logins(server: Server) -> None:
    assert set(server.announced) == {"url", "graphql", "logins"}
    assert server.announced["graphql"] == f"{server.url}/graphql"
    assert [login["role"] for login in server.announced["logins"]] == ROLES
    for login in server.announced["logins"]:
        assert set(login) == {"role", "name", "place", "token"}
        assert all(login.values())
    assert len({login["token"] for login in server.announced["logins"]}) == len(ROLES)


def test_the_line_comes_within_fifteen_seconds(server: Server) -> None:
    # Of processor time: whatever else runs here meanwhile takes none of it.
    assert server.processor_seconds < 15


@pytest.mark.parametrize("role", ROLES)
def test_every_login_is_who_it_says(somebody: As, role: str) -> None:
    viewer = somebody(role).one("{ viewer { kind roles { role scope } } }")
    others = {
        "partner": "UNIT_REPRESENTATIVE",
        "property firm clerk": "PROPERTY_CLERK",
        "sub-district officer": "SUBDISTRICT_OFFICER",
    }
    assert viewer["kind"] == "PERSON"
    assert others.get(role, role.upper().replace(" ", "_")) in {held["role"] for held in viewer["roles"]}
    assert all(held["scope"] for held in viewer["roles"])


def test_the_first_query_brings_open_needs_with_matches_and_reasons(partner: Somebody) -> None:
    needs = partner.one(FIRST)
    matched = [need["matches"]["nodes"][0] for need in needs["nodes"] if need["matches"]["nodes"]]
    assert needs["totalCount"] >= len(needs["nodes"]) > 3
    assert matched
    for match in matched:
        assert match["score"] > 0
        assert match["resource"]["title"]
        assert match["reason"]["because"]
        assert "{" not in match["reason"]["because"]
        assert match["reason"]["conditions"]


def test_a_second_start_on_the_same_data_answers_and_tells_nothing_twice(server: Server, tmp_path: Path) -> None:
    data = tmp_path / "demo"
    data.mkdir()
    copy_of(server.data, data)
    before = rows(data)
    with running_demo(data) as again, httpx.Client(base_url=again.url, timeout=PATIENCE) as http:
        needs = Somebody(http, again.token("partner")).one(FIRST)
        assert again.process.poll() is None
    after = rows(data)
    assert any(need["matches"]["nodes"] for need in needs["nodes"])
    assert {name for name in before if before[name] != after[name]} <= OF_LOGINS
    assert before["need"] > 30
    assert after["bearer_key"] == before["bearer_key"] + len(ROLES)


def rows(data: Path) -> dict[str, int]:
    """Return how many rows each table of a stopped server has."""
    with closing(sqlite3.connect(data / FILE)) as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names}


def test_health_says_that_everything_works(server: Server) -> None:
    answer = server.asked_for("/health")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "database": True, "migrations": True, "ruleWorkers": True}


def test_a_browser_gets_graphiql_without_any_foreign_address(server: Server) -> None:
    page = server.asked_for("/graphql", headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    assert "graphiql" in page.text.lower()
    assert "https://" not in page.text
    assert "http://" not in page.text


def test_an_address_that_does_not_exist_is_told_in_the_usual_shape(server: Server) -> None:
    answer = server.asked_for("/nowhere")
    assert answer.status_code == 404
    assert answer.json()["errors"][0]["extensions"]["code"] == "NO_SUCH_ADDRESS"


def test_a_token_that_nobody_issued_is_refused(server: Server) -> None:
    headers = {"Authorization": f"Bearer {server.token('auditor')[:-1]}!"}
    answer = httpx.post(server.announced["graphql"], json={"query": "{ viewer { kind } }"}, headers=headers)
    assert answer.status_code == 401
    assert answer.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
