"""Encode a batch into the fact texts that durable_rules is given, chunk by chunk.

A chunk is what one assertion holds: never empty, every property that a rule names
present in every fact, ids local to the chunk, the sentinel last. Two categories never
meet in a join, so a batch is cut between categories.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from rules.compiler import SENTINEL, Stage
from rules.derivation import Kin, KinIndex
from rules.encoder_terms import fact_text, join_place_text, kin_text, pair_text
from rules.encoder_values import FALSE, TRUE, EncodingRefused, plain_text
from rules.facts import Batch
from rules.patterns import (
    CATEGORY,
    DEMAND_KIND,
    KIND,
    PAIR_KIND,
    RESOURCE_KIND,
    accepted_name,
    on_demand,
)
from rules.vocabulary import SAME_PLACE

MAX_PAIRS: Final = 2_000_000
FACTS_A_CHUNK: Final = 4_000
MAX_FACTS_A_CHUNK: Final = 40_000
"""Facts of one category cannot be cut apart; each takes about 8 kB in the engine."""
PAIRS_A_CHUNK: Final = 1_000
_SENTINEL_FACT: Final = f'{{"id":"{SENTINEL}","{SENTINEL}":1}}'

Pair = tuple[int, int, Kin]
"""Index of the demand, index of the resource, kinship of their categories."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Hold one assertion and what its local ids stand for.

    In a join ``d3`` stands for the demand with the index ``demands[3]`` in the batch,
    ``r5`` for the resource with the index ``resources[5]``; a pair ``p7`` is
    ``pairs[7]``. The library tells ids apart by a 32-bit hash; those that a chunk can
    have never collide (tests/rules/test_engine_boundary.py).
    """

    facts_json: str
    demands: Sequence[int] = ()
    resources: Sequence[int] = ()
    pairs: Sequence[Pair] = ()


@dataclass(frozen=True, slots=True)
class Candidates:
    """Hold the kindred pairs of a batch by category, before any rule is asked."""

    batch: Batch
    kin: KinIndex
    demands_of: Mapping[str, Sequence[int]]
    resources_of: Mapping[str, Sequence[int]]
    kindred: Mapping[str, Mapping[str, Kin]]
    pairs: int

    def __iter__(self) -> Iterator[Pair]:
        """Yield every candidate pair, category by category."""
        for category, relatives in self.kindred.items():
            for demand in self.demands_of[category]:
                for other, kin in relatives.items():
                    for resource in self.resources_of[other]:
                        yield demand, resource, kin


def candidates(batch: Batch) -> Candidates:
    """Index the kindred categories of a batch.

    Raises:
        EncodingRefused: an id is used twice, a category is no plain text, or there are
            more than 2,000,000 candidate pairs.
    """
    _refuse_duplicates("demands", [demand.id for demand in batch.demands])
    _refuse_duplicates("resources", [resource.id for resource in batch.resources])
    demands_of = _by_category([demand.category for demand in batch.demands])
    resources_of = _by_category([resource.category for resource in batch.resources])
    kin = KinIndex(batch.taxonomy, resources_of)
    kindred = {category: found for category in demands_of if (found := kin.kindred(category))}
    pairs = sum(
        len(demands_of[category]) * len(resources_of[other]) for category, found in kindred.items() for other in found
    )
    if pairs > MAX_PAIRS:
        raise EncodingRefused(
            "batch",
            f"可比的组合有 {pairs} 对,超过 {MAX_PAIRS} 对,请缩小范围",
            f"{pairs} candidate pairs are more than {MAX_PAIRS}; take a smaller scope",
        )
    return Candidates(batch, kin, demands_of, resources_of, kindred, pairs)


def _refuse_duplicates(path: str, ids: Sequence[object]) -> None:
    if not all(isinstance(each, str) for each in ids) or len(set(ids)) != len(ids):
        raise EncodingRefused(path, "编号应是文字且不重复", "ids are texts and used once")


def _by_category(codes: Sequence[object]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for at, code in enumerate(codes):
        if not isinstance(code, str):
            raise EncodingRefused("category", "类别编号应是文字", "a category code is a text")
        found.setdefault(code, []).append(at)
    for code in found:
        plain_text(code, "category")
    return found


def join_chunks(stage: Stage, found: Candidates) -> Iterator[Chunk]:
    """Yield the facts of a join: each demand once, each resource once a kindred category.

    Raises:
        EncodingRefused: a value must not reach the engine, or one category alone has
            more facts than a chunk may hold.
    """
    write_demand, write_resource, write_kin = _join_writers(stage, found)
    facts: list[str] = []
    asking: list[int] = []
    resources: list[int] = []
    written: dict[int, str] = {}
    for category, relatives in found.kindred.items():
        demands = found.demands_of[category]
        coming = len(demands) + sum(len(found.resources_of[other]) for other in relatives)
        if coming > MAX_FACTS_A_CHUNK:
            raise EncodingRefused(
                "batch",
                f"类别“{category}”一次超过 {MAX_FACTS_A_CHUNK} 条,请缩小范围",
                f"the category “{category}” has more than {MAX_FACTS_A_CHUNK} facts at once",
            )
        if facts and len(facts) + coming > FACTS_A_CHUNK:
            yield Chunk(_assertion(facts), asking, resources)
            facts, asking, resources = [], [], []
        key = f'"{CATEGORY}":{plain_text(category, CATEGORY)}'
        for at in demands:
            body = write_demand(found.batch.demands[at])
            facts.append(f'{{"id":"d{len(asking)}","{KIND}":{DEMAND_KIND},{key}{body}}}')
            asking.append(at)
        for other, kin in relatives.items():
            tail = f"{key}{write_kin(kin)}"
            for at in found.resources_of[other]:
                text = written.get(at)
                if text is None:
                    text = written[at] = write_resource(found.batch.resources[at])
                head = f'{{"id":"r{len(resources)}","{KIND}":{RESOURCE_KIND},'
                facts.append(f"{head}{tail}{text}}}")
                resources.append(at)
    if facts:
        yield Chunk(_assertion(facts), asking, resources)


_Writer = Callable[[Any], str]


def _join_writers(stage: Stage, found: Candidates) -> tuple[_Writer, _Writer, _Writer]:
    demand: list[tuple[str, _Writer]] = []
    resource: list[tuple[str, _Writer]] = []
    kin: list[tuple[str, _Writer]] = []
    for term, name in stage.names.items():
        if term.field in SAME_PLACE:
            demand.append((name, join_place_text(term, of_resource=False)))
            resource.append((name, join_place_text(term, of_resource=True)))
        elif term.field.startswith("pair."):
            kin.append((name, kin_text(term)))
        else:
            (demand if on_demand(term) else resource).append((name, fact_text(term, found.kin)))
    return _joined(demand), _joined(resource), _joined(kin)


def _joined(writers: Sequence[tuple[str, _Writer]]) -> _Writer:
    return lambda fact: "".join([f',"{name}":{write(fact)}' for name, write in writers])


def pair_chunks(
    stage: Stage,
    found: Candidates,
    pairs: Iterable[Pair],
    accepted: Callable[[Pair], frozenset[int]] | None = None,
) -> Iterator[Chunk]:
    """Yield facts of pairs; ``accepted`` names the rules that took a pair (preferences).

    Raises:
        EncodingRefused: a value must not reach the engine.
    """
    batch = found.batch
    sides: dict[bool, list[tuple[str, _Writer]]] = {True: [], False: []}
    both: list[tuple[str, Callable[..., str]]] = []
    for term, name in stage.names.items():
        if term.field.startswith("pair."):
            both.append((name, pair_text(term)))
        else:
            sides[on_demand(term)].append((name, fact_text(term, found.kin)))
    write_demand, write_resource = _joined(sides[True]), _joined(sides[False])
    of_demand = _remembered(lambda at: write_demand(batch.demands[at]))
    of_resource = _remembered(lambda at: write_resource(batch.resources[at]))
    held: list[Pair] = []
    facts: list[str] = []
    for pair in pairs:
        at, other, kin = pair
        demand, resource = batch.demands[at], batch.resources[other]
        tail = "".join([f',"{name}":{write(demand, resource, kin)}' for name, write in both])
        if accepted is not None:
            tail += _flags(stage.asking, accepted(pair))
        head = f'{{"id":"p{len(held)}","{KIND}":{PAIR_KIND}'
        facts.append(f"{head}{of_demand(at)}{of_resource(other)}{tail}}}")
        held.append(pair)
        if len(held) == PAIRS_A_CHUNK:
            yield Chunk(_assertion(facts), pairs=held)
            held, facts = [], []
    if held:
        yield Chunk(_assertion(facts), pairs=held)


def _flags(asking: Sequence[int], accepted: frozenset[int]) -> str:
    return "".join(f',"{accepted_name(rule)}":{TRUE if rule in accepted else FALSE}' for rule in asking)


def _remembered(write: Callable[[int], str]) -> Callable[[int], str]:
    held: dict[int, str] = {}

    def remember(at: int) -> str:
        text = held.get(at)
        if text is None:
            text = held[at] = write(at)
        return text

    return remember


def _assertion(facts: Sequence[str]) -> str:
    return f"[{','.join(facts)},{_SENTINEL_FACT}]"
