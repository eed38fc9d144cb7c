"""Agreements: who may draft, propose, sign and end them, and what both sides sign."""

import dataclasses
from datetime import date
from typing import Any

import pytest

from api import clock
from api.commands import agreement as commands
from api.commands.agreement_signing import sign_agreement
from api.errors import Forbidden, InvalidInput, InvalidTransition, NotFound, StaleVersion, Unauthenticated
from api.models import Agreement, AgreementPromise, AgreementSignature, AuditEntry, HistoryEntry, Organisation
from api.models.choices import Visibility
from api.plan.viewer import Viewer
from api.state_machines.agreement import AgreementStatus
from auth.permissions import Action, Object, Permission
from auth.roles import Role
from tests.api.agreements import FIRST, LAST, NOON
from tests.api.commands.records import actions, nothing_was_recorded
from tests.factories import Town

S = AgreementStatus
PROMISES = [
    {"category": "life.repair", "text": "每月上门小修", "quantity": 30.0, "unit": "PIECE", "due_on": date(2026, 9, 30)},
    {"category": "space.room", "hours": 40.0},
]


@dataclasses.dataclass
class Sides:
    """A committee and a unit of A, and who may sign for each."""

    committee: int
    unit: int
    administrator: Viewer
    representative: Viewer

    def values(self, town: Town, **more: Any) -> dict[str, Any]:
        return {
            "title": "共驻共建协议", "place": town.id("A"), "committee": self.committee, "unit": self.unit,
            "valid_from": FIRST, "valid_to": LAST, "promises": PROMISES,
        } | more  # fmt: skip


async def sides_of(town: Town) -> Sides:
    unit = await town.organisation()
    return Sides(
        await town.organisation("A", "RESIDENTS_COMMITTEE"),
        unit,
        town.viewer(Role.COMMITTEE_ADMINISTRATOR, "A", person=await town.person()),
        town.viewer(Role.UNIT_REPRESENTATIVE, "A", person=await town.person(), organisation=unit),
    )


async def proposed(town: Town, sides: Sides, **more: Any) -> Agreement:
    key = await commands.draft_agreement(sides.administrator, sides.values(town, **more))
    return await Agreement.get(id=await commands.propose_agreement(sides.administrator, key, 1))


def outsiders(town: Town, other: int) -> list[Viewer]:
    return [
        town.viewer(Role.UNIT_REPRESENTATIVE, "A", organisation=other),
        town.administrator("B"),
        town.viewer(Role.RESIDENT, "A", member_of="A"),
    ]


async def test_only_the_staff_of_the_place_and_the_unit_itself_draft(town: Town) -> None:
    sides = await sides_of(town)
    values = sides.values(town)
    with pytest.raises(Unauthenticated):
        await commands.draft_agreement(town.anonymous(), values)
    others = [*outsiders(town, await town.organisation()), town.viewer(Role.AUDITOR, "A")]
    for viewer in others:
        with pytest.raises(Forbidden):
            await commands.draft_agreement(viewer, values)
    assert not await Agreement.exists()
    assert await nothing_was_recorded()
    for viewer in (sides.administrator, sides.representative, town.viewer(Role.COMMITTEE_STAFF, "A")):
        assert await commands.draft_agreement(viewer, values)


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"title": " "}, ("title",)),
        ({"valid_to": date(2025, 12, 31)}, ("validTo",)),
        ({"committee": "unit"}, ("committee",)),
        ({"committee": "far"}, ("committee",)),
        ({"unit": "committee"}, ("unit",)),
        ({"unit": "suspended"}, ("unit",)),
        ({"promises": [{"category": "nothing"}]}, ("promises", "0", "category", "0")),
        ({"promises": [*PROMISES, {"category": "life", "quantity": 0.0}]}, ("promises", "2", "quantity")),
        ({"promises": [{"category": "life", "quantity": -1.0}]}, ("promises", "0", "quantity")),
        ({"promises": [{"category": "life", "hours": float("inf")}]}, ("promises", "0", "hours")),
        ({"promises": [{"category": "life", "unit": "PIECE"}]}, ("promises", "0", "quantity")),
        ({"promises": [{"category": "life", "quantity": 1.0, "unit": "?"}]}, ("promises", "0", "unit", "0")),
        ({"promises": [{"category": "life", "due_on": date(2027, 1, 1)}]}, ("promises", "0", "dueOn")),
        ({"promises": [{"category": "life"}] * 51}, ("promises",)),
    ],
)
async def test_bad_content_is_refused_with_its_place_and_nothing_is_kept(
    town: Town, change: dict[str, Any], path: tuple[str, ...]
) -> None:
    sides = await sides_of(town)
    suspended = await town.organisation()
    await Organisation.filter(id=suspended).update(status="SUSPENDED")
    known = {
        "unit": sides.unit, "committee": sides.committee, "suspended": suspended,
        "far": await town.organisation("B", "RESIDENTS_COMMITTEE"),
    }  # fmt: skip
    change = {name: known.get(value, value) if isinstance(value, str) else value for name, value in change.items()}
    with pytest.raises(InvalidInput) as refused:
        await commands.draft_agreement(sides.administrator, sides.values(town, **change))
    assert refused.value.path == path
    assert not await Agreement.exists()
    assert not await AgreementPromise.exists()


async def test_an_agreement_gets_its_number_when_it_is_proposed_and_promises_something(town: Town) -> None:
    sides = await sides_of(town)
    with clock.fixed(NOON):
        empty = await commands.draft_agreement(sides.administrator, sides.values(town, promises=[]))
        with pytest.raises(InvalidInput) as refused:
            await commands.propose_agreement(sides.administrator, empty, 1)
        assert refused.value.path == ("promises",)
        over = await commands.draft_agreement(
            sides.administrator, sides.values(town, valid_to=date(2026, 6, 14), promises=[{"category": "life"}])
        )
        with pytest.raises(InvalidInput):
            await commands.propose_agreement(sides.administrator, over, 1)
        with pytest.raises(Forbidden):
            await commands.propose_agreement(town.viewer(Role.COMMITTEE_STAFF, "A"), empty, 1)
        numbers = [(await proposed(town, sides)).number for _ in range(2)]
    assert numbers == ["永济-柳园-协-2026-0001", "永济-柳园-协-2026-0002"]


async def test_nobody_signs_for_the_other_side_twice_or_from_outside(town: Town) -> None:
    sides = await sides_of(town)
    other = await town.organisation()
    with clock.fixed(NOON):
        row = await proposed(town, sides)
        for viewer in (town.anonymous(), *outsiders(town, other)):
            with pytest.raises(NotFound):
                await sign_agreement(viewer, row.id, row.version)
        for viewer in (town.viewer(Role.COMMITTEE_STAFF, "A"), town.viewer(Role.AUDITOR, "D")):
            with pytest.raises(Forbidden):
                await sign_agreement(viewer, row.id, row.version)
        narrow = frozenset({Permission(Object.AGREEMENT, Action.READ)})
        with pytest.raises(Forbidden):
            await sign_agreement(town.program(sides.unit, narrow), row.id, row.version)
        assert not await AgreementSignature.exists()

        await sign_agreement(sides.administrator, row.id, row.version)
        with pytest.raises(Forbidden):
            await sign_agreement(sides.administrator, row.id, row.version + 1)
        with pytest.raises(Forbidden):
            await sign_agreement(town.administrator("S"), row.id, row.version + 1)
    assert [each.organisation_id for each in await AgreementSignature.all()] == [sides.committee]
    await row.refresh_from_db()
    assert row.status is S.PROPOSED


async def test_whoever_holds_both_offices_signs_for_one_side_only(town: Town) -> None:
    sides = await sides_of(town)
    both = dataclasses.replace(
        sides.representative,
        principal=dataclasses.replace(
            sides.representative.principal,
            held=(*sides.representative.principal.held, *sides.administrator.principal.held),
        ),
    )
    with clock.fixed(NOON):
        row = await proposed(town, sides)
        await sign_agreement(both, row.id, row.version)
        with pytest.raises(Forbidden):
            await sign_agreement(both, row.id, row.version + 1)
        colleague = town.viewer(Role.UNIT_REPRESENTATIVE, "A", person=await town.person(), organisation=sides.unit)
        await sign_agreement(colleague, row.id, row.version + 1)
    await row.refresh_from_db()
    assert row.status is S.IN_FORCE


async def test_both_sides_sign_the_same_text_the_unit_s_program_too(town: Town) -> None:
    sides = await sides_of(town)
    scopes = frozenset({Permission(Object.AGREEMENT, action) for action in (Action.READ, Action.SIGN)})
    with clock.fixed(NOON):
        row = await proposed(town, sides)
        await sign_agreement(town.program(sides.unit, scopes), row.id, row.version)
        await row.refresh_from_db()
        assert (row.status, row.visibility) == (S.PROPOSED, Visibility.ADMINISTRATORS)
        await sign_agreement(sides.administrator, row.id, row.version)
    await row.refresh_from_db()
    assert (row.status, row.visibility, row.in_force_on) == (S.IN_FORCE, Visibility.PUBLIC, date(2026, 6, 15))
    one, other = await AgreementSignature.all().order_by("id")
    assert one.digest == other.digest
    assert [one.organisation_id, other.organisation_id] == [sides.unit, sides.committee]
    assert await actions() == ["agreement.draft", "agreement.propose", "agreement.sign", "agreement.sign"]
    entries = await AuditEntry.all().order_by("sequence")
    assert [entry.policy_rule for entry in entries] == ["R1202", "R1204", "R1199", "R1205"]


async def test_a_changed_text_is_not_signed_by_who_read_the_former_one(town: Town) -> None:
    sides = await sides_of(town)
    with clock.fixed(NOON):
        row = await proposed(town, sides)
        await sign_agreement(sides.administrator, row.id, row.version)
        read = row.version + 1
        await commands.update_agreement(sides.administrator, row.id, {"promises": PROMISES[:1]}, read)
        with pytest.raises(StaleVersion):
            await sign_agreement(sides.representative, row.id, read)
        await row.refresh_from_db()
        assert row.status is S.DRAFT
        assert not await AgreementSignature.exists()
        with pytest.raises(InvalidTransition):
            await sign_agreement(sides.representative, row.id, row.version)
        number = row.number
        await commands.propose_agreement(sides.representative, row.id, row.version)
        await sign_agreement(sides.representative, row.id, row.version + 1)
        await sign_agreement(sides.administrator, row.id, row.version + 2)
    await row.refresh_from_db()
    assert (row.status, row.number) == (S.IN_FORCE, number)


async def test_a_stale_edit_shows_both_values_and_history_every_version(town: Town) -> None:
    sides = await sides_of(town)
    with clock.fixed(NOON):
        key = await commands.draft_agreement(sides.administrator, sides.values(town))
        await commands.update_agreement(sides.representative, key, {"title": "新标题", "promises": PROMISES[1:]}, 1)
        with pytest.raises(StaleVersion) as refused:
            await commands.update_agreement(sides.administrator, key, {"title": "旧标题", "promises": PROMISES}, 1)
    conflicts = {each.name: (each.current, each.sent) for each in refused.value.conflicts}
    assert conflicts["title"] == ("新标题", "旧标题")
    assert [len(side) for side in conflicts["promises"]] == [1, 2]
    first, second = await HistoryEntry.all().order_by("version")
    assert (first.version, second.version) == (1, 2)
    assert second.changes["title"] == ["共驻共建协议", "新标题"]
    assert second.changes["promises"][1] == [{"category": "space.room", "hours": 40.0}]


async def test_a_period_cannot_leave_a_promise_s_day_outside(town: Town) -> None:
    sides = await sides_of(town)
    key = await commands.draft_agreement(sides.administrator, sides.values(town))
    with pytest.raises(InvalidInput) as refused:
        await commands.update_agreement(sides.administrator, key, {"valid_to": date(2026, 8, 31)}, 1)
    assert refused.value.path == ("promises", "0", "dueOn")


async def test_a_unit_does_not_hand_its_draft_to_another(town: Town) -> None:
    sides = await sides_of(town)
    key = await commands.draft_agreement(sides.representative, sides.values(town))
    with pytest.raises(Forbidden):
        await commands.update_agreement(sides.representative, key, {"unit": await town.organisation()}, 1)
    assert (await Agreement.get(id=key)).unit_id == sides.unit


async def test_what_both_have_signed_is_changed_by_nobody_and_ended_by_either_with_a_reason(town: Town) -> None:
    sides = await sides_of(town)
    with clock.fixed(NOON):
        row = await proposed(town, sides)
        await sign_agreement(sides.administrator, row.id, 2)
        await sign_agreement(sides.representative, row.id, 3)
        with pytest.raises(InvalidInput):
            await commands.update_agreement(sides.administrator, row.id, {"title": "改"}, 4)
        for viewer in outsiders(town, await town.organisation()):
            with pytest.raises(Forbidden):
                await commands.end_agreement(viewer, row.id, "不办了", 4)
        with pytest.raises(InvalidInput):
            await commands.end_agreement(sides.representative, row.id, " ", 4)
        with pytest.raises(StaleVersion):
            await commands.end_agreement(sides.representative, row.id, "单位搬走", 3)
        await commands.end_agreement(sides.representative, row.id, "单位搬走", 4)
        with pytest.raises(InvalidTransition):
            await commands.end_agreement(sides.administrator, row.id, "再解除", 5)
    await row.refresh_from_db()
    assert (row.status, row.status_reason, row.ended_on) == (S.ENDED, "单位搬走", date(2026, 6, 15))
