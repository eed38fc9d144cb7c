"""What the register and agreements say of a provider decides matches, from the same transaction on."""

from datetime import date, timedelta
from typing import Any

from api import clock, db
from api.commands.pairing import create_pairing, end_pairing
from api.commands.registration import end_registration, submit_registration
from api.commands.rematching import MOST_AT_ONCE
from api.commands.standing import system_viewer
from api.matching.facts import load_demands, load_resources
from api.matching.item import rematch_item
from api.matching.scope import DemandScope, ResourceScope
from api.models import (
    Agreement,
    AgreementPromise,
    Claim,
    ClaimLine,
    Household,
    Job,
    Match,
    Need,
    Pairing,
    Registration,
    Resource,
    Team,
)
from api.models.choices import ItemKind
from api.settings import Settings
from rules.workers import WorkerPool
from tests.api.matching.town import Town, pairs, rule
from tests.factories import runtime_of

TODAY = clock.today()
DAY = timedelta(days=1)


def asks(field: str, op: str = "=", value: Any = True, **more: Any) -> dict[str, Any]:
    return rule(require={"field": field, "op": op, "value": value, **more})


async def match(pool: WorkerPool, *items: Need | Resource) -> set[tuple[int | None, int]]:
    for item in items:
        kind = ItemKind.NEED if isinstance(item, Need) else ItemKind.RESOURCE
        async with db.transaction():
            await rematch_item(pool, kind, item.id)
    return await pairs()


async def fact(town: Town) -> Any:
    (row,) = await load_resources(ResourceScope(town.path("A")))
    return row.fact


async def pairing(town: Town, code: str, **columns: Any) -> Pairing:
    given = {"organisation_id": town.organisation, "valid_from": TODAY, "visibility": "PUBLIC"}
    return await Pairing.create(place_id=town.places[code].id, path=town.path(code), **{**given, **columns})


async def registration(town: Town, **columns: Any) -> Registration:
    place = town.places["A"]
    given = {"status": "ACTIVE", "visibility": "PUBLIC", "organisation_id": town.organisation}
    return await Registration.create(place_id=place.id, community_id=place.id, path=place.path, **{**given, **columns})


async def test_a_unit_paired_elsewhere_before_or_to_come_is_not_matched_one_paired_here_is(
    town: Town, pool: WorkerPool
) -> None:
    await town.publish("A", asks("pair.providerPaired"))
    need = await town.need("A1b", "life.haircut")
    ours = await town.resource("A", "life.haircut")
    other = await town.resource("A", "life.haircut", owner_organisation_id=town.other_organisation)
    await pairing(town, "A2", organisation_id=town.other_organisation)
    await pairing(town, "A1", organisation_id=town.other_organisation, valid_to=TODAY - DAY)
    await pairing(town, "A1", organisation_id=town.other_organisation, valid_from=TODAY + DAY)
    assert await match(pool, need) == set()
    row = await pairing(town, "A1", valid_to=TODAY)
    assert await match(pool, need) == {(need.id, ours.id)}
    assert await match(pool, other) == {(need.id, ours.id)}
    assert [each["field"] for each in (await Match.get()).conditions] == ["pair.providerPaired"]
    await row.delete()
    assert await match(pool, ours) == set()


async def test_pairing_registering_and_ending_both_match_anew_at_once(town: Town, database: Settings) -> None:
    viewer = system_viewer(runtime_of(database), "test")
    either = {"any": [{"field": f"pair.provider{word}", "op": "=", "value": True} for word in ("Paired", "Registered")]}
    await town.publish("A", rule(require=either))
    need = await town.need("A1b", "life.haircut")
    resource = await town.resource("A", "life.haircut")
    found = {(need.id, resource.id)}
    try:
        paired = await create_pairing(viewer, {"organisation": town.organisation, "place": town.places["A1"].id})
        assert await pairs() == found
        await end_pairing(viewer, paired, 1)
        assert await pairs() == set()
        values = {"organisation": town.organisation, "place": town.places["A"].id}
        registered = await submit_registration(viewer, values)
        assert await pairs() == found
        await end_registration(viewer, registered, "搬走了", 2)
        assert await pairs() == set()
        # A helper's own offer is matched with the confirmation.
        offer = {"offer": "上门理发", "category": "life.haircut"}
        helper = await submit_registration(viewer, {"person": town.person, "place": town.places["A1"].id, **offer})
        row = await Registration.get(id=helper)
        assert await pairs() == {(need.id, row.resource_id)}
        # So many offers are left to a job.
        for _ in range(MOST_AT_ONCE):
            await town.resource("A", "life.haircut")
        assert not await Job.exists()
        await create_pairing(viewer, {"organisation": town.organisation, "place": town.places["A1"].id})
        assert (await Job.get()).path == town.path("A")
    finally:
        await viewer.runtime.rules.close()


async def test_who_is_paired_with_a_household_is_matched_to_its_needs_alone(town: Town, pool: WorkerPool) -> None:
    await town.publish("A", asks("pair.providerPaired"))
    homes = [await Household.create(place_id=town.places["A1b"].id, path=town.path("A1b")) for _ in range(2)]
    mine, other = [await town.need("A1b", "life", owner_person_id=None, owner_household_id=home.id) for home in homes]
    helper = await town.resource("A1", "life", owner_organisation_id=None, owner_person_id=town.person)
    await pairing(
        town, "A1b", organisation_id=None, person_id=town.person, household_id=homes[0].id, visibility="ADMINISTRATORS"
    )
    assert await match(pool, mine, other) == {(mine.id, helper.id)}


async def test_a_registration_counts_once_it_is_confirmed_and_for_whom_it_was_made(
    town: Town, pool: WorkerPool
) -> None:
    await town.publish("S", asks("pair.providerRegistered"))
    need = await town.need("A1", "life")
    unit = await town.resource("B", "life")
    helper = await town.resource("A1", "life", owner_organisation_id=None, owner_person_id=town.person)
    waiting = await registration(town, status="PENDING")
    assert await match(pool, need) == set()
    await Registration.filter(id=waiting.id).update(status="ACTIVE")
    assert await match(pool, need) == {(need.id, unit.id)}
    # Its member's registration is the member's.
    await Registration.filter(id=waiting.id).update(person_id=town.person)
    assert await match(pool, need) == {(need.id, helper.id)}


async def test_skills_come_from_registrations_and_teams_and_certificates_run_out(town: Town) -> None:
    await town.resource("A", "life")
    await registration(town, skills=["急救"], certificates=[{"kind": "电工证", "valid_until": TODAY.isoformat()}])
    await registration(town, person_id=town.person, skills=["木工"])
    team = {"name_zh": "队", "place_id": town.places["A"].id, "path": town.path("A"), "lead_person_id": town.person}
    last = [{"kind": "焊工证", "valid_until": (TODAY - DAY).isoformat()}, {"kind": "救护员证", "valid_until": None}]
    await Team.create(**team, organisation_id=town.organisation, skills=["指路"], certificates=last, status="ACTIVE")
    await Team.create(**team, organisation_id=town.organisation, skills=["巡夜"], status="DISBANDED")
    await Team.create(**team, skills=["下棋"], status="ACTIVE")
    found = await fact(town)
    assert found.skills == {"急救", "指路"}
    assert found.certificates == {"电工证", "救护员证"}
    await Resource.all().update(owner_organisation_id=None, owner_person_id=town.person)
    found = await fact(town)
    assert found.skills == {"木工", "指路", "下棋"}


async def test_a_line_that_asks_for_a_skill_is_matched_to_who_has_it(town: Town, pool: WorkerPool) -> None:
    await town.publish("A", asks("pair.skillsMet"))
    need = await town.need("A1", "life.repair", [{"category": "life.repair", "skills": ["电工证"]}])
    resource = await town.resource("A", "life.repair")
    assert await match(pool, need) == set()
    await registration(town, certificates=[{"kind": "电工证", "valid_until": None}])
    assert await match(pool, need) == {(need.id, resource.id)}
    (row,) = await load_demands(DemandScope((town.path("A"),)))
    assert row.fact.skills == {"电工证"}


async def agreement(town: Town, number: str = "1", **columns: Any) -> Agreement:
    place = town.places["A"]
    given = {"status": "IN_FORCE", "valid_from": TODAY - DAY, "valid_to": TODAY, "unit_id": town.organisation}
    return await Agreement.create(
        number=number, title_zh="协议", place_id=place.id, community_id=place.id, path=place.path,
        committee_id=town.other_organisation, visibility="PUBLIC", **{**given, **columns},
    )  # fmt: skip


async def test_a_promise_counts_while_its_agreement_is_in_force_and_until_it_is_used_up(
    town: Town, pool: WorkerPool
) -> None:
    await town.publish("A", asks("pair.promised"))
    need = await town.need("A1", "life.haircut", [{"category": "life.haircut", "quantity": 4, "unit": "PERSON"}])
    resource = await town.resource("A", "life.haircut")
    row = await agreement(town)
    promise = await AgreementPromise.create(
        agreement_id=row.id, position=0, category="life", quantity=10, unit="PERSON"
    )
    for outside in (
        {"status": "SIGNED"},
        {"status": "IN_FORCE", "valid_to": TODAY - DAY},
        {"valid_from": TODAY + DAY, "valid_to": TODAY + DAY},
    ):
        await Agreement.all().update(**outside)
        assert await match(pool, need) == set(), outside
    await Agreement.all().update(valid_from=date(2026, 1, 1), valid_to=TODAY)
    assert await match(pool, need) == {(need.id, resource.id)}
    claim = await Claim.create(path=town.path("A"), status="ACCEPTED", organisation_id=town.organisation)
    line = await ClaimLine.create(
        claim_id=claim.id, promise_id=promise.id, category="life.haircut", unit="PERSON", quantity=10
    )
    assert (await fact(town)).promises == ((town.path("A"), "life", 0.0, "PERSON"),)
    assert await match(pool, need) == set()
    # What was delivered counts once it is known, and a claim that is handed back holds nothing.
    await ClaimLine.filter(id=line.id).update(delivered=7.5)
    assert (await fact(town)).promises[0][2] == 2.5
    assert await match(pool, need) == {(need.id, resource.id)}
    await Claim.all().update(status="RELEASED")
    assert (await fact(town)).promises[0][2] == 10


async def test_promises_of_hours_of_any_quantity_and_in_another_unit(town: Town) -> None:
    await town.resource("A", "life")
    row = await agreement(town)
    claim = await Claim.create(path=town.path("A"), status="COMPLETED", organisation_id=town.organisation)
    kinds: tuple[dict[str, Any], ...] = ({"hours": 6}, {}, {"quantity": 3, "unit": "SET"})
    for position, given in enumerate(kinds):
        promise = await AgreementPromise.create(agreement_id=row.id, position=position, category="life", **given)
        await ClaimLine.create(claim_id=claim.id, promise_id=promise.id, category="life", unit="HOUR", quantity=2)
    path = town.path("A")
    assert (await fact(town)).promises == (
        (path, "life", 4.0, "HOUR"), (path, "life", 4.0, "PERSON_HOUR"), (path, "life", None, None),
        (path, "life", 3.0, "SET"),
    )  # fmt: skip
