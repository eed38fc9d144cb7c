"""What a unit promised counts while the agreement is in force and until claims have used it up."""

from datetime import date
from typing import Any

from api.models import Agreement, AgreementPromise, Claim, ClaimLine
from rules.workers import WorkerPool
from tests.api.matching.providing import DAY, TODAY, asks, fact, match
from tests.api.matching.town import Town


async def agreement(town: Town, number: str = "1", **columns: Any) -> Agreement:
    place = town.places["A"]
    given = {"status": "IN_FORCE", "valid_from": TODAY - DAY, "valid_to": TODAY, "unit_id": town.organisation}
    return await Agreement.create(
        number=number, title_zh="协议", place_id=place.id, community_id=place.id, path=place.path,
        committee_id=town.other_organisation, visibility="PUBLIC", signed_visibility="PUBLIC", **{**given, **columns},
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
        {"status": "PROPOSED"},
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
