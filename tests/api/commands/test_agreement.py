"""Agreements until they are signed: who may draft, change and propose them, and what they may say."""

from datetime import date
from typing import Any

import pytest

from api import clock
from api.commands import agreement as commands
from api.errors import Forbidden, InvalidInput, StaleVersion, Unauthenticated
from api.models import Agreement, AgreementPromise, HistoryEntry, Organisation
from auth.roles import Role
from tests.api.agreements import NOON
from tests.api.commands.agreeing import PROMISES, outsiders, proposed, sides_of
from tests.api.commands.records import nothing_was_recorded
from tests.factories import Town


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
        ({"promises": [{"category": "nothing"}]}, ("promises", "0", "category")),
        ({"promises": [*PROMISES, {"category": "life", "quantity": 0.0}]}, ("promises", "2", "quantity")),
        ({"promises": [{"category": "life", "quantity": -1.0}]}, ("promises", "0", "quantity")),
        ({"promises": [{"category": "life", "hours": float("inf")}]}, ("promises", "0", "hours")),
        ({"promises": [{"category": "life", "unit": "PIECE"}]}, ("promises", "0", "quantity")),
        ({"promises": [{"category": "life", "quantity": 1.0, "unit": "?"}]}, ("promises", "0", "unit")),
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
