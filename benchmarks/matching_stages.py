"""The stages of deciding, and of the way from rows to stored matches."""

import statistics
import time
from typing import Final

import durable_rules_engine

import api.matching.deciding
import api.matching.item
import api.matching.place
import rules.deciding
from benchmarks.contest import Step, do
from benchmarks.stages import Places, timed
from rules.workers import WorkerPool

REST: Final = "the rest"
ENGINE_STAGES: Final[Places] = {
    "encode the facts": tuple((rules.deciding, name) for name in ("candidates", "join_chunks", "pair_chunks")),
    "durable_rules joins (assert)": ((durable_rules_engine, "assert_facts"),),
    "durable_rules hands out": tuple(
        (durable_rules_engine, name) for name in ("start_action_for_state", "complete_and_start_action", "delete_state")
    ),
}
PLACE_STAGES: Final[Places] = {
    "read the rows": tuple((api.matching.place, name) for name in ("load_demands", "load_resources", "stored")),
    "read taxonomy and versions": tuple((api.matching.place, name) for name in ("load_known", "versions_around")),
    "ask the engine's child": ((WorkerPool, "decide"),),
    "check with the evaluator": ((api.matching.deciding, "evaluate"),),
    "write the reasons": ((api.matching.place, "match_row"),),
    "store": ((api.matching.place, "replace"),),
    "count caps": ((api.matching.place, "recount"),),
}
ITEM_STAGES: Final[Places] = {
    "read the rows": tuple((api.matching.item, name) for name in ("load_demands", "load_resources", "stored")),
    "read taxonomy and versions": tuple(
        (api.matching.item, name) for name in ("load_known", "versions_over", "versions_of")
    ),
    "ask the engine's child": ((WorkerPool, "decide"),),
    "check with the evaluator": ((api.matching.deciding, "evaluate"),),
    "write the reasons": ((api.matching.item, "match_row"),),
    "store": ((api.matching.item, "replace"),),
    "count caps": ((api.matching.item, "recount"),),
}  # fmt: skip


async def stage_rows(places: Places, run: Step, prepare: Step | None, times: int) -> list[tuple[str, float]]:
    """Return the median milliseconds of each stage, of what is left, and of the whole.

    "The rest" of the engine is reading its answers; of the whole it is the transaction.
    """
    taken: dict[str, list[float]] = {name: [] for name in (*places, REST, "in all")}
    for _ in range(times):
        if prepare is not None:
            await do(prepare)
        with timed(places) as seconds:
            began = time.perf_counter()
            await do(run)
            whole = time.perf_counter() - began
        for name in places:
            taken[name].append(seconds[name] * 1000)
        taken[REST].append((whole - sum(seconds.values())) * 1000)
        taken["in all"].append(whole * 1000)
    return [(name, statistics.median(values)) for name, values in taken.items()]
