"""Ask the engine about a scope and check every answer with the evaluator before it counts."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import structlog

from api.matching.batches import batches
from api.matching.facts import DemandRow, ResourceRow
from api.matching.faults import REFUSED, EngineDisagrees, VersionFailed
from api.matching.taxonomy import Known
from api.matching.versions import Version
from rules.atoms import TooComplex
from rules.decision import Firing, best_per_pair
from rules.encoder_values import EncodingRefused
from rules.evaluator import Verdict, evaluate
from rules.facts import Batch, Taxonomy
from rules.problems import DocumentProblems
from rules.workers import WorkerFailed, WorkerPool

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Finding:
    """A pair that a version accepts: the engine's best firing, and the evaluator's view of it."""

    version: Version
    demand: DemandRow
    resource: ResourceRow
    firing: Firing
    verdict: Verdict


async def decide(
    pool: WorkerPool,
    version: Version,
    demands: Sequence[DemandRow],
    resources: Sequence[ResourceRow],
    known: Known,
) -> list[Finding]:
    """Return the best finding of every pair that the version accepts.

    Raises:
        VersionFailed: the engine came to no decision within its limits.
        EngineDisagrees: the evaluator answers otherwise; nothing of the batch counts.
    """
    found: list[Finding] = []
    for asked, offered in batches(demands, resources, known):
        firings = await _firings(pool, version, asked, offered, known.taxonomy)
        found += await asyncio.to_thread(_checked, version, firings, asked, offered, known.taxonomy)
    return found


async def _firings(
    pool: WorkerPool,
    version: Version,
    demands: Sequence[DemandRow],
    resources: Sequence[ResourceRow],
    taxonomy: Taxonomy,
) -> Sequence[Firing]:
    batch = Batch(tuple(row.fact for row in demands), tuple(row.fact for row in resources), taxonomy)
    try:
        decision = await pool.decide(version.json, batch)
    except WorkerFailed as fault:
        raise VersionFailed(version.id, fault.reason, fault.detail) from fault
    except (DocumentProblems, TooComplex, EncodingRefused) as refusal:
        raise VersionFailed(version.id, REFUSED, str(refusal)) from refusal
    return decision.firings


def _checked(
    version: Version,
    firings: Iterable[Firing],
    demands: Sequence[DemandRow],
    resources: Sequence[ResourceRow],
    taxonomy: Taxonomy,
) -> list[Finding]:
    asked = {row.fact.id: row for row in demands}
    offered = {row.fact.id: row for row in resources}
    place_of = {rule.id: index for index, rule in enumerate(version.document.rules)}
    verdicts: dict[tuple[str, str, str], Verdict] = {}
    kept = list(firings)
    for firing in kept:
        index = place_of[firing.rule_id]
        demand, resource = asked[firing.demand_id].fact, offered[firing.resource_id].fact
        rule = version.document.rules[index]
        verdict = evaluate(rule, demand, resource, taxonomy, f"rules[{index}]")
        if not verdict.holds or verdict.score != firing.score:
            _alarm(version, firing, verdict)
        verdicts[firing.rule_id, firing.demand_id, firing.resource_id] = verdict
    return [
        Finding(
            version,
            asked[best.demand_id],
            offered[best.resource_id],
            best,
            verdicts[best.rule_id, best.demand_id, best.resource_id],
        )
        for best in best_per_pair(kept, version.document)
    ]


def _alarm(version: Version, firing: Firing, verdict: Verdict) -> None:
    log.error(
        "engine and evaluator disagree",
        version=version.id,
        rule=firing.rule_id,
        branch=firing.branch,
        line=firing.demand_id,
        resource=firing.resource_id,
        engine_score=firing.score,
        evaluator_score=verdict.score,
    )
    raise EngineDisagrees(version.id, f"{firing.rule_id} on line {firing.demand_id} and resource {firing.resource_id}")
