"""The application from start to end: what it refuses, opens, answers and closes."""

import os
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import structlog
from pydantic import SecretStr

from api.app import StartRefused, create_app
from api.secret import secret_of
from api.settings import Environment, Settings
from tests.api.http.small_schema import small_schema
from tests.databases import SECRET, MakeDatabase, settings_for


@asynccontextmanager
async def served(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """Run the whole lifespan of an application."""
    app = create_app(settings, small_schema())
    try:
        async with app.router.lifespan_context(app):
            transport = httpx.ASGITransport(app)
            async with httpx.AsyncClient(transport=transport, base_url="http://wujia.test") as client:
                yield client
    finally:
        structlog.reset_defaults()


def production(folder: Path, **more: Any) -> Settings:
    values = {"secret_key": SecretStr(SECRET), "data_directory": folder, **more}
    return Settings(_env_file=None, environment=Environment.PRODUCTION, **values)


def test_production_refuses_to_start_without_a_secret(tmp_path: Path) -> None:
    with pytest.raises(StartRefused, match="WUJIA_SECRET_KEY"):
        create_app(production(tmp_path, secret_key=None))


def test_production_refuses_a_short_secret(tmp_path: Path) -> None:
    with pytest.raises(StartRefused, match="32"):
        create_app(production(tmp_path, secret_key=SecretStr("short")))


def test_production_refuses_debug_mode(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONASYNCIODEBUG", "1")
    with pytest.raises(StartRefused, match="debug"):
        create_app(production(tmp_path))


def test_production_refuses_webhooks_to_private_addresses(tmp_path: Path) -> None:
    with pytest.raises(StartRefused, match="WUJIA_WEBHOOK_ALLOW_PRIVATE"):
        create_app(production(tmp_path, webhook_allow_private=True))


async def test_production_refuses_the_data_of_a_demo(settings: Settings) -> None:
    async with served(settings.model_copy(update={"environment": Environment.DEMO})):
        pass
    with pytest.raises(StartRefused, match="demo"):
        create_app(production(settings.data_directory))


async def test_a_database_that_was_not_migrated_is_refused(make_database: MakeDatabase, tmp_path: Path) -> None:
    with make_database(False) as url:
        app = create_app(settings_for(url, tmp_path), small_schema())
        with pytest.raises(StartRefused, match="wujia migrate"):
            async with app.router.lifespan_context(app):
                pass
    structlog.reset_defaults()


def test_outside_production_a_key_is_made_once_and_nobody_else_can_read_it(tmp_path: Path) -> None:
    settings = Settings(_env_file=None, data_directory=tmp_path / "new", environment=Environment.DEMO)
    made = secret_of(settings)
    assert len(made) == 64
    assert secret_of(settings) == made
    (file,) = (tmp_path / "new").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


async def test_a_server_answers_is_well_and_tells_when_it_is_not(settings: Settings) -> None:
    async with served(settings) as client:
        answer = await client.post("/graphql", json={"query": "{hello}"})
        assert answer.json() == {"data": {"hello": "hello world"}}
        well = await client.get("/health")
        assert well.status_code == 200
        assert well.json() == {"status": "ok", "database": True, "migrations": True, "ruleWorkers": True}
        from api import db

        await db.connection().execute_query("DELETE FROM tortoise_migrations")
        failing = await client.get("/health")
        assert failing.status_code == 503
        assert failing.json() == well.json() | {"status": "failing", "migrations": False}


async def test_health_tells_that_the_rule_workers_are_gone(settings: Settings) -> None:
    app = create_app(settings, small_schema())
    async with app.router.lifespan_context(app):
        pids = app.state.runtime.rules.pids
        for pid in pids:
            os.kill(pid, 9)
            await _end_of(pid)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://w") as client:
            assert (await client.get("/health")).json()["ruleWorkers"] is False
    structlog.reset_defaults()


async def _end_of(pid: int) -> None:
    import asyncio

    async with asyncio.timeout(5):
        while True:
            try:
                os.kill(pid, 0)
            except ProcessLookupError:
                return
            await asyncio.sleep(0.01)


async def test_a_web_socket_of_the_older_protocol_is_refused_before_it_opens(settings: Settings) -> None:
    app = create_app(settings, small_schema())
    sent: list[Any] = []

    async def receive() -> dict[str, str]:
        return {"type": "websocket.connect"}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "websocket", "path": "/graphql", "raw_path": b"/graphql", "query_string": b"", "headers": [],
        "subprotocols": ["graphql-ws"], "scheme": "ws", "server": ("wujia.test", 80),
        "client": ("127.0.0.1", 1), "root_path": "", "app": app,
    }  # fmt: skip
    await app(scope, receive, send)
    assert [message["type"] for message in sent] == ["websocket.close"]
