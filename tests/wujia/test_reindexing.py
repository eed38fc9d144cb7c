"""`wujia migrate` indexes what never was, `wujia reindex` what is not as it should be, and nothing twice."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest
from typer.testing import CliRunner

from api.db import open_database
from api.models import Place, SearchText
from api.settings import Settings
from wujia.__main__ import app


def test_what_was_written_past_the_commands_is_indexed_once(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WUJIA_DATABASE_URL", settings.resolved_database_url)

    async def within(work: Coroutine[Any, Any, Any]) -> Any:
        async with open_database(settings):
            return await work

    async def titles() -> list[str]:
        return [row.title for row in await SearchText.all()]

    def told(*arguments: str) -> str:
        done = CliRunner().invoke(app, arguments)
        assert done.exit_code == 0, done.output
        return done.output

    async def stored() -> None:
        await Place.create(code="A", kind="COMMUNITY", name_zh="柳园", path="A/")

    async def renamed() -> None:
        await Place.all().update(name_zh="花园")

    asyncio.run(within(stored()))
    told("migrate")
    assert asyncio.run(within(titles())) == [" 柳 园 柳园 "]
    asyncio.run(within(renamed()))
    told("migrate")
    assert asyncio.run(within(titles())) == [" 柳 园 柳园 "]
    assert "indexed anew: 1" in told("reindex")
    assert asyncio.run(within(titles())) == [" 花 园 花园 "]
    assert "indexed anew: 0" in told("reindex")
