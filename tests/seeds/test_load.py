"""The story as it is loaded: once, whole, and with every starting rule at work."""

import json
from collections import Counter
from collections.abc import AsyncIterator
from datetime import date
from itertools import product

import pytest

from api import clock
from api.context import Context
from api.jobs import run_waiting_jobs
from api.matching.facts import load_demands, load_resources
from api.matching.scope import DemandScope, ResourceScope
from api.matching.taxonomy import load_known
from api.models import (
    Agreement,
    AuditEntry,
    Claim,
    CollectionInvitation,
    CollectionRound,
    FallbackProvider,
    ItemList,
    Match,
    Need,
    Organisation,
    Pairing,
    Place,
    Registration,
    Resource,
    SearchText,
    ServicePoint,
)
from api.plan.viewer import Viewer
from api.runtime import Runtime
from api.search.indexing import index_all
from api.settings import Settings
from api.state_machines.item_list import ListStatus
from api.state_machines.need import NeedStatus
from auth.enforcement import AuthoriserHolder
from auth.policy import load_shipped
from auth.principal import HeldRole, Principal, PrincipalKind
from auth.roles import Role
from rules.evaluator import addresses, evaluate
from rules.evaluator_facts import kinship
from rules.language import RuleDocument, parse
from rules.workers import WorkerPool
from seeds.files import document, entries, noon
from seeds.load import load_demo
from seeds.story import told
from tests.api.feed.drifting import drifted, never_told
from tests.api.reading import schema


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
    assert before[0] == len(told("needs"))
    assert {need.status for need in await Need.all().only("status")} == set(NeedStatus)
    assert Counter(await Claim.all().values_list("status", flat=True)) == Counter(c["status"] for c in told("claims"))
    assert Counter(await Agreement.all().values_list("status", flat=True)) == {"IN_FORCE": 21, "EXPIRED": 1}
    assert await Registration.filter(person_id=None, status="ACTIVE").count() == 87
    assert await Pairing.all().count() == len(told("pairings"))
    assert await ServicePoint.all().count() == len(told("service_points"))
    assert await FallbackProvider.all().count() == len(entries("fallbacks"))
    helpers = await Registration.filter(person_id__not_isnull=True, status="ACTIVE").count()
    assert helpers == len(told("registrations")) - 87
    assert await Resource.all().count() == len(told("resources")) + len(told("service_items")) + helpers
    assert await Organisation.all().count() == len(told("organisations"))
    town = (await Place.get(code="140881")).path
    await _rounds_are_under_way()
    await _some_of_the_register_is_old(runtime)
    lists = await ItemList.filter(path__startswith=town, status=ListStatus.PUBLISHED).values_list("kind", flat=True)
    assert Counter(lists) == {"RESOURCE": 110, "NEED": 89, "PROJECT": 45}
    known = {rule.id for name in DOCUMENTS for rule in _document(name).rules}
    assert {match.rule_id for match in await Match.all().only("rule_id")} == known
    assert await _refusing() == known
    # Whoever follows the change feed knows all of it, as it is.
    assert (await never_told(), await drifted()) == ([], [])
    # And whatever was written is found by its words.
    assert await SearchText.filter(title__contains=" 电梯 ").exists()
    assert await index_all() == 0


async def _rounds_are_under_way() -> None:
    """In each round some were published and some only handed in, and some of the invited did nothing yet."""
    rounds = await CollectionRound.filter(status="OPEN")
    assert len({each.community_id for each in rounds}) == len(entries("collection_rounds")) >= 2
    states: Counter[str] = Counter()
    for each in rounds:
        asked = await CollectionInvitation.filter(round_id=each.id)
        assert any(row.owner_household_id for row in asked)
        assert any(row.owner_organisation_id for row in asked)
        answers = await ItemList.filter(invitation_id__in=[row.id for row in asked])
        assert 0 < len({row.invitation_id for row in answers}) < len(asked)
        (out,) = [row for row in answers if row.status is ListStatus.PUBLISHED]
        assert (out.number[:3], out.published_on) == ("永济-", date(2026, 10, 17))
        states.update(row.status for row in answers)
    assert states == {"PUBLISHED": 2, "SUBMITTED": 2, "CONFIRMED": 1, "RETURNED": 1}


async def _some_of_the_register_is_old(runtime: Runtime) -> None:
    """Those in charge of three communities find what nobody has confirmed for a year, each their own."""
    query = "{ unconfirmed(first: 100) { nodes { __typename } } }"
    found = []
    for code in ("140881001008", "140881001005", "140881003002"):
        path = (await Place.get(code=code)).path
        held = (HeldRole(Role.COMMITTEE_ADMINISTRATOR, path),)
        viewer = Viewer(Principal(PrincipalKind.PERSON, held=held), runtime.policy.current, runtime)
        with clock.fixed(noon("2026-11-22")):
            answer = await schema().execute(query, context_value=Context(viewer))
        assert answer.data, answer.errors
        found.append(Counter(node["__typename"] for node in answer.data["unconfirmed"]["nodes"]))
    assert found == [
        {"Registration": 2, "Pairing": 3}, {"Registration": 2, "Pairing": 2}, {"Registration": 1, "Pairing": 1}
    ]  # fmt: skip


DOCUMENTS = sorted({str(entry["document"]) for entry in entries("rule_sets")})


def _document(name: str) -> RuleDocument:
    return parse(json.loads(document(name)))


async def _refusing() -> set[str]:
    """Return the rules that refuse a kindred pair in one of the places where they are published."""
    taxonomy, refusing = (await load_known()).taxonomy, set[str]()
    for entry in entries("rule_sets"):
        rules, path = _document(entry["document"]).rules, (await Place.get(code=entry["place"])).path
        demands, resources = await load_demands(DemandScope((path,))), await load_resources(ResourceScope(path))
        for demand, resource in product(demands, resources):
            waiting = [rule for rule in rules if rule.id not in refusing and addresses(rule, demand.fact.kind)]
            if not waiting or kinship(resource.fact.category, demand.fact.category, taxonomy) is None:
                continue
            refusing |= {rule.id for rule in waiting if not evaluate(rule, demand.fact, resource.fact, taxonomy).holds}
    return refusing
