"""A partner's three questions to a city with 700,000 needs, against the same city with 5,000, over HTTP.

Run `python -m benchmarks.many_needs [--times 140] [--rounds 7]`. It makes a PostgreSQL cluster of its own
with both cities, and needs about 2 GB of disk.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from api import clock, db
from api.models import Claim
from api.settings import Settings
from benchmarks.contest import table
from benchmarks.databases import opened
from benchmarks.many_rows import multiply
from benchmarks.partner_rows import ORGANISATION, CitySize
from benchmarks.peer_entrants import body, ours
from benchmarks.peer_figures import Figures
from benchmarks.peers import Ground, Running, measure, post, prepare, started
from tests.databases import postgres_databases, settings_for

BAR: Final = 1.5
FIRST: Final = 10
"""So few that the smaller city fills the page too."""
SOME_CLAIMS: Final = 500
OPEN, CLAIMS, MATCHES = "open needs of a place and category", "own claims", "matches of own resources"
QUESTIONS: Final = {
    OPEN: "needs(first: {first}, filter: {{within: \"S0\", category: \"life\", status: [REQUESTED, DELIBERATING,"
    " DISPATCHED]}}) {{ nodes {{ id number titleZh status urgency community {{ id nameZh }} }} }}",
    CLAIMS: "claims(first: {first}, filter: {{claimedByMe: true}}) {{ nodes {{ id status need {{ id titleZh }} }} }}",
    MATCHES: "matches(first: {first}, filter: {{organisation: \"Organisation:{organisation}\"}})"
    " {{ nodes {{ id score need {{ id titleZh }} resource {{ id titleZh }} }} }}",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class City:
    """One of the two, with its server."""

    name: str
    settings: Settings
    ground: Ground


def bodies() -> dict[str, list[str]]:
    """Return the request of each question."""
    return {
        name: [body("{ " + text.format(first=FIRST, organisation=ORGANISATION) + " }")]
        for name, text in QUESTIONS.items()
    }


async def fill(settings: Settings, times: int) -> Ground:
    """Make a city, its needs so many times as many."""
    ground = await prepare(settings, CitySize())
    async with opened(settings):
        await Claim.bulk_create([_claim(number) for number in range(SOME_CLAIMS)])
        if times > 1:
            await multiply(times)
        await db.connection().execute_script("ANALYZE")
    return ground


def _claim(number: int) -> Claim:
    organisation = ORGANISATION + number % 10
    return Claim(
        id=5_000_000 + number, need_id=1_000_000 + number * 10, organisation_id=organisation,
        actor_organisation_id=organisation, asker_person_id=1, path="T/", status="ACCEPTED", accepted_at=clock.now(),
    )  # fmt: skip


async def used_indexes(city: City, running: Running, question: str) -> dict[str, float]:
    """Return how often a request reads each index, or a whole table, as PostgreSQL counts it.

    A connection tells its counts some ten seconds after its last statement.
    """
    await asyncio.to_thread(time.sleep, 12)
    before = await _counts(city.settings)
    requests = 100
    for _ in range(requests):
        await asyncio.to_thread(post, running.peer, running.port, running.bodies[question][0])
    await asyncio.to_thread(time.sleep, 12)
    after = await _counts(city.settings)
    found = {name: (after[name] - before[name]) / requests for name in after}
    return {name: each for name, each in found.items() if each >= 0.5}


async def _counts(settings: Settings) -> dict[str, int]:
    async with opened(settings):
        rows = await db.connection().execute_query_dict(
            "SELECT indexrelname AS name, idx_scan AS scans FROM pg_stat_user_indexes WHERE schemaname = 'public'"
            " UNION ALL SELECT 'the whole of ' || relname, seq_scan FROM pg_stat_user_tables"
            " WHERE schemaname = 'public'"
        )
    return {row["name"]: row["scans"] for row in rows}


def report(found: Mapping[tuple[str, str], Figures], few: str, many: str) -> str:
    """Return the table: each question in both cities, and the one against the other."""
    rows: list[tuple[object, ...]] = []
    for question in QUESTIONS:
        for name in (few, many):
            each = found[question, name]
            rows.append((question, name, *map(statistics.median, (each.rate, each.p50, each.cpu, each.database)), ""))
        small, large = found[question, few], found[question, many]
        slower = statistics.median(a / b for a, b in zip(small.rate, large.rate, strict=True))
        cpu = statistics.median(
            (more + more_database) / (less + less_database)
            for less, less_database, more, more_database in zip(
                small.cpu, small.database, large.cpu, large.database, strict=True
            )
        )
        met = "met" if max(slower, cpu) <= BAR else "NOT met"
        rows.append(("", "many / few", f"time × {slower:.2f}", "", f"CPU × {cpu:.2f}", "", f"bar ≤ {BAR}: {met}"))
    return table("many needs", ("question", "", "req/s", "p50 ms", "CPU ms", "PostgreSQL's CPU ms", ""), rows)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=140, help="so many times 5,000 needs")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=1.0)
    given = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="wujia-benchmark-")))
        make = stack.enter_context(postgres_databases(folder))
        cities, running = [], []
        for times in (1, given.times):
            own = folder / str(times)
            own.mkdir()
            settings = settings_for(stack.enter_context(make(True)), own)
            city = City(f"{CitySize().needs * times:,} needs", settings, asyncio.run(fill(settings, times)))
            cities.append(city)
            peer = replace(ours(settings, city.ground.partner), name=city.name)
            running += stack.enter_context(started([peer], city.ground, own))
        running = [replace(each, bodies=bodies()) for each in running]
        _all_answer(running)
        shapes = tuple(QUESTIONS)
        found = measure(running, cities[0].ground.postmaster, given.rounds, given.seconds, shapes=shapes)
        print(report(found, *(city.name for city in cities)))
        rows = [
            (question, name, scans)
            for question in QUESTIONS
            for name, scans in asyncio.run(used_indexes(cities[1], running[1], question)).items()
        ]
        print(table(f"indexes that a request uses, {cities[1].name}", ("question", "index", "scans"), rows))


def _all_answer(running: list[Running]) -> None:
    for each in running:
        for question, (sent,) in each.bodies.items():
            answer = post(each.peer, each.port, sent)
            (page,) = (answer.get("data") or {"": {"nodes": []}}).values()
            assert not answer.get("errors"), answer
            assert len(page["nodes"]) == FIRST, (each.peer.name, question, len(page["nodes"]))


if __name__ == "__main__":
    main()
