"""Ask the engine through the whole path, and look at what would reach it."""

import json
from collections.abc import Iterator
from random import Random
from typing import Any

from rules.atoms import TooComplex
from rules.compiler import CompiledVersion, compile_document
from rules.deciding import decide
from rules.encoder import candidates, join_chunks, pair_chunks
from rules.engine import Engine
from rules.evaluator import decide_all
from rules.facts import Batch, Demand, Resource
from rules.language import RuleDocument, parse
from tests.rules.differential.random_documents import make_document
from tests.rules.one_pair import TAXONOMY

Answer = set[tuple[str, str, str, int]]


def engine_answer(document: RuleDocument, batch: Batch, engine: Engine | None = None) -> Answer:
    return {
        (each.rule_id, each.demand_id, each.resource_id, each.score) for each in decide(document, batch, engine).firings
    }


def agreed(document: RuleDocument, batch: Batch, engine: Engine | None = None) -> Answer:
    """Return the engine's answer after making sure that the evaluator says the same."""
    answer = engine_answer(document, batch, engine)
    assert answer == decide_all(document, batch)
    return answer


def a_batch(demands: Iterator[Demand] | list[Demand], resources: list[Resource]) -> Batch:
    return Batch(tuple(demands), tuple(resources), TAXONOMY)


def stages(version: CompiledVersion) -> list[Any]:
    return [stage for stage in (version.join, version.pair, version.prefer) if stage]


def engine_rules(version: CompiledVersion) -> Iterator[dict[str, Any]]:
    """Yield each handle's rules as the engine would read them."""
    for stage in stages(version):
        for ruleset in stage.rulesets:
            yield json.loads(ruleset.rules_json)


def random_versions(count: int) -> Iterator[CompiledVersion]:
    """Yield compiled random documents; those that are too complex are left out."""
    for seed in range(count):
        try:
            yield compile_document(parse(make_document(Random(seed))))
        except TooComplex:
            continue


def encoded_facts(version: CompiledVersion, batch: Batch) -> Iterator[list[dict[str, Any]]]:
    """Yield each assertion as the engine would read it."""
    found = candidates(batch)
    chunks: list[Any] = []
    if version.join:
        chunks += join_chunks(version.join, found)
    if version.pair:
        chunks += pair_chunks(version.pair, found, found)
    if version.prefer:
        chunks += pair_chunks(version.prefer, found, found, lambda pair: frozenset())
    for chunk in chunks:
        yield json.loads(chunk.facts_json)


def fnv(text: str) -> int:
    """Return the 32-bit hash by which the library tells ids and property names apart."""
    value = 0x811C9DC5
    for byte in text.encode():
        value = ((value ^ byte) * 16777619) & 0xFFFFFFFF
    return value
