"""The measurement of subscriptions at scale runs, on a few of them; what they are told is the same on both sides."""

import asyncio
import os
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette

from api.settings import Settings
from benchmarks import fan_out, fan_out_strawberry
from benchmarks.fan_out import Side
from benchmarks.fan_out_server import application, serve
from tests.api.live.asking import until
from tests.postgres import free_port
from wujia import serving
from wujia.serving import Server, configured


@asynccontextmanager
async def side(app: Starlette, kind: type[uvicorn.Server]) -> AsyncIterator[Side]:
    port, server = free_port(), kind(configured(app, lifespan="off", log_config=None))
    task = asyncio.create_task(serve(server, port))
    await until(lambda: server.started)
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http:
        yield Side(port, os.getpid(), http)
    server.should_exit = True
    await task


async def test_both_tell_the_same_and_of_many_only_who_reads_nothing_is_cut_off(
    database: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "LOOK", 1)
    async with application(database) as ours, side(ours, Server) as one:
        async with side(fan_out_strawberry.app(), uvicorn.Server) as other:
            report = await fan_out.compared(one, other, 1, 1, 3)
        assert "3 equal subscribers" in report
        report = await fan_out.crowded(one, 20)
        assert "| of 1 that read nothing, still connected | 0 |" in report
        assert "| of 19 that read, gone | 0 |" in report
        # Once for all, and once more for those who come to it a second later; never for each.
        (statements,) = re.findall(r"\| statements for one piece of news \| (\d+) \|", report)
        assert int(statements) < 19
        assert "| results each of those has had | [47] |" in report
