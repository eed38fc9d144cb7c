"""The client of docs/sync.md, as it stands there, keeps a copy of a real server."""

import asyncio
import re
from pathlib import Path
from typing import Any

import httpx

from api.commands.need import submit_need, update_need
from auth.roles import Role
from tests.api.live.asking import Served
from tests.factories import Town

PAGE = Path(__file__).parents[3] / "docs" / "sync.md"


async def test_the_client_of_the_documentation_keeps_a_copy(town: Town, served: Served) -> None:
    (code,) = re.findall(r"^```python\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.M | re.S)
    program: dict[str, Any] = {"__name__": "copy"}
    exec(code, program)
    person = await town.person()
    owner = town.viewer(Role.RESIDENT, "A1", person=person)
    key = await submit_need(owner, town.need({"person": person}, "A1", title="修灯"))
    copy: dict[str, Any] = {}

    async def catch_up(cursor: str | None) -> str:
        def run() -> Any:
            with httpx.Client() as client:
                return program["catch_up"](client, f"http://{served.address}/graphql", copy, cursor)

        return str(await asyncio.to_thread(run))

    cursor = await catch_up(None)
    assert copy[f"Need:{key}"] == {"title": "修灯"}
    await update_need(owner, key, {"visibility": "ADMINISTRATORS"}, 1)
    cursor = await catch_up(cursor)
    assert f"Need:{key}" not in copy
    await update_need(owner, key, {"visibility": "PUBLIC", "title": "修路灯"}, 2)
    await catch_up("not a cursor of ours")
    assert copy[f"Need:{key}"] == {"title": "修路灯"}
