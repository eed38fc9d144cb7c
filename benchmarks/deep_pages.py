"""What a page far back costs against the first one: needs in their newest order, fifty a page, over HTTP.

Run `python -m benchmarks.deep_pages [--page 2000] [--rounds 7]`. It makes a PostgreSQL cluster of its own.
"""

import argparse
import asyncio
import statistics
from collections.abc import Mapping
from typing import Final

from api.plan.paging import cursor
from api.plan.registry import source_named
from api.plan.source import NEWEST
from benchmarks.contest import table
from benchmarks.databases import own_settings
from benchmarks.partner_rows import CitySize
from benchmarks.peer_entrants import body, ours
from benchmarks.peer_figures import Figures
from benchmarks.peer_work import FIRST, FLAT_NEED, NEED, PAGE
from benchmarks.peers import Running, measure, prepare, started

BAR: Final = 1.2
QUERIES: Final = {
    "columns alone": FLAT_NEED,
    "with matches": f"{NEED} matches(first: 3) {{ nodes {{ score resource {{ id titleZh }} }} }}",
}


def bodies(after: int, page: int) -> dict[str, list[str]]:
    """Return the requests of each query for the first page and for the one that begins after a need."""
    far = cursor(source_named("Need"), NEWEST, (after,))
    query = "query Page($after: String) {{ needs(first: {}, after: $after) {{ nodes {{ {} }} }} }}"
    return {
        f"{name}, page {number:,}": [body(query.format(FIRST, selected), after=position)]
        for name, selected in QUERIES.items()
        for number, position in ((1, None), (page, far))
    }


def report(found: Mapping[str, Figures]) -> str:
    """Return the table, with each far page against the first."""
    shapes = list(found)
    rows: list[tuple[object, ...]] = []
    for near, far in zip(shapes[::2], shapes[1::2], strict=True):
        costs = [
            [own + database for own, database in zip(found[each].cpu, found[each].database, strict=True)]
            for each in (near, far)
        ]
        for each, cost in zip((near, far), costs, strict=True):
            rows.append((each, *map(statistics.median, (found[each].rate, found[each].p50, cost)), ""))
        rate = statistics.median(a / b for a, b in zip(found[near].rate, found[far].rate, strict=True))
        cpu = statistics.median(b / a for a, b in zip(*costs, strict=True))
        met = "met" if max(rate, cpu) <= BAR else "NOT met"
        rows.append(("far / near", "", f"time × {rate:.2f}", f"CPU × {cpu:.2f}", f"bar ≤ {BAR}: {met}"))
    return table("pages of needs", ("", "req/s", "p50 ms", "CPU ms with PostgreSQL's", ""), rows)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--page", type=int, default=2_000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=1.0)
    given = parser.parse_args()
    passed = (given.page - 1) * FIRST
    # About a fifth of the needs is not for the partner, and the page itself needs rows too.
    size = CitySize(needs=int((passed + 2 * FIRST) * 1.4))
    with own_settings(postgres=True) as settings:
        ground = asyncio.run(prepare(settings, size, pages=(passed + 2 * FIRST) // PAGE + 1))
        with started([ours(settings, ground.partner)], ground, settings.data_directory) as running:
            (server,) = running
            asked = bodies(ground.visible[passed - 1], given.page)
            found = measure(
                [Running(server.peer, server.port, server.pid, asked)],
                ground.postmaster,
                given.rounds,
                given.seconds,
                shapes=tuple(asked),
            )
            print(f"{size.needs:,} needs")
            print(report({shape: figures for (shape, _), figures in found.items()}))


if __name__ == "__main__":
    main()
