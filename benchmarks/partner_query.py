"""The partner's query through the server, against SQL written by hand, on the same rows in the same run.

Run `python -m benchmarks.partner_query [--rounds 10] [--requests 20] [--postgres] [--profile]`.
"""

import argparse
import asyncio
import contextlib
import cProfile
import io
import os
import pstats
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

import httpx
import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

import api.queries.items
from api import clock, db
from api.app import create_app
from api.context import Context
from api.plan.statement import Statement
from api.plan.viewer import Viewer
from api.queries.principal import Presented
from api.schema.root import build_schema
from api.settings import Settings
from auth.authentication import authenticate
from benchmarks.contest import Entrant, Figures, agree, contest, do, ratio_rows, table
from benchmarks.databases import opened, own_settings
from benchmarks.handwritten_query import QUERY, Handwritten, handwritten
from benchmarks.partner_rows import CitySize, Partner, store_city
from benchmarks.stages import stage_rows

FIRST: Final = 50
OVER_HTTP, SCHEMA = "GraphQL over HTTP, with sign-in", "GraphQL, the schema alone"
HAND_HTTP, HAND = "by hand over HTTP, without sign-in", "by hand: SQL and orjson"
RATIOS: Final = ((OVER_HTTP, HAND_HTTP), (SCHEMA, HAND), (OVER_HTTP, SCHEMA))


@dataclass(frozen=True, slots=True)
class Bench:
    """Both servers behind their clients, and what the schema and the hand-written query need."""

    client: httpx.AsyncClient
    hand_client: httpx.AsyncClient
    schema: Any
    viewer: Viewer
    hand: Handwritten

    def entrants(self, times: int) -> list[Entrant]:
        """Return the four ways; one client each, which sends a request when the last is answered."""
        ways = {
            OVER_HTTP: self.over_http,
            SCHEMA: self.by_schema,
            HAND_HTTP: self.by_hand_over_http,
            HAND: self.by_hand,
        }
        return [Entrant(name, way, times=times) for name, way in ways.items()]

    async def over_http(self) -> bytes:
        """Ask the application, from the first byte of the request to the last of the answer."""
        asked = {"query": QUERY, "variables": self._variables}
        return (await self.client.post("/graphql", json=asked)).raise_for_status().content

    async def by_schema(self) -> bytes:
        """Execute the query for a viewer who is signed in already."""
        done = await self.schema.execute(QUERY, self._variables, context_value=Context(self.viewer))
        return orjson.dumps({"data": done.data} if not done.errors else {"errors": [str(e) for e in done.errors]})

    async def by_hand_over_http(self) -> bytes:
        """Ask the bare server of the hand-written query."""
        return (await self.hand_client.get("/")).raise_for_status().content

    async def by_hand(self) -> bytes:
        """Run the hand-written query."""
        return await self.hand.answer(FIRST)

    @property
    def _variables(self) -> dict[str, Any]:
        return {"within": self.hand.partner.within, "first": FIRST}


@asynccontextmanager
async def bench(settings: Settings, partner: Partner) -> AsyncIterator[Bench]:
    """Start the application in this process, on the filled database."""
    schema = build_schema()
    app = create_app(settings, schema)
    async with app.router.lifespan_context(app):
        hand = handwritten(partner)
        header = f"Bearer {partner.token}"
        principal = await authenticate(header, Presented().loaders(), clock.now())
        runtime = app.state.runtime
        async with (
            _client(app, {"Authorization": header}) as client,
            _client(Starlette(routes=[Route("/", _hand_route(hand))]), {}) as hand_client,
        ):
            yield Bench(client, hand_client, schema, Viewer(principal, runtime.policy.current, runtime), hand)


def _client(app: Any, headers: dict[str, str]) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://benchmark", headers=headers)


def _hand_route(hand: Handwritten) -> Any:
    async def answer(_: Request) -> Response:
        return Response(await hand.answer(FIRST), media_type="application/json")

    return answer


@contextmanager
def statements() -> Iterator[list[str]]:
    """Collect the SQL statements that run while the block does."""
    found: list[str] = []
    owner = type(db.reading())

    def noting(original: Any) -> Any:
        async def note(client: Any, query: str, values: Any = None) -> Any:
            found.append(query)
            return await original(client, query, values)

        return note

    with (
        patch.object(db, "_fetched", noting(db._fetched)),
        patch.object(owner, "execute_query", noting(owner.execute_query)),
        patch.object(owner, "execute_query_dict", noting(owner.execute_query_dict)),
    ):
        yield found


async def measure(settings: Settings, size: CitySize, rounds: int, times: int, *, profile: bool = False) -> str:
    """Return the report; with `profile` also where the time of the schema goes. The database must be empty."""
    async with opened(settings):
        partner = await store_city(size)
        if not settings.sqlite:
            # A server in use does it by itself within a minute; without, its plans are wild guesses.
            await db.connection().execute_script("ANALYZE")
    # The server writes a line for each request; it is written here too, but nobody reads it.
    with Path(os.devnull).open("w") as nowhere, contextlib.redirect_stderr(nowhere):  # noqa: ASYNC230  nothing else runs yet
        async with bench(settings, partner) as made:
            entrants = made.entrants(times)
            counts, answers = {}, {}
            for entrant in entrants:
                with statements() as ran:
                    found = await do(entrant.run)
                assert isinstance(found, bytes)
                counts[entrant.name], answers[entrant.name] = len(ran), orjson.loads(found)
            agree(answers)
            figures = await contest(entrants, rounds)
            report = _report(settings, size, figures, counts, answers[HAND])
            report += "\n" + table(f"{SCHEMA}: its stages", ("stage", "ms"), await _stages(made, rounds * times))
            return report + (await _profiled(made, times) if profile else "")


def _report(
    settings: Settings, size: CitySize, figures: dict[str, Figures], counts: dict[str, int], answer: dict[str, Any]
) -> str:
    database = "SQLite" if settings.sqlite else "PostgreSQL"
    title = (
        f"{database}: {size.needs} needs, {size.resources} resources, {size.matches} matches;"
        f" {fields_in(answer)} fields, {len(orjson.dumps(answer))} bytes"
    )
    head = ("way", "req/s", "p50 ms", "p99 ms", "CPU ms", "statements")
    rows = [
        (name, 1000 / each.ms, each.percentile(0.5), each.percentile(0.99), each.cpu_ms, counts[name])
        for name, each in figures.items()
    ]
    return table(title, head, rows) + "\n" + table("ratios", ("", "time", "CPU"), ratio_rows(figures, RATIOS))


def fields_in(value: Any) -> int:
    """Return the number of fields in an answer."""
    if isinstance(value, dict):
        return sum(1 + fields_in(each) for each in value.values())
    return sum(fields_in(each) for each in value) if isinstance(value, list) else 0


async def _stages(made: Bench, times: int) -> list[tuple[str, float]]:
    # One stage a pass, since the reader runs the statements.
    statements_ms, *_ = await stage_rows({"": ((Statement, "fetch"),)}, made.by_schema, None, times)
    reader_ms, rest_ms, whole = await stage_rows(
        {"": ((api.queries.items, "answer_page"),)}, made.by_schema, None, times
    )
    return [
        ("wait for SQL", statements_ms[1]),
        ("reader: statements, rows, field rules", reader_ms[1] - statements_ms[1]),
        ("graphql-core and Strawberry: walk the result", rest_ms[1]),
        whole,
    ]


async def _profiled(made: Bench, times: int) -> str:
    profile = cProfile.Profile()
    profile.enable()
    for _ in range(times):
        await made.by_schema()
    profile.disable()
    text = io.StringIO()
    pstats.Stats(profile, stream=text).strip_dirs().sort_stats("tottime").print_stats(25).sort_stats(
        "cumulative"
    ).print_stats(r"plan|http|schema|enforcement|policy|execute|client\.py", 40)
    return text.getvalue()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--requests", type=int, default=20, help="of each way in each round")
    parser.add_argument("--postgres", action="store_true", help="in a cluster of its own")
    parser.add_argument("--profile", action="store_true", help="tell where the schema's time goes")
    given = parser.parse_args()
    with own_settings(postgres=given.postgres) as settings:
        print(asyncio.run(measure(settings, CitySize(), given.rounds, given.requests, profile=given.profile)))


if __name__ == "__main__":
    main()
