"""The protocol as other people's tools judge it, against the running server."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.clients.programs import HERE, PROTOCOL, tools_of
from tests.e2e.server import PATIENCE, Server

pytestmark = pytest.mark.node
PROGRAMS = HERE / PROTOCOL.name


@pytest.fixture(scope="module")
def tools() -> Path:
    return tools_of(PROTOCOL)


def test_all_61_audits_of_graphql_over_http_pass(server: Server, tools: Path) -> None:
    """Conformance profile: the demo, which lets everybody ask for the schema and answers GET."""
    command = ["node", str(PROGRAMS / "audits.mjs"), str(tools), f"{server.url}/graphql"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=True)
    audits = [json.loads(line) for line in done.stdout.splitlines()]
    assert [audit for audit in audits if audit["status"] != "ok"] == []
    assert len(audits) == 61
