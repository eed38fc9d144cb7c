"""The peer: Strawberry's own subscriptions, as its documentation has them, telling finished objects to all who listen.

No database, no rights, nothing to compute: `POST /publish` takes the object. Run
`python -m benchmarks.fan_out_strawberry PORT`.
"""

import asyncio
import sys
from collections.abc import AsyncGenerator
from typing import Any

import strawberry
import uvicorn
import uvloop
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from strawberry.asgi import GraphQL
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL

from benchmarks.fan_out_server import serve
from wujia.serving import collect_seldom, configured


@strawberry.type
class Named:
    """A place or an organisation."""

    id: strawberry.ID
    name: str


@strawberry.type
class Category:
    """Category."""

    code: str
    label: str


@strawberry.type
class RequirementLine:
    """Line of a need."""

    position: int
    quantity: float | None
    unit: str | None
    note: str | None
    category: Category | None


@strawberry.type
class Need:
    """Need."""

    id: strawberry.ID
    number: str
    title: str
    text: str | None
    status: str
    urgency: str
    visibility: str
    created_at: str
    place: Named | None
    category: Category | None
    lines: list[RequirementLine]


listeners: set["asyncio.Queue[Need]"] = set()


@strawberry.type
class Query:
    """A schema needs one."""

    @strawberry.field
    def listening(self) -> int:
        """Return how many listen."""
        return len(listeners)


@strawberry.type
class Subscription:
    """The subscription."""

    @strawberry.subscription
    async def need_opened(self) -> AsyncGenerator[Need, None]:
        """Yield what is published."""
        queue: asyncio.Queue[Need] = asyncio.Queue()
        listeners.add(queue)
        try:
            while True:
                yield await queue.get()
        finally:
            listeners.discard(queue)


def _category(given: dict[str, Any] | None) -> Category | None:
    return Category(**given) if given else None


def need_of(given: dict[str, Any]) -> Need:
    """Return the object that an answer told."""
    lines = [RequirementLine(**line | {"category": _category(line["category"])}) for line in given["lines"]]
    more = {"place": Named(**given["place"]), "category": _category(given["category"]), "lines": lines}
    return Need(created_at=given["createdAt"], **{key: given[key] for key in given if key != "createdAt"} | more)


async def publish(request: Request) -> Response:
    """Tell all who listen."""
    need = need_of(await request.json())
    for queue in listeners:
        queue.put_nowait(need)
    return JSONResponse({"seconds": 0.0, "statements": 0})


async def figures(_: Request) -> Response:
    """Tell how many listen."""
    return JSONResponse({"token": "", "followed": len(listeners), "statements": 0})


def app() -> Starlette:
    """Return the application."""
    schema = strawberry.Schema(Query, subscription=Subscription)
    view: Any = GraphQL(schema, subscription_protocols=[GRAPHQL_TRANSPORT_WS_PROTOCOL])
    return Starlette(
        routes=[
            WebSocketRoute("/graphql", view),
            Route("/publish", publish, methods=["POST"]),
            Route("/figures", figures),
        ]
    )


if __name__ == "__main__":
    collect_seldom()
    uvloop.run(serve(uvicorn.Server(configured(app(), log_level="error")), int(sys.argv[1])))
