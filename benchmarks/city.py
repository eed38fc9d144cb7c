"""Match many communities one after the other: milliseconds of each, and whether memory stays flat.

Run `python -m benchmarks.city [--communities 200]`.
"""

import argparse
import asyncio
import gc
import itertools
import os
import statistics
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from benchmarks.community import Size, community
from benchmarks.contest import Entrant, agree, contest, table
from benchmarks.hash_join import HASH_JOINS, found_in
from benchmarks.rule_documents import DOCUMENTS
from rules.compiler import compile_document
from rules.deciding import decide_compiled
from rules.engine import Engine
from rules.evaluator import decide_all
from rules.facts import Batch
from rules.language import parse

PAGE_MB: Final = os.sysconf("SC_PAGE_SIZE") / 1024**2
ENGINE, HASH = "engine", "hash join"


def resident_mb() -> float:
    """Return the memory of this process that lies in RAM, in MiB."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE_MB


async def measure(communities: int, size: Size) -> str:
    """Return the report of both modes."""
    batches = [community(number, size).batch for number in range(communities)]
    head = (
        "mode", "matches each", "engine CPU ms", "in the first tenth", "hash join CPU ms", "engine / hash join",
        "MiB before", "after a tenth", "after all",
    )  # fmt: skip
    rows = [await _mode(mode, batches) for mode in DOCUMENTS]
    return table(f"{communities} communities of {size.resources} × ({size.needs} + {size.projects})", head, rows)


async def _mode(mode: str, batches: Sequence[Batch]) -> tuple[object, ...]:
    """Return the row of one mode: each round is the next community, which both ways match in turn."""
    document = parse(DOCUMENTS[mode])
    version, engine, hashed = compile_document(document), Engine(), HASH_JOINS[mode]
    for batch in batches[:3]:
        answers = {ENGINE: found_in(decide_compiled(version, batch, engine)), HASH: hashed(batch)}
        agree({**answers, "evaluator": decide_all(document, batch)})
    for_engine, for_hash = itertools.cycle(batches), itertools.cycle(batches)
    matches: list[int] = []
    ways = [
        Entrant(ENGINE, lambda: matches.append(len(decide_compiled(version, next(for_engine), engine).firings))),
        Entrant(HASH, lambda: hashed(next(for_hash))),
    ]
    before = resident_mb()
    tenth = max(1, len(batches) // 10)
    early = await contest(ways, tenth)
    middle = resident_mb()
    late = await contest(ways, max(1, len(batches) - tenth))
    return (
        mode, round(statistics.fmean(matches)), late[ENGINE].cpu_ms, early[ENGINE].cpu_ms, late[HASH].cpu_ms,
        late[ENGINE].cpu_ms / late[HASH].cpu_ms, before, middle, resident_mb(),
    )  # fmt: skip


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--communities", type=int, default=200)
    print(asyncio.run(measure(parser.parse_args().communities, Size())))


if __name__ == "__main__":
    main()
