"""One demo server a process for all stories; each story makes what it changes."""

from collections.abc import Callable, Iterator

import httpx
import pytest

from tests.e2e.asking import Somebody
from tests.e2e.server import PATIENCE, Server, running_demo, sessions

As = Callable[[str | None], Somebody]


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running_demo(tmp_path_factory.mktemp("e2e") / "demo") as running:
        yield running


@pytest.fixture(scope="session")
def somebody(server: Server) -> Iterator[As]:
    """Return who asks as a role of the demo, as one of `tests.e2e.server.PEOPLE`, or as nobody (None)."""
    tokens = {login["role"]: login["token"] for login in server.announced["logins"]} | sessions(server.data)
    with httpx.Client(base_url=server.url, timeout=PATIENCE) as http:
        yield lambda role: Somebody(http, None if role is None else tokens[role])


@pytest.fixture
def administrator(somebody: As) -> Somebody:
    return somebody("committee administrator")


@pytest.fixture
def partner(somebody: As) -> Somebody:
    return somebody("partner")


@pytest.fixture
def clerk(somebody: As) -> Somebody:
    return somebody("property firm clerk")


@pytest.fixture
def resident(somebody: As) -> Somebody:
    return somebody("resident")


@pytest.fixture
def auditor(somebody: As) -> Somebody:
    return somebody("auditor")


@pytest.fixture
def nobody(somebody: As) -> Somebody:
    return somebody(None)
