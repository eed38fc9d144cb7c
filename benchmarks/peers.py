"""This server against its peers: the same rows, the same questions, in turns within one run, over HTTP.

Run `python -m benchmarks.peers [--rounds 5] [--seconds 1.5]`. It needs PostgreSQL, and for the peers
from npm also npm; it makes a cluster of its own.
"""

import argparse
import asyncio
import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

from api import clock, db
from api.plan.viewer import Viewer
from api.queries.principal import Presented
from api.runtime import opened as runtime_opened
from api.settings import Settings
from auth.authentication import authenticate
from benchmarks.contest import agree
from benchmarks.databases import opened, own_settings
from benchmarks.partner_rows import ORGANISATION, CitySize, Partner, store_city
from benchmarks.peer_entrants import Asked, Peer, mercurius, ours, postgraphile, raw, strawberry
from benchmarks.peer_figures import Figures, report
from benchmarks.peer_packages import installed
from benchmarks.peer_processes import parent_of, processor_seconds, server
from benchmarks.peer_work import FLAT, NESTED, PAGE, PAGES, SHAPES, SINGLE, Sql, by_hand, in_one_form, some
from tests.postgres import free_port

REPOSITORY: Final = Path(__file__).resolve().parent.parent
CONNECTIONS: Final = 8


@dataclass(frozen=True, slots=True)
class Running:
    """A server that runs, and what it is sent."""

    peer: Peer
    port: int
    pid: int
    bodies: dict[str, list[str]]

    def job(self, shape: str, seconds: float) -> str:
        """Return the load generator's job."""
        return json.dumps(
            {
                "port": self.port, "path": self.peer.path, "headers": dict(self.peer.headers),
                "bodies": self.bodies[shape], "seconds": seconds, "connections": CONNECTIONS,
            }
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ground:
    """The filled database: who asks, for what, and the process under which PostgreSQL's own run."""

    partner: Partner
    sql: Sql
    asked: Asked
    postmaster: int
    visible: list[int]
    """The newest needs that the partner may see, as many as were asked for."""


async def prepare(settings: Settings, size: CitySize, pages: int = PAGES) -> Ground:
    """Fill the database, and work out the partner's row filter."""
    async with opened(settings):
        partner = await store_city(size)
        # The city's needs are about nobody; here each is about an organisation, which everybody may know.
        # A bound of seconds is for requests; on a big city this takes longer.
        await db.connection().execute_script(
            f"SET statement_timeout = 0; UPDATE need SET concerns_id = {ORGANISATION} + id % {size.organisations};"
            " ANALYZE"
        )
    async with runtime_opened(settings) as runtime:
        principal = await authenticate(f"Bearer {partner.token}", Presented().loaders(), clock.now())
        viewer = Viewer(principal, runtime.policy.current, runtime)
        sql = by_hand(settings, viewer)
        await db.connection().execute_script(sql.policies())
        visible: list[int] = []
        before = [1 << 62]
        for _ in range(pages):
            rows = await db.reading().execute_query_dict(sql.flat, [*sql.values, before[-1]])
            visible += [row["id"] for row in rows]
            before.append(visible[-1])
        (backend,) = await db.reading().execute_query_dict("SELECT pg_backend_pid() AS pid")
        return Ground(partner, sql, Asked(some(visible), before[:PAGES]), parent_of(backend["pid"]), visible)


@contextmanager
def started(peers: Sequence[Peer], ground: Ground, folder: Path) -> Iterator[list[Running]]:
    """Start all servers."""
    with ExitStack() as stack:
        running = []
        for number, peer in enumerate(peers):
            port = free_port()
            log = folder / f"peer-{number}.log"
            pid = stack.enter_context(
                server(peer.name, peer.command(port), peer.environment(port), port, log, REPOSITORY)
            )
            bodies = peer.bodies(ground.asked, partial(post, peer, port))
            running.append(Running(peer, port, pid, bodies))
        yield running


def post(peer: Peer, port: int, sent: str) -> dict[str, Any]:
    """Send one request and return the answer."""
    headers = {"Content-Type": "application/json", **peer.headers}
    request = urllib.request.Request(f"http://127.0.0.1:{port}{peer.path}", sent.encode(), headers)
    with urllib.request.urlopen(request, timeout=30) as answer:
        found: dict[str, Any] = json.load(answer)
        return found


def compare(running: Sequence[Running]) -> dict[str, int]:
    """Check that all give the same rows; return how many there are in an answer of each shape.

    Raises:
        Disagreement: with the names of two that differ.
    """
    rows = {}
    for shape in SHAPES:
        answers = {
            each.peer.name: [in_one_form(post(each.peer, each.port, sent)) for sent in each.bodies[shape]]
            for each in running
        }
        agree(answers)
        rows[shape] = len(answers[running[0].peer.name][0])
    assert (rows[NESTED], rows[SINGLE], rows[FLAT]) == (50, 1, PAGE * PAGES), rows
    return rows


def measure(
    running: Sequence[Running], postmaster: int, rounds: int, seconds: float, shapes: Sequence[str] = SHAPES
) -> dict[tuple[str, str], Figures]:
    """Let the servers take turns; the first round warms up.

    Raises:
        RuntimeError: an answer was an error.
    """
    figures = {(shape, each.peer.name): Figures() for shape in shapes for each in running}
    command = [sys.executable, "-m", "benchmarks.peer_load"]
    with subprocess.Popen(command, cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as load:
        assert load.stdin
        assert load.stdout
        for number in range(rounds + 1):
            for shape in shapes:
                at = number % len(running)
                for each in (*running[at:], *running[:at]):
                    own, database = processor_seconds(each.pid), processor_seconds(postmaster)
                    load.stdin.write(each.job(shape, seconds) + "\n")
                    load.stdin.flush()
                    found = json.loads(load.stdout.readline())
                    own, database = processor_seconds(each.pid) - own, processor_seconds(postmaster) - database
                    if found["wrong"]:
                        raise RuntimeError(f"{each.peer.name}, {shape}: {found['first_wrong']}")
                    if number:
                        figures[shape, each.peer.name].add(found, own, database)
        load.stdin.close()
    return figures


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1.5, help="of each server, shape and round")
    parser.add_argument("--without-npm", action="store_true", help="leave out PostGraphile and mercurius")
    given = parser.parse_args()
    with own_settings(postgres=True) as settings:
        ground = asyncio.run(prepare(settings, CitySize()))
        place = settings.data_directory / "statements.json"
        ground.sql.store(place)
        peers = [ours(settings, ground.partner), raw(place), strawberry(place)]
        if not given.without_npm:
            modules = installed()
            peers += [mercurius(place, modules), postgraphile(place, modules)]
        with started(peers, ground, settings.data_directory) as running:
            compare(running)
            print(report(measure(running, ground.postmaster, given.rounds, given.seconds)))


if __name__ == "__main__":
    main()
