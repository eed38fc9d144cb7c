"""The stages of deciding, and of the way from rows to stored matches."""

from typing import Final

import durable_rules_engine

import api.matching.deciding
import api.matching.item
import api.matching.place
import rules.deciding
from benchmarks.stages import Places
from rules.workers import WorkerPool

ENGINE_STAGES: Final[Places] = {
    "encode the facts": tuple((rules.deciding, name) for name in ("candidates", "join_chunks", "pair_chunks")),
    "durable_rules joins (assert)": ((durable_rules_engine, "assert_facts"),),
    "durable_rules hands out": tuple(
        (durable_rules_engine, name) for name in ("start_action_for_state", "complete_and_start_action", "delete_state")
    ),
}
PLACE_STAGES: Final[Places] = {
    "read the rows": tuple(
        (api.matching.place, name) for name in ("load_demands", "load_resources", "rule_sets_of", "stored")
    ),
    "read taxonomy and versions": tuple((api.matching.place, name) for name in ("load_known", "versions_around")),
    "ask the engine's child": ((WorkerPool, "decide"),),
    "check with the evaluator": ((api.matching.deciding, "evaluate"),),
    "write the reasons": ((api.matching.place, "match_row"),),
    "store": ((api.matching.place, "replace"),),
    "count caps": ((api.matching.place, "recount"),),
}
ITEM_STAGES: Final[Places] = {
    "read the rows": tuple(
        (api.matching.item, name) for name in ("load_demands", "load_resources", "rule_sets_of", "stored")
    ),
    "read taxonomy and versions": tuple(
        (api.matching.item, name) for name in ("load_known", "versions_over", "versions_of")
    ),
    "ask the engine's child": ((WorkerPool, "decide"),),
    "check with the evaluator": ((api.matching.deciding, "evaluate"),),
    "write the reasons": ((api.matching.item, "match_row"),),
    "store": ((api.matching.item, "replace"),),
    "count caps": ((api.matching.item, "recount"),),
}  # fmt: skip
