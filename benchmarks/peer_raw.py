"""A peer: asyncpg and orjson on a bare ASGI route, with SQL by hand for each of the three questions.

Run by uvicorn with the file of the statements in PEER_SQL.
"""

import os
from pathlib import Path
from typing import Any

import asyncpg
import orjson

from benchmarks.peer_work import Sql, load

HEADERS = [(b"content-type", b"application/json")]


async def leave(_: Any) -> None:
    """Give a connection back without asking PostgreSQL to clean it, as the server does."""


def pool_of(sql: Sql) -> "asyncpg.Pool[asyncpg.Record]":
    """Return a pool like the server's, to be opened."""
    return asyncpg.create_pool(sql.dsn, min_size=1, max_size=sql.pool, reset=leave, server_settings=sql.server_settings)


class Raw:
    """The application: its body is `{"shape": …, "given": …}`, its answer has GraphQL's form."""

    def __init__(self, sql: Sql) -> None:
        """Prepare; the pool is opened by the lifespan."""
        self.sql = sql
        self.pool: asyncpg.Pool[asyncpg.Record] | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request."""
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
            return
        body, more = b"", True
        while more:
            message = await receive()
            body += message["body"]
            more = message.get("more_body", False)
        asked = orjson.loads(body)
        found = orjson.dumps({"data": await getattr(self, asked["shape"])(asked["given"])})
        await send(
            {
                "type": "http.response.start",
                "status": 200,
                "headers": [*HEADERS, (b"content-length", str(len(found)).encode())],
            }
        )
        await send({"type": "http.response.body", "body": found})

    async def nested(self, _: None) -> dict[str, Any]:
        """Return the newest needs with their best matches."""
        assert self.pool
        rows = await self.pool.fetch(self.sql.nested, *self.sql.values)
        return {"needs": {"nodes": [_need(row) for row in rows]}}

    async def single(self, key: int) -> dict[str, Any]:
        """Return one need with its best matches."""
        assert self.pool
        row = await self.pool.fetchrow(self.sql.single, *self.sql.values, key)
        return {"node": None if row is None else _need(row)}

    async def flat(self, before: list[int]) -> dict[str, Any]:
        """Return pages of needs, each beginning after a need."""
        assert self.pool
        found = {}
        async with self.pool.acquire() as connection:
            for number, key in enumerate(before):
                rows = await connection.fetch(self.sql.flat, *self.sql.values, key)
                found[f"p{number}"] = {"nodes": [_flat(row) for row in rows]}
        return found

    async def _lifespan(self, receive: Any, send: Any) -> None:
        await receive()
        self.pool = await pool_of(self.sql)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self.pool.close()
        await send({"type": "lifespan.shutdown.complete"})


def _need(row: asyncpg.Record) -> dict[str, Any]:
    key, number, title, status, urgency, unit, unit_name, place, place_name, matches = row
    return {
        "id": f"Need:{key}",
        "number": number,
        "titleZh": title,
        "status": status,
        "urgency": urgency,
        "concerns": None if unit is None else {"id": f"Organisation:{unit}", "nameZh": unit_name},
        "community": None if place is None else {"id": f"Place:{place}", "nameZh": place_name},
        "matches": {
            "nodes": [
                {"score": score, "resource": {"id": f"Resource:{resource}", "titleZh": title}}
                for score, resource, title in matches
            ]
        },
    }


def _flat(row: asyncpg.Record) -> dict[str, Any]:
    key, number, title, status, urgency, visibility = row
    return {
        "id": f"Need:{key}",
        "number": number,
        "titleZh": title,
        "status": status,
        "urgency": urgency,
        "visibility": visibility,
    }


def app() -> Raw:
    """Return the application for uvicorn."""
    return Raw(load(Path(os.environ["PEER_SQL"])))
