"""One demo server a process for all stories; each story makes what it changes."""

from collections.abc import Callable, Iterator

import httpx
import pytest

from tests.e2e.asking import Somebody
from tests.e2e.in_process import InProcess, in_process
from tests.e2e.server import PATIENCE, Server, running_demo, sessions

As = Callable[[str | None], Somebody]


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running_demo(tmp_path_factory.mktemp("e2e") / "demo") as running:
        yield running


@pytest.fixture(scope="session")
def tokens(server: Server) -> dict[str, str]:
    """Return tokens by role of the demo, and by name of `tests.e2e.server.PEOPLE`."""
    return {login["role"]: login["token"] for login in server.announced["logins"]} | sessions(server.data)


@pytest.fixture(scope="session")
def somebody(server: Server, tokens: dict[str, str]) -> Iterator[As]:
    """Return who asks as somebody who has a token, or as nobody (None)."""
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


@pytest.fixture(scope="module")
def inside(server: Server, tokens: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[InProcess]:
    """Return the same application within this process, on a copy of the demo's data, for many calls."""
    assert tokens
    with in_process(server.data, tmp_path_factory.mktemp("inside")) as running:
        yield running
