"""An application over a small schema of its own, asked over HTTP in process; no background jobs."""

from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.applications import Starlette

from api.app import create_app
from api.commands.session import Door
from api.settings import Environment
from auth.passwords import PasswordPool
from tests.api.http.asking import Asking
from tests.api.http.clerks import Clerk, of_firm
from tests.api.http.small_schema import small_schema
from tests.factories import Town


@pytest.fixture
def environment() -> Environment:
    """Return the environment; a module overrides this fixture for its own."""
    return Environment.DEVELOPMENT


@pytest.fixture
async def app(town: Town, environment: Environment) -> AsyncIterator[Starlette]:
    settings = town.runtime.settings.model_copy(update={"environment": environment, "graphql_seconds": 0.3})
    app = create_app(settings, small_schema())
    # What the lifespan would open is open already; its own tests are in test_app.py.
    passwords = PasswordPool(time_cost=1, memory_kib=1024)
    app.state.runtime, app.state.door = town.runtime, Door(passwords)
    yield app
    passwords.close()


@pytest.fixture
async def ask(app: Starlette) -> AsyncIterator[Asking]:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://wujia.test") as client:
        yield Asking(client)


@pytest.fixture
async def http(app: Starlette) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://wujia.test") as client:
        yield client


@pytest.fixture
async def clerk(town: Town, http: httpx.AsyncClient) -> Clerk:
    return await of_firm(town, http, await town.organisation("A1", "PROPERTY_FIRM"))
