"""What the register and agreements say of a provider decides matches, from the same transaction on."""

from typing import Any

from api.commands.pairing import create_pairing, end_pairing
from api.commands.registration import end_registration, submit_registration
from api.commands.rematching import MOST_AT_ONCE
from api.commands.standing import system_viewer
from api.matching.day import touched_by_days
from api.matching.facts import load_demands
from api.matching.scope import DemandScope
from api.models import (
    FallbackProvider,
    Household,
    Job,
    Match,
    Pairing,
    Place,
    Registration,
    Resource,
    Team,
)
from api.models.choices import ItemKind
from api.settings import Settings
from rules.workers import WorkerPool
from tests.api.matching.providing import DAY, TODAY, asks, fact, match
from tests.api.matching.town import Town, pairs, rule
from tests.factories import runtime_of


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
        assert (await Job.get()).path == town.path("A1")
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
    assert found.certificates == set(), "what a team can prove is not its lead's"


async def test_a_team_s_certificate_opens_nothing_to_what_its_lead_offers_alone(town: Town, pool: WorkerPool) -> None:
    await town.publish("A", asks("pair.skillsMet"))
    need = await town.need("A1", "life.repair", [{"category": "life.repair", "skills": ["电工证"]}])
    mine = await town.resource("A1", "life.repair", owner_organisation_id=None, owner_person_id=town.person)
    unit = await town.resource("A", "life.repair")
    place = town.places["A"]
    team = await Team.create(
        name_zh="电工队", place_id=place.id, path=place.path, lead_person_id=town.person, status="ACTIVE",
        certificates=[{"kind": "电工证", "valid_until": None}],
    )  # fmt: skip
    assert await match(pool, need) == set()
    await Team.filter(id=team.id).update(organisation_id=town.organisation)
    assert await match(pool, need) == {(need.id, unit.id)}
    assert await match(pool, mine) == {(need.id, unit.id)}
    await registration(town, person_id=town.person, certificates=[{"kind": "电工证", "valid_until": None}])
    assert await match(pool, mine) == {(need.id, unit.id), (need.id, mine.id)}


async def test_a_line_that_asks_for_a_skill_is_matched_to_who_has_it(town: Town, pool: WorkerPool) -> None:
    await town.publish("A", asks("pair.skillsMet"))
    need = await town.need("A1", "life.repair", [{"category": "life.repair", "skills": ["电工证"]}])
    resource = await town.resource("A", "life.repair")
    assert await match(pool, need) == set()
    await registration(town, certificates=[{"kind": "电工证", "valid_until": None}])
    assert await match(pool, need) == {(need.id, resource.id)}
    (row,) = await load_demands(DemandScope((town.path("A"),)))
    assert row.fact.skills == {"电工证"}


async def test_who_steps_in_counts_where_no_firm_works_and_for_what_is_named(town: Town, pool: WorkerPool) -> None:
    await town.publish("S", asks("pair.providerFallback"))
    need = await town.need("A1", "life.repair")
    others = [await town.need(code, category) for code, category in (("A2", "life.repair"), ("A1", "care.meal"))]
    resource = await town.resource("A", "life")
    meals = await town.resource("A", "care")
    await Place.filter(id=town.places["A1"].id).update(has_property_firm=False)
    named: dict[str, Any] = {"organisation_id": town.other_organisation, "categories": ["life"]}
    place = town.places["A"]
    await FallbackProvider.create(place_id=place.id, path=place.path, **named)
    assert await match(pool, need, *others) == set()
    await FallbackProvider.all().update(organisation_id=town.organisation)
    assert await match(pool, need, *others) == {(need.id, resource.id)}
    await FallbackProvider.all().update(categories=[])
    assert await match(pool, need, *others) == {(need.id, resource.id), (others[1].id, meals.id)}


async def test_a_night_in_which_something_lapses_matches_the_provider_s_resources_anew(town: Town) -> None:
    unit = await town.resource("A", "life")
    helper = await town.resource("A1", "life", owner_organisation_id=None, owner_person_id=town.person)
    await town.resource("A", "life", owner_organisation_id=town.other_organisation)

    async def touched() -> set[int]:
        return {key for kind, key in await touched_by_days(TODAY, TODAY) if kind is ItemKind.RESOURCE}

    await pairing(town, "A1", valid_from=TODAY - DAY, valid_to=TODAY)
    await registration(town, certificates=[{"kind": "电工证", "valid_until": TODAY.isoformat()}])
    assert await touched() == set()
    await Pairing.all().update(valid_to=TODAY - DAY)
    assert await touched() == {unit.id}
    await Pairing.all().update(valid_from=TODAY, valid_to=None, organisation_id=None, person_id=town.person)
    assert await touched() == {helper.id}
    lapsed = [{"kind": "电工证", "valid_until": (TODAY - DAY).isoformat()}]
    await Registration.all().update(certificates=lapsed)
    assert await touched() == {unit.id, helper.id}
    await Registration.all().delete()
    await Pairing.all().delete()
    place = town.places["A"]
    team = await Team.create(
        name_zh="队", place_id=place.id, path=place.path, lead_person_id=town.person, status="ACTIVE",
        certificates=lapsed,
    )  # fmt: skip
    assert await touched() == set(), "its certificate said nothing of what the lead offers"
    await Team.filter(id=team.id).update(organisation_id=town.organisation)
    assert await touched() == {unit.id}
