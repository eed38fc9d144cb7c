"""GET /health: whether this process can do its work, for a balancer and for people."""

import os
from importlib.resources import files

from starlette.requests import Request
from starlette.responses import Response
from tortoise.exceptions import BaseORMException

from api import db
from api.http.refusals import json_response
from api.runtime import Runtime


async def health(request: Request) -> Response:
    """Answer 200 when database, schema and rule workers are well, else 503; details are yes or no."""
    reachable = await _reachable()
    runtime: Runtime = request.app.state.runtime
    found = {
        "database": reachable,
        "migrations": reachable and not await missing_migrations(),
        "ruleWorkers": any(_alive(pid) for pid in runtime.rules.pids),
    }
    well = all(found.values())
    return json_response({"status": "ok" if well else "failing", **found}, 200 if well else 503)


async def missing_migrations() -> list[str]:
    """Return the migrations of this version that the open database lacks, in order."""
    shipped = sorted(
        each.name.removesuffix(".py")
        for each in files("api.migrations").iterdir()
        if each.name[:4].isdigit() and each.name.endswith(".py")
    )
    try:
        rows = await db.reading().execute_query_dict("SELECT name FROM tortoise_migrations")
    except BaseORMException:
        return shipped
    applied = {row["name"] for row in rows}
    return [name for name in shipped if name not in applied]


async def _reachable() -> bool:
    try:
        await db.reading().execute_query("SELECT 1")
    except (BaseORMException, OSError):
        return False
    return True


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
