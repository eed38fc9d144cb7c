"""Decide a batch with a document: every match is the engine's word."""

from __future__ import annotations

from collections.abc import Sequence

from rules.compiler import CompiledVersion, EngineRuleset, Stage, compile_document, read_rule_name
from rules.decision import Decision, Firing, Part
from rules.document import RuleDocument
from rules.encoder import Candidates, Chunk, Pair, candidates, join_chunks, pair_chunks
from rules.engine import Engine, EngineFault
from rules.facts import Batch

Accepted = dict[tuple[int, int], dict[int, int]]
"""(demand, resource) to the accepting rules, each with its smallest branch."""


def decide(document: RuleDocument, batch: Batch, engine: Engine | None = None) -> Decision:
    """Decide in this process (tests, the worker); the server uses ``rules/workers.py``.

    Raises:
        TooComplex: the document exceeds a limit once written out.
        EncodingRefused: a fact must not reach the engine.
        EngineFault: the engine did not answer as it must.
    """
    return decide_compiled(compile_document(document), batch, engine or Engine())


def decide_compiled(version: CompiledVersion, batch: Batch, engine: Engine) -> Decision:
    """Decide a batch with a compiled version; raises as ``decide`` does."""
    found = candidates(batch)
    accepted: Accepted = {}
    if version.join is not None:
        for chunk in join_chunks(version.join, found):
            _join(version.join, chunk, engine, accepted)
    if version.pair is not None:
        for chunk in pair_chunks(version.pair, found, found):
            _pair(version.pair, chunk, engine, accepted)
    earned: dict[tuple[int, int, int], set[int]] = {}
    if version.prefer is not None:
        _prefer(version.prefer, found, engine, accepted, earned)
    firings = _firings(version.document, batch, accepted, earned)
    return Decision(version.version_hash, firings, found.pairs, version.engine_rules)


def _join(stage: Stage, chunk: Chunk, engine: Engine, accepted: Accepted) -> None:
    for ruleset in stage.rulesets:
        for name, matches in engine.run(ruleset, chunk.facts_json):
            rule, _, branch = read_rule_name(name)
            for match in matches:
                demand = chunk.demands[int(match["n"]["id"][1:])]
                resource = chunk.resources[int(match["x"]["id"][1:])]
                _accept(accepted, demand, resource, rule, branch)


def _pair(stage: Stage, chunk: Chunk, engine: Engine, accepted: Accepted) -> None:
    for ruleset in stage.rulesets:
        for (rule, _, branch), pair in _pair_matches(ruleset, chunk, engine):
            _accept(accepted, pair[0], pair[1], rule, branch)


def _accept(accepted: Accepted, demand: int, resource: int, rule: int, branch: int) -> None:
    by_rule = accepted.setdefault((demand, resource), {})
    by_rule[rule] = min(branch, by_rule.get(rule, branch))


def _prefer(
    stage: Stage,
    found: Candidates,
    engine: Engine,
    accepted: Accepted,
    earned: dict[tuple[int, int, int], set[int]],
) -> None:
    asking = frozenset(stage.asking)
    demands, resources = found.batch.demands, found.batch.resources
    pairs: list[Pair] = [
        (demand, resource, found.kindred[demands[demand].category][resources[resource].category])
        for (demand, resource), by_rule in accepted.items()
        if not asking.isdisjoint(by_rule)
    ]
    chunks = pair_chunks(stage, found, pairs, lambda pair: frozenset(accepted[pair[0], pair[1]]))
    for chunk in chunks:
        for ruleset in stage.rulesets:
            for (rule, preference, _), pair in _pair_matches(ruleset, chunk, engine):
                if preference is None:
                    raise EngineFault("a preference fired under the name of a rule")
                earned.setdefault((pair[0], pair[1], rule), set()).add(preference)


def _pair_matches(
    ruleset: EngineRuleset, chunk: Chunk, engine: Engine
) -> list[tuple[tuple[int, int | None, int], Pair]]:
    return [
        (read_rule_name(name), chunk.pairs[int(match["m"]["id"][1:])])
        for name, matches in engine.run(ruleset, chunk.facts_json)
        for match in matches
    ]


def _firings(
    document: RuleDocument,
    batch: Batch,
    accepted: Accepted,
    earned: dict[tuple[int, int, int], set[int]],
) -> tuple[Firing, ...]:
    found: list[Firing] = []
    for (demand, resource), by_rule in sorted(accepted.items()):
        for index in sorted(by_rule):
            rule = document.rules[index]
            preferred: Sequence[int] = sorted(earned.get((demand, resource, index), ()))
            parts = (
                Part("points", rule.points),
                *(Part(f"prefer[{at}]", rule.prefer[at].points) for at in preferred),
            )
            found.append(
                Firing(
                    rule.id,
                    by_rule[index],
                    batch.demands[demand].id,
                    batch.resources[resource].id,
                    rule.points,
                    parts,
                    sum(part.points for part in parts),
                )
            )
    return tuple(found)
