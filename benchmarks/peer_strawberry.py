"""A peer: Strawberry as its documentation has it, over two statements by hand: needs, and matches by a window.

Rows are dicts, parsed and validated documents are kept. Run by uvicorn with the file of the statements in PEER_SQL.
"""

import operator
import os
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import strawberry
from starlette.applications import Starlette
from starlette.routing import Route
from strawberry.asgi import GraphQL
from strawberry.extensions import ParserCache, ValidationCache
from strawberry.schema.config import StrawberryConfig

from benchmarks.peer_raw import pool_of
from benchmarks.peer_work import Sql, load

Row = dict[str, Any]


@strawberry.type
class Organisation:
    """Organisation."""

    id: strawberry.ID
    name_zh: str


@strawberry.type
class Place:
    """Place."""

    id: strawberry.ID
    name_zh: str


@strawberry.type
class Resource:
    """Resource."""

    id: strawberry.ID
    title_zh: str


@strawberry.type
class Match:
    """Match."""

    score: int
    resource: Resource


@strawberry.type
class Need:
    """Need."""

    id: strawberry.ID
    number: str
    title_zh: str
    status: str
    urgency: str
    visibility: str | None
    concerns: Organisation | None
    community: Place | None
    matches: list[Match]


class Database:
    """The pool and the statements."""

    def __init__(self, sql: Sql) -> None:
        """Prepare; the lifespan opens the pool."""
        self.sql = sql
        self.pool: asyncpg.Pool[asyncpg.Record] | None = None

    async def rows(self, text: str, *given: Any) -> list[Row]:
        """Return the rows of a statement as dicts."""
        assert self.pool
        return [dict(row) for row in await self.pool.fetch(text, *self.sql.values, *given)]

    async def nested(self, text: str, *given: int) -> list[Row]:
        """Return needs with their best matches."""
        needs = await self.rows(text, *given)
        matches: defaultdict[int, list[Row]] = defaultdict(list)
        for row in await self.rows(self.sql.top_matches, [need["id"] for need in needs]):
            resource = {"id": row["resource"], "title_zh": row["title_zh"]}
            matches[row["need_id"]].append({"score": row["score"], "resource": resource})
        for need in needs:
            need["concerns"] = {"id": need["unit"], "name_zh": need["unit_name"]} if need["unit"] else None
            need["community"] = {"id": need["place"], "name_zh": need["place_name"]} if need["place"] else None
            need["matches"] = matches[need["id"]]
        return needs


@strawberry.type
class Query:
    """The three questions."""

    @strawberry.field
    async def needs(self, info: strawberry.Info[Database]) -> list[Need]:
        """Return the newest needs."""
        database = info.context
        return await database.nested(database.sql.nested_alone)  # type: ignore[return-value]  # dicts, by the default resolver

    @strawberry.field
    async def need(self, info: strawberry.Info[Database], id: strawberry.ID) -> Need | None:
        """Return one need."""
        database = info.context
        found = await database.nested(database.sql.single_alone, int(id))
        return found[0] if found else None  # type: ignore[return-value]  # a dict, which the type reads

    @strawberry.field
    async def page(self, info: strawberry.Info[Database], before: strawberry.ID) -> list[Need]:
        """Return a page of needs without what belongs to them."""
        database = info.context
        return await database.rows(database.sql.flat, int(before))  # type: ignore[return-value]  # dicts, which the type reads


class View(GraphQL[Database, None]):
    """The view, whose context is the database."""

    database: Database

    async def get_context(self, request: Any, response: Any) -> Database:
        """Return the database."""
        return self.database


def app() -> Starlette:
    """Return the application for uvicorn."""
    schema = strawberry.Schema(
        Query,
        extensions=[ParserCache, ValidationCache],
        config=StrawberryConfig(default_resolver=operator.getitem),
    )
    view = View(schema)
    view.database = database = Database(load(Path(os.environ["PEER_SQL"])))

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with pool_of(database.sql) as pool:
            database.pool = pool
            yield

    return Starlette(routes=[Route("/graphql", view)], lifespan=lifespan)
