"""Agreements over GraphQL: who sees which, filters, what is broken at a place, and what can be served under one."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from api import clock
from api.errors import NotFound
from api.models import Agreement, AgreementPromise, AgreementSignature
from api.models.choices import Visibility
from api.state_machines.agreement import AgreementStatus
from api.state_machines.claim import ClaimStatus
from auth.principal import ANONYMOUS, Principal
from auth.roles import Role
from tests.api.agreements import NOON, a_claim, a_need, an_agreement, promises_of
from tests.api.reading import answer, ask
from tests.factories import Town

S = AgreementStatus
REPAIR: dict[str, Any] = {"category": "life.repair", "quantity": 10.0, "unit": "PIECE", "due_on": date(2026, 6, 14)}
IDS = "query ($f: AgreementFilter) { agreements(first: 100, filter: $f) { totalCount nodes { id } } }"


async def listed(principal: Principal, **filters: Any) -> set[int]:
    with clock.fixed(NOON):
        page = (await answer(IDS, principal, f=filters))["agreements"]
    assert page["totalCount"] == len(page["nodes"])
    return {int(node["id"].partition(":")[2]) for node in page["nodes"]}


async def in_every_state(town: Town) -> dict[str, Agreement]:
    committee, unit = await town.organisation("A", "RESIDENTS_COMMITTEE"), await town.organisation()
    found = {}
    for status in S:
        hidden = status in (S.DRAFT, S.PROPOSED)
        found[status.value] = await an_agreement(
            town, [REPAIR], committee_id=committee, unit_id=unit, status=status,
            visibility=Visibility.ADMINISTRATORS if hidden else Visibility.PUBLIC,
            in_force_on=None if hidden or status is S.SIGNED else date(2026, 1, 1),
            ended_on=date(2026, 6, 1) if status in (S.ENDED, S.FULFILLED) else None,
        )  # fmt: skip
    return found


async def test_before_both_have_signed_only_the_two_sides_and_the_staff_see_it(town: Town) -> None:
    rows = await in_every_state(town)
    early = {rows["DRAFT"].id, rows["PROPOSED"].id}
    late = {row.id for row in rows.values()} - early
    one = rows["DRAFT"]
    outside = [
        ANONYMOUS,
        town.viewer(Role.UNIT_REPRESENTATIVE, organisation=await town.organisation()).principal,
        town.administrator("B").principal,
        town.viewer(Role.RESIDENT, member_of="A").principal,
    ]
    for principal in outside:
        assert await listed(principal) == late
        for name, model in (("Agreement", Agreement), ("AgreementPromise", AgreementPromise)):
            key = one.id if model is Agreement else (await promises_of(one))[0].id
            assert (await answer(f'{{ node(id: "{name}:{key}") {{ id }} }}', principal))["node"] is None
    inside = [
        town.administrator().principal,
        town.viewer(Role.DEPARTMENT_OFFICER, "S").principal,
        town.viewer(Role.ADJUNCT_MEMBER).principal,
        town.viewer(Role.UNIT_REPRESENTATIVE, organisation=one.unit_id).principal,
        town.viewer(Role.RESIDENT, organisation=one.committee_id).principal,
    ]
    for principal in inside:
        assert await listed(principal) == early | late


async def test_members_alone_see_what_is_meant_for_members(town: Town) -> None:
    row = await an_agreement(town, [REPAIR], visibility=Visibility.MEMBERS)
    assert await listed(ANONYMOUS) == set()
    assert await listed(town.viewer(Role.RESIDENT, "B", member_of="B").principal) == set()
    assert await listed(town.viewer(Role.RESIDENT, member_of="A").principal) == {row.id}


async def test_history_and_signatures_are_for_those_who_may_see_them(town: Town) -> None:
    row = await an_agreement(town, [REPAIR])
    signer = await town.person()
    await AgreementSignature.create(
        agreement_id=row.id, organisation_id=row.unit_id, person_id=signer, digest="d" * 64, signed_at=NOON
    )
    text = f"""{{ node(id: "Agreement:{row.id}") {{ ... on Agreement {{
      signatures {{ digest organisation {{ id }} person {{ id }} }} history(first: 9) {{ totalCount }} }} }} }}"""
    (public,) = (await answer(text))["node"]["signatures"]
    assert public == {"digest": "d" * 64, "organisation": {"id": f"Organisation:{row.unit_id}"}, "person": None}
    (known,) = (await answer(text, town.administrator().principal))["node"]["signatures"]
    assert known["person"] == {"id": f"Person:{signer}"}


async def test_each_filter_alone_and_together(town: Town) -> None:
    rows = await in_every_state(town)
    elsewhere = await an_agreement(
        town, [REPAIR], place_id=town.id("B"), path=town.path("B"), community_id=town.id("B"),
        committee_id=rows["DRAFT"].committee_id, valid_to=date(2026, 6, 14),
        updated_at=datetime(2027, 1, 1, tzinfo=UTC),
    )  # fmt: skip
    everyone = {name: row.id for name, row in rows.items()}
    officer = town.viewer(Role.DEPARTMENT_OFFICER, "S").principal

    assert await listed(officer, within="A") == set(everyone.values())
    assert await listed(officer, within=f"Place:{town.id('B')}") == {elsewhere.id}
    for side in (rows["DRAFT"].unit_id, elsewhere.unit_id):
        mine = {elsewhere.id} if side == elsewhere.unit_id else set(everyone.values())
        assert await listed(officer, organisation=f"Organisation:{side}") == mine
    assert await listed(officer, organisation=f"Organisation:{elsewhere.committee_id}") == {
        *everyone.values(), elsewhere.id
    }  # fmt: skip
    assert await listed(officer, status=["DRAFT", "ENDED"]) == {everyone["DRAFT"], everyone["ENDED"]}
    assert await listed(officer, changedSince="2026-12-31T00:00:00+08:00") == {elsewhere.id}
    assert await listed(officer, brokenPromises=True, status=["SIGNED"]) == set()
    with pytest.raises(NotFound):
        raise (await ask(IDS, officer, f={"within": "nowhere"})).fault


@pytest.mark.parametrize(
    ("day", "states"),
    [
        ("2025-12-31", set()),
        ("2026-01-01", {"SIGNED", "IN_FORCE", "FULFILLED", "EXPIRED", "ENDED"}),
        ("2026-06-01", {"SIGNED", "IN_FORCE", "EXPIRED"}),
        ("2026-12-31", {"SIGNED", "IN_FORCE", "EXPIRED"}),
        ("2027-01-01", set()),
    ],
)
async def test_in_force_on_a_day(town: Town, day: str, states: set[str]) -> None:
    rows = await in_every_state(town)
    officer = town.viewer(Role.DEPARTMENT_OFFICER, "S").principal
    assert await listed(officer, inForceOn=day) == {rows[state].id for state in states}


async def test_an_administrator_sees_all_broken_promises_of_the_place_in_one_query(town: Town) -> None:
    kept, broken, repaired = [await an_agreement(town, [REPAIR, {"category": "life"}]) for _ in range(3)]
    (promise, _), (_, _), (mended, _) = [await promises_of(row) for row in (kept, broken, repaired)]
    with clock.fixed(NOON):
        need, (line,) = await a_need(town, {"category": "life.repair", "quantity": 10, "unit": "PIECE"})
    await a_claim(need, line, promise, ClaimStatus.COMPLETED, 4, 10, datetime(2026, 6, 14, 1, tzinfo=UTC))
    await AgreementPromise.filter(id=mended.id).update(remedy="改送米面", remedied_on=date(2026, 6, 15))
    administrator = town.administrator().principal
    assert await listed(administrator, within="A", brokenPromises=False) == {kept.id, repaired.id}
    text = """{ agreements(first: 9, filter: {within: "A", brokenPromises: true}) { nodes { number
      unit { promiseSummary { kept left broken madeGood } agreements(first: 1) { totalCount } }
      promises { position quantity unit dueOn category { code } progress { state kept used left madeGoodOn } } } } }"""
    with clock.fixed(NOON):
        (found,) = (await answer(text, administrator))["agreements"]["nodes"]
        summary = """query ($id: ID!) { node(id: $id) { ... on Organisation {
          promiseSummary { kept left broken madeGood } } } }"""
        of_kept = await answer(summary, id=f"Organisation:{kept.unit_id}")
        of_repaired = await answer(summary, id=f"Organisation:{repaired.unit_id}")
    assert found["unit"] == {
        "promiseSummary": {"kept": 0, "left": 1, "broken": 1, "madeGood": 0}, "agreements": {"totalCount": 1}
    }  # fmt: skip
    first, second = found["promises"]
    assert first["progress"] == {"state": "BROKEN", "kept": 0, "used": 0, "left": 10, "madeGoodOn": None}
    assert (first["category"], first["dueOn"]) == ({"code": "life.repair"}, "2026-06-14")
    assert second["progress"]["left"] is None
    assert of_kept["node"]["promiseSummary"] == {"kept": 1, "left": 1, "broken": 0, "madeGood": 0}
    assert of_repaired["node"]["promiseSummary"] == {"kept": 0, "left": 1, "broken": 0, "madeGood": 1}


async def test_a_summary_counts_no_promise_of_an_agreement_that_is_hidden(town: Town) -> None:
    row = await an_agreement(town, [REPAIR], visibility=Visibility.MEMBERS)
    text = f'{{ node(id: "Organisation:{row.unit_id}") {{ ... on Organisation {{ promiseSummary {{ broken }} }} }} }}'
    with clock.fixed(NOON):
        assert (await answer(text))["node"]["promiseSummary"]["broken"] == 0
        assert (await answer(text, town.administrator().principal))["node"]["promiseSummary"]["broken"] == 1


async def test_the_number_of_statements_does_not_grow_with_the_promises(town: Town) -> None:
    text = """{ agreements(first: 50, filter: {brokenPromises: true}) { nodes {
      promises { progress { state left } category { label } } signatures { digest } } } }"""
    counts = []
    for number in (1, 8):
        for _ in range(number):
            await an_agreement(town, [REPAIR] * number)
        with clock.fixed(NOON):
            counts.append((await ask(text)).statements)
    assert counts[0] == counts[1] <= 6
