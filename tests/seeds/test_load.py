"""The story as it is loaded: once, whole, and with every starting rule at work."""

import json
from collections.abc import AsyncIterator

import pytest

from api.jobs import run_waiting_jobs
from api.matching.facts import load_demands, load_resources
from api.matching.scope import DemandScope, ResourceScope
from api.matching.taxonomy import load_known
from api.models import AuditEntry, Match, Need, Place
from api.runtime import Runtime
from api.settings import Settings
from auth.enforcement import AuthoriserHolder
from auth.policy import load_shipped
from rules.evaluator import addresses, evaluate
from rules.evaluator_facts import kinship
from rules.language import parse
from rules.workers import WorkerPool
from seeds.files import document, entries
from seeds.load import load_demo
from tests.api.feed.drifting import drifted, never_told


@pytest.fixture
async def runtime(database: Settings) -> AsyncIterator[Runtime]:
    pool = WorkerPool(1, timeout_seconds=20)
    await pool.open()
    yield Runtime(database, AuthoriserHolder(load_shipped()), pool)
    await pool.close()


@pytest.mark.timeout(300)
async def test_the_story_is_loaded_once_and_every_starting_rule_fires_and_refuses(runtime: Runtime) -> None:
    assert await load_demo(runtime)
    await run_waiting_jobs(runtime)
    before = (await Need.all().count(), await AuditEntry.all().count(), await Match.all().count())

    assert not await load_demo(runtime)

    assert (await Need.all().count(), await AuditEntry.all().count(), await Match.all().count()) == before
    assert before[0] == len(entries("needs"))
    rules = parse(_document()).rules
    fired = {match.rule_id for match in await Match.all().only("rule_id")}
    assert fired == {rule.id for rule in rules}
    assert await _refusing() == fired
    # Whoever follows the change feed knows all of it, as it is.
    assert (await never_told(), await drifted()) == ([], [])


def _document() -> object:
    return json.loads(document(entries("rule_sets")[0]["document"]))


async def _refusing() -> set[str]:
    """Return the rules that refuse a kindred pair in one of the places where they are published."""
    rules, taxonomy, refusing = parse(_document()).rules, (await load_known()).taxonomy, set()
    for entry in entries("rule_sets"):
        path = (await Place.get(code=entry["place"])).path
        demands, resources = await load_demands(DemandScope((path,))), await load_resources(ResourceScope(path))
        for demand in demands:
            for resource in resources:
                if kinship(resource.fact.category, demand.fact.category, taxonomy) is None:
                    continue
                for rule in rules:
                    if (
                        addresses(rule, demand.fact.kind)
                        and not evaluate(rule, demand.fact, resource.fact, taxonomy).holds
                    ):
                        refusing.add(rule.id)
    return refusing
