"""What graphql-cop, a scanner of GraphQL servers, looks for: asked in our own words, since no index has the program.

Run `python -m tests.api.http.cop`: the whole schema as in production, on an empty database.
"""

import asyncio
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx

from api.app import create_app
from api.settings import Environment
from tests.databases import settings_for, sqlite_databases

Check = Callable[[httpx.AsyncClient], Awaitable[bool]]
ADDRESS = "/graphql"
SCHEMA = "{__schema{types{name fields{name type{name}}}}}"


async def post(client: httpx.AsyncClient, query: Any, **more: Any) -> Any:
    """Send a query as a program does; return the answer's JSON."""
    return (await client.post(ADDRESS, json={"query": query}, **more)).json()


def posts(query: str, found: Callable[[Any], bool]) -> Check:
    """Return a check of the answer to one query."""

    async def check(client: httpx.AsyncClient) -> bool:
        return found(await post(client, query))

    return check


def answered(told: Any) -> bool:
    return isinstance(told, dict) and bool(told.get("data"))


def suggests(told: Any) -> bool:
    return "did you mean" in str(told).lower()


def leaks(told: Any) -> bool:
    return any(word in str(told).lower() for word in ("stacktrace", "traceback", "'exception'", "'tracing'", "debug"))


async def graphiql(client: httpx.AsyncClient) -> bool:
    for address in (ADDRESS, "/", "/graphiql", "/playground", "/console"):
        told = await client.get(address, headers={"Accept": "text/html"})
        if any(word in told.text.lower() for word in ("graphiql", "graphql playground", "<script")):
            return True
    return False


async def by_get(client: httpx.AsyncClient) -> bool:
    return answered((await client.get(ADDRESS, params={"query": "{__typename}"})).json())


async def mutation_by_get(client: httpx.AsyncClient) -> bool:
    return answered((await client.get(ADDRESS, params={"query": "mutation{__typename}"})).json())


async def form(client: httpx.AsyncClient) -> bool:
    told = await client.post(ADDRESS, data={"query": "{__typename}"})
    text = await client.post(ADDRESS, content='{"query":"{__typename}"}', headers={"Content-Type": "text/plain"})
    return answered(told.json()) or answered(text.json())


async def batch(client: httpx.AsyncClient) -> bool:
    told = (await client.post(ADDRESS, json=[{"query": "{__typename}"}] * 10)).json()
    return isinstance(told, list) or answered(told)


CHECKS: dict[str, Check] = {
    "introspection": posts(SCHEMA, answered),
    "circular introspection": posts("{__schema{types{fields{type" + "{fields{type" * 8 + "{name}" + "}}" * 8 + "}}}}",
                                    answered),
    "GraphiQL": graphiql,
    "suggestions of fields": posts("{helo neds}", suggests),
    "queries by GET": by_get,
    "mutations by GET": mutation_by_get,
    "queries as a form": form,
    "batches": batch,
    "101 aliases": posts("{" + " ".join(f"a{at}:__typename" for at in range(101)) + "}", answered),
    "ten unknown directives": posts("{__typename" + " @aa" * 10 + "}", lambda told: len(told["errors"]) == 10),
    "one field 500 times": posts("{" + "__typename " * 500 + "}", answered),
    "circular fragments": posts("{...A} fragment A on Query{__typename ...B} fragment B on Query{...A}", answered),
    "traces": posts("{__typename}", leaks),
    "unhandled errors": posts("qwerty cop { abc }", leaks),
}  # fmt: skip


async def findings(client: httpx.AsyncClient) -> list[str]:
    """Return the names of the checks that find something."""
    return [name for name, check in CHECKS.items() if await check(client)]


async def production() -> list[str]:
    """Return what is found in the whole server as in production."""
    with (
        tempfile.TemporaryDirectory(prefix="wujia-cop-") as folder,
        sqlite_databases(Path(folder)) as make,
        make(True) as url,
    ):
        settings = settings_for(url, Path(folder)).model_copy(update={"environment": Environment.PRODUCTION})
        app = create_app(settings)
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url="http://cop") as client,
        ):
            assert await post(client, "{__typename}") == {"data": {"__typename": "Query"}}
            return await findings(client)


def main() -> int:
    """Print what is found; return 1 when something is."""
    found = asyncio.run(production())
    sys.stdout.write(f"{len(CHECKS)} checks; found: {', '.join(found) or 'nothing'}\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
