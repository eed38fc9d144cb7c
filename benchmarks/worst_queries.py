"""How long other callers wait while one client spends its budget on the worst queries, over HTTP on one process.

Run `python -m benchmarks.worst_queries [--seconds 10] [--rounds 3]`. It makes a PostgreSQL cluster of its own.
Others come at a fixed pace, whatever the answers take, and their wait is counted from when they were due.
"""

import argparse
import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from api import clock
from api.models import BearerKey
from api.settings import Settings
from auth.keys import PARTNER_SCOPES, KeyKind, new_key
from benchmarks.contest import table
from benchmarks.databases import opened, own_settings
from benchmarks.partner_rows import ORGANISATION, CitySize
from benchmarks.peer_entrants import ours
from benchmarks.peer_load import request
from benchmarks.peer_processes import processor_seconds, server
from benchmarks.peers import REPOSITORY, Ground, prepare
from benchmarks.worst_pace import paced
from benchmarks.worst_shapes import ordinary, worst
from tests.postgres import free_port

BAR: Final = 3.0
RATE: Final = 25.0
"""Requests of others in a second."""
OTHERS: Final = 5
"""Keys of others, who share the pace."""
CONNECTIONS: Final = 16
"""Over so many the one client sends, each as soon as the last is answered."""
SETTLING: Final = 1.0
"""Seconds until what the one client sent last is answered."""
PROBED: Final = 1.5
"""Seconds in which a kind of query is weighed."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """What one query of a kind costs its caller, the server and the database."""

    name: str
    points: int
    server_ms: float
    database_ms: float

    @property
    def of_a_point(self) -> float:
        """Return the processor milliseconds of both for one point."""
        return (self.server_ms + self.database_ms) / self.points


@dataclass(slots=True)
class Waits:
    """How long others waited, how many of them were failed, and what the one client sent meanwhile."""

    found: list[float] = field(default_factory=list)
    failed: int = 0
    sent: int = 0
    refused: int = 0

    def add(self, more: "Waits") -> None:
        """Add what was measured in another round."""
        self.found += more.found
        self.failed += more.failed
        self.sent += more.sent
        self.refused += more.refused

    def percentile(self, share: float) -> float:
        """Return a percentile in milliseconds."""
        ordered = sorted(self.found)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000


async def keys(count: int) -> list[str]:
    """Issue keys to the partner's program; each has a budget of its own."""
    made = [new_key(KeyKind.ORGANISATION) for _ in range(count)]
    now, scopes = clock.now(), sorted(str(each) for each in PARTNER_SCOPES)
    for each in made:
        await BearerKey.create(
            key_id=each.key_id, secret_hash=each.secret_hash, organisation_id=ORGANISATION, label="worst",
            scopes=scopes, created_at=now, expires_at=now + timedelta(days=1),
        )  # fmt: skip
    return [each.token for each in made]


@dataclass(frozen=True, slots=True)
class Stage:
    """The running server, its database, the keys of others, keys for one use each, and the one client's process."""

    port: int
    pid: int
    postmaster: int
    others: Sequence[str]
    fresh: Iterator[str]
    client: subprocess.Popen[str]

    def begin(self, bodies: Sequence[str], seconds: float, connections: int = CONNECTIONS) -> None:
        """Have the one client begin, with a key whose budget is whole."""
        assert self.client.stdin
        job = {
            "port": self.port, "path": "/graphql", "headers": signed(next(self.fresh)), "bodies": bodies,
            "seconds": seconds, "connections": connections,
        }  # fmt: skip
        self.client.stdin.write(json.dumps(job) + "\n")
        self.client.stdin.flush()

    def end(self) -> dict[str, Any]:
        """Return what the one client was answered."""
        assert self.client.stdout
        found: dict[str, Any] = json.loads(self.client.stdout.readline())
        return found

    async def weigh(self, name: str, bodies: Sequence[str]) -> Weighed:
        """Return what a kind of query costs, sent one by one."""
        points = await self.cost_of(bodies[0])
        own, database = processor_seconds(self.pid), processor_seconds(self.postmaster)
        self.begin(bodies[1:] or bodies, PROBED, 1)
        count = (await asyncio.to_thread(self.end))["requests"] / 1000
        own, database = processor_seconds(self.pid) - own, processor_seconds(self.postmaster) - database
        return Weighed(name, points, own / count, database / count)

    async def cost_of(self, sent: str) -> int:
        """Return the points that the server says a query costs."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        headers = signed(next(self.fresh)) | {"Connection": "close"}
        writer.write(request({"path": "/graphql", "port": self.port, "headers": headers}, sent))
        body = (await reader.read()).partition(b"\r\n\r\n")[2]
        writer.close()
        cost: int = json.loads(body)["extensions"]["cost"]["points"]
        return cost

    async def waits(self, seconds: float, bodies: Sequence[str] = ()) -> Waits:
        """Return how long the others waited, alone or beside the one client."""
        if bodies:
            self.begin(bodies, seconds + 0.5)
        to = {"path": "/graphql", "port": self.port}
        asked = [request({**to, "headers": signed(key)}, sent) for sent in ordinary() for key in self.others]
        found, failed = await paced(self.port, asked, RATE, seconds)
        answered = await asyncio.to_thread(self.end) if bodies else {"requests": 0, "wrong": 0}
        return Waits(found, failed, answered["requests"], answered["wrong"])


def signed(token: str) -> dict[str, str]:
    """Return the header of a key."""
    return {"Authorization": f"Bearer {token}"}


async def measure(stage: Stage, seconds: float, rounds: int) -> str:
    """Return the report."""
    shapes = worst()
    weighed = [await stage.weigh(name, bodies) for name, bodies in shapes.items()]
    report = table(
        "the worst queries, one by one",
        ("query", "points", "server ms", "database ms", "ms a point"),
        [(each.name, each.points, each.server_ms, each.database_ms, each.of_a_point) for each in weighed],
    )
    await stage.waits(2.0)
    alone, beside = Waits(), {name: Waits() for name in shapes}
    for _ in range(rounds):
        for name, bodies in shapes.items():
            alone.add(await stage.waits(seconds / 2))
            beside[name].add(await stage.waits(seconds, bodies))
            await asyncio.sleep(SETTLING)
    usual = alone.percentile(0.99)
    ratios = {name: each.percentile(0.99) / usual for name, each in beside.items()}
    rows = [
        (
            name,
            len(each.found),
            each.failed,
            each.percentile(0.5),
            each.percentile(0.99),
            ratio,
            each.sent,
            each.refused,
        )
        for (name, each), ratio in zip([("nobody", alone), *beside.items()], [1.0, *ratios.values()], strict=True)
    ]
    report += "\n" + table(
        f"{RATE:g} ordinary requests a second by {OTHERS} others, beside one client with {CONNECTIONS} connections",
        ("who sends beside", "requests", "failed", "p50 ms", "p99 ms", "of normal", "sent", "refused"),
        rows,
    )
    return report + f"\nworst: {max(ratios.values()):.2f} × the normal p99 (bar: {BAR:g})"


def environment(settings: Settings, ground: Ground) -> Mapping[str, str]:
    """Return the environment of the server: production, with its usual budgets."""
    return ours(settings, ground.partner).environment(0)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=10.0, help="of each kind of query in each round")
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    with own_settings(postgres=True) as settings:
        ground = asyncio.run(prepare(settings, CitySize()))

        async def issue() -> list[str]:
            async with opened(settings):
                return await keys(OTHERS + len(worst()) * (given.rounds + 3))

        tokens = asyncio.run(issue())
        port, log = free_port(), settings.data_directory / "server.log"
        command = [sys.executable, "-m", "wujia", "serve", "--port", str(port)]
        client = [sys.executable, "-m", "benchmarks.peer_load"]
        with (
            server("the server", command, environment(settings, ground), port, log, REPOSITORY) as pid,
            subprocess.Popen(
                client, cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            ) as running,
        ):
            stage = Stage(port, pid, ground.postmaster, tokens[:OTHERS], iter(tokens[OTHERS:]), running)
            print(asyncio.run(measure(stage, given.seconds, given.rounds)))
            assert running.stdin
            running.stdin.close()


if __name__ == "__main__":
    main()
