"""What the limits, the cost and the budgets take, and how soon the worst documents are refused.

Run `python -m benchmarks.limits [--rounds 7]`; processor time, through the whole server, on an empty database.
"""

import argparse
import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable
from typing import Final

import httpx
from strawberry.http import GraphQLRequestData

from api.app import create_app
from api.http.budgets import Budgets
from api.http.charging import charge
from api.http.documents import Documents
from api.schema.root import build_schema
from auth.principal import ANONYMOUS
from benchmarks.databases import own_settings

PLAIN: Final = "{needs(first:10){nodes{id title}}}"
MANY: Final = 2_000


def worst() -> dict[str, str]:
    """Return the documents that make validation work most, within 2,000 tokens and outside."""
    spreads = " ".join(f"fragment F{at} on Need{{id ...F{at + 1} ...F{at + 1}}}" for at in range(20))
    beside = " ".join(f"...F{at}" for at in range(218))
    apart = " ".join(f"fragment F{at} on Need{{id}}" for at in range(218))
    return {
        "20 fragments, each spreading the next twice": f"{{needs(first:1){{nodes{{...F0}}}}}} {spreads} "
        "fragment F20 on Need{title}",
        "one field 1,980 times": f"{{needs(first:1){{nodes{{{'id ' * 1980}}}}}}}",
        "one field with a field 490 times": f"{{needs(first:1){{nodes{{{'place{id} ' * 490}}}}}}}",
        "218 fragments side by side": f"{{needs(first:1){{nodes{{{beside}}}}}}} {apart}",
        "150 operations with one fragment": " ".join(f"query Q{at}{{...F}}" for at in range(150))
        + f" fragment F on Query{{needs(first:1){{nodes{{{'id ' * 400}}}}}}}",
        "1,900 unknown fields": "{" + " ".join(f"x{at}" for at in range(1900)) + "}",
        "2,001 tokens": "{" + "id " * 2001 + "}",
    }


async def took(step: Callable[[int], Awaitable[object]], rounds: int) -> float:
    """Return the median of processor milliseconds."""
    found = []
    for at in range(rounds):
        begun = time.process_time()
        await step(at)
        found.append((time.process_time() - begun) * 1000)
    return statistics.median(found)


async def main(rounds: int) -> None:
    """Print one line for each measurement."""
    with own_settings() as settings:
        app = create_app(settings)
        transport = httpx.ASGITransport(app)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url="http://limits") as client,
        ):

            async def ask(text: str) -> None:
                await client.post("/graphql", json={"query": text})

            def anew(text: str) -> Callable[[int], Awaitable[None]]:
                # A comment makes the text a new one, so that nothing is remembered.
                return lambda at: ask(f"{text}#{at}")

            await ask(PLAIN)
            print(f"{await took(lambda _: ask(PLAIN), 10 * rounds):8.2f} ms  a plain query, known")
            print(f"{await took(anew(PLAIN), rounds):8.2f} ms  the same, never seen")
            for name, text in worst().items():
                print(f"{await took(anew(text), rounds):8.2f} ms  {name}")
        await per_request(Budgets(settings.model_copy(update={"address_points": 10**9})))


async def per_request(budgets: Budgets) -> None:
    """Print what cost and budget add to a request whose document is known."""
    documents = Documents(build_schema(), production=True)
    asked = GraphQLRequestData(
        query="query($n:Int){needs(first:$n){nodes{id title}}}",
        variables={"n": 50},
        operation_name=None,
        extensions=None,
    )
    await charge(budgets, documents, ANONYMOUS, "127.0.0.1", asked)

    async def many(_: int) -> None:
        for _ in range(MANY):
            cost = await charge(budgets, documents, ANONYMOUS, "127.0.0.1", asked)
            assert cost is not None
            cost.headers()
            cost.told()

    print(f"{await took(many, 5) * 1000 / MANY:8.2f} µs  cost, budget, headers and extensions of one request")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    asyncio.run(main(parser.parse_args().rounds))
