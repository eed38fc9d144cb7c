"""Match one community: the engine alone, a hash join, and the whole way from rows to stored matches.

Run `python -m benchmarks.matching [--rounds 15]`.
"""

import argparse
import asyncio
import itertools
from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from api import clock, db
from api.matching.item import rematch_item
from api.matching.place import rematch_place
from api.models import Match
from api.models.choices import ItemKind
from api.settings import Settings
from api.state_machines.rule_version import RuleVersionStatus
from benchmarks.community import MONDAY, Community, Size, community
from benchmarks.community_rows import publish, store_community
from benchmarks.contest import Entrant, agree, contest, do, ratio_rows, table, with_children
from benchmarks.databases import opened, own_settings
from benchmarks.hash_join import HASH_JOINS, found_in
from benchmarks.matching_stages import ENGINE_STAGES, ITEM_STAGES, PLACE_STAGES
from benchmarks.rule_documents import DOCUMENTS
from benchmarks.stages import stage_rows
from rules.compiler import CompiledVersion, compile_document
from rules.deciding import decide_compiled
from rules.decision import Decision, best_per_pair
from rules.derivation import KinIndex
from rules.engine import Engine
from rules.evaluator import decide_all
from rules.facts import Batch
from rules.language import parse
from rules.workers import WorkerPool

HASH, ENGINE, CHILD = "hash join, written by hand", "engine, in process", "engine, in a child process"
WHOLE, AGAIN = "rows to stored matches, none before", "the same again, nothing to change"
NEED_HASH, NEED_ENGINE, NEED = "one need: hash join", "one need: engine", "one need: rows to stored matches"
RATIOS: Final = (
    (ENGINE, HASH), (CHILD, ENGINE), (WHOLE, ENGINE), (AGAIN, WHOLE), (NEED_ENGINE, NEED_HASH), (NEED, NEED_ENGINE),
)  # fmt: skip


class Bench:
    """One mode's document, compiled and published, over one community."""

    def __init__(self, mode: str, made: Community, pool: WorkerPool) -> None:
        self.mode, self.made, self.pool = mode, made, pool
        self.document = parse(DOCUMENTS[mode])
        self.version: CompiledVersion = compile_document(self.document)
        self.engine = Engine()
        self.path = f"T/D/S/{made.places[0].community}/"
        needs = sorted({fact.item_id for fact in made.batch.demands if fact.kind == "NEED"})
        self.batches = {need: _around(made.batch, need) for need in needs}
        self._turn: Iterator[str] = itertools.cycle(needs)
        self._batch_turn = itertools.cycle(self.batches.values())
        self._hash_turn = itertools.cycle(self.batches.values())
        self.need = needs[0]

    def entrants(self) -> list[Entrant]:
        """Return all ways; what concerns one need takes another need each time."""
        batch, hashed = self.made.batch, HASH_JOINS[self.mode]
        return [
            Entrant(HASH, lambda: hashed(batch), times=5),
            Entrant(ENGINE, lambda: self.decide(batch), times=3),
            Entrant(CHILD, self.ask_child, times=3),
            Entrant(WHOLE, self.rematch, prepare=Match.all().delete),
            Entrant(AGAIN, self.rematch),
            Entrant(NEED_HASH, lambda: hashed(next(self._hash_turn)), times=40),
            Entrant(NEED_ENGINE, lambda: self.decide(next(self._batch_turn)), times=40),
            Entrant(NEED, self.rematch_need, prepare=self.forget_need, times=8),
        ]

    def decide(self, batch: Batch) -> Decision:
        """Ask the engine in this process."""
        return decide_compiled(self.version, batch, self.engine)

    async def ask_child(self) -> Decision:
        """Ask the engine as the server does."""
        return await self.pool.decide(DOCUMENTS[self.mode], self.made.batch)

    async def rematch(self) -> None:
        """Match the community from its rows."""
        await rematch_place(self.pool, self.path)

    async def forget_need(self) -> None:
        """Take the matches of the next need away, as if it were new."""
        self.need = next(self._turn)
        await Match.filter(need_id=int(self.need)).delete()

    async def rematch_need(self) -> None:
        """Match one need from its rows, in a transaction of its own."""
        async with db.transaction():
            await rematch_item(self.pool, ItemKind.NEED, int(self.need))

    async def check(self) -> int:
        """Check that all ways agree, and what is stored with them; return the number of accepted pairs."""
        batch = self.made.batch
        decision = self.decide(batch)
        agree({
            ENGINE: found_in(decision),
            CHILD: found_in(await self.ask_child()),
            HASH: HASH_JOINS[self.mode](batch),
            "evaluator": decide_all(self.document, batch),
        })  # fmt: skip
        best = {
            (each.rule_id, each.demand_id, each.resource_id, each.score)
            for each in best_per_pair(decision.firings, self.document)
        }
        stored = await Match.all().values_list("rule_id", "line_id", "resource_id", "score")
        agree(
            {ENGINE: best, WHOLE: {(rule, str(line), str(resource), score) for rule, line, resource, score in stored}}
        )
        for need, few in self.batches.items():
            lines = {fact.id for fact in few.demands}
            agree({
                need: found_in(self.decide(few)),
                HASH: HASH_JOINS[self.mode](few),
                ENGINE: {each for each in found_in(decision) if each[1] in lines},
            })  # fmt: skip
        return len(best)


def _around(batch: Batch, need: str) -> Batch:
    """Return a need's lines and the resources of kindred category, which SQL would pick."""
    demands = tuple(fact for fact in batch.demands if fact.item_id == need)
    index = KinIndex(batch.taxonomy, {fact.category for fact in batch.resources})
    kindred = {code for fact in demands for code in index.kindred(fact.category)}
    return Batch(demands, tuple(fact for fact in batch.resources if fact.category in kindred), batch.taxonomy)


async def measure(settings: Settings, size: Size, rounds: int) -> str:
    """Return the report of both modes, with the rows in an empty database."""
    made = community(0, size)
    pool = WorkerPool(1, timeout_seconds=10)
    report = [f"{size.resources} resources, {size.needs} needs, {size.projects} projects"]
    with clock.fixed(MONDAY + timedelta(hours=8)):
        async with opened(settings):
            place = (await store_community(made))["T/D/S/"]
            try:
                for mode in DOCUMENTS:
                    version = await publish(DOCUMENTS[mode], place)
                    report.append(await _measure(Bench(mode, made, pool), rounds))
                    version.status = RuleVersionStatus.SUPERSEDED
                    await version.save()
                    await Match.all().delete()
            finally:
                await pool.close()
    return "\n".join(report)


async def _measure(bench: Bench, rounds: int) -> str:
    await do(bench.rematch)
    matches = await bench.check()
    figures = await contest(bench.entrants(), rounds, with_children(lambda: bench.pool.pids))
    await bench.check()
    pairs = bench.decide(bench.made.batch).pairs_considered
    lines = len(bench.made.batch.demands)
    title = f"{bench.mode} mode: {lines} lines, {pairs} kindred pairs, {matches} pairs matched"
    ways = [(name, each.ms, each.cpu_ms) for name, each in figures.items()]
    ratios = ratio_rows(figures, RATIOS)
    engine = await stage_rows(ENGINE_STAGES, lambda: bench.decide(bench.made.batch), None, rounds)
    whole = await stage_rows(PLACE_STAGES, bench.rematch, Match.all().delete, rounds)
    item = await stage_rows(ITEM_STAGES, bench.rematch_need, bench.forget_need, rounds * 3)
    return "\n".join((
        table(title, ("way", "ms", "CPU ms"), ways),
        table("ratios", ("", "time", "CPU"), ratios),
        table(f"{ENGINE}: its stages", ("stage", "ms"), engine),
        table(f"{WHOLE}: its stages", ("stage", "ms"), whole),
        table(f"{NEED}: its stages", ("stage", "ms"), item),
    ))  # fmt: skip


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    with own_settings() as settings:
        print(asyncio.run(measure(settings, Size(), rounds)))


if __name__ == "__main__":
    main()
