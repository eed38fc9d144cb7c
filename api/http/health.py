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
    reachable, migrated = await _database()
    runtime: Runtime = request.app.state.runtime
    found = {
        "database": reachable,
        "migrations": migrated,
        "ruleWorkers": any(_alive(pid) for pid in runtime.rules.pids),
    }
    well = all(found.values())
    return json_response({"status": "ok" if well else "failing", **found}, 200 if well else 503)


async def _database() -> tuple[bool, bool]:
    shipped = {
        each.name.removesuffix(".py")
        for each in files("api.migrations").iterdir()
        if each.name[:4].isdigit() and each.name.endswith(".py")
    }
    try:
        await db.reading().execute_query("SELECT 1")
    except (BaseORMException, OSError):
        return False, False
    try:
        rows = await db.reading().execute_query_dict("SELECT name FROM tortoise_migrations")
    except BaseORMException:
        return True, False
    return True, shipped <= {row["name"] for row in rows}


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
