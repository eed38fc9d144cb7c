"""What can be claimed under an agreement: refused first, then by which promise."""

from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from api import clock
from api.commands.agreement_use import claimable_under
from api.errors import AgreementExpired, InvalidInput, NotFound
from api.state_machines.agreement import AgreementStatus
from api.state_machines.claim import ClaimStatus
from tests.api.agreements import NOON, a_claim, a_need, an_agreement, promises_of
from tests.factories import Town

REPAIR = {"category": "life.repair", "quantity": 30, "unit": "PIECE"}


def line(category: str = "life.repair", unit: str | None = "PIECE") -> Any:
    return SimpleNamespace(category=category, unit=unit)


def item(town: Town, place: str = "A1") -> Any:
    return SimpleNamespace(path=town.path(place))


@pytest.mark.parametrize(
    ("moment", "in_force"),
    [
        (datetime(2025, 12, 31, 15, 59, 59, tzinfo=UTC), False),
        (datetime(2025, 12, 31, 16, 0, tzinfo=UTC), True),
        (datetime(2026, 12, 31, 15, 59, 59, tzinfo=UTC), True),
        (datetime(2026, 12, 31, 16, 0, tzinfo=UTC), False),
    ],
)
async def test_an_agreement_serves_from_its_first_to_its_last_day_in_shanghai(
    town: Town, moment: datetime, in_force: bool
) -> None:
    agreement = await an_agreement(town, [REPAIR])
    with clock.fixed(moment):
        if in_force:
            assert await claimable_under(agreement.id, item(town), [line()])
            return
        with pytest.raises(AgreementExpired) as refused:
            await claimable_under(agreement.id, item(town), [line()])
    assert refused.value.code == "AGREEMENT_EXPIRED"
    assert refused.value.valid_to == date(2026, 12, 31)


@pytest.mark.parametrize("status", [status for status in AgreementStatus if status not in ("SIGNED", "IN_FORCE")])
async def test_nothing_is_claimed_under_an_agreement_that_does_not_bind(town: Town, status: AgreementStatus) -> None:
    agreement = await an_agreement(town, [REPAIR], status=status)
    with clock.fixed(NOON), pytest.raises(AgreementExpired):
        await claimable_under(agreement.id, item(town), [line()])


async def test_another_organisation_another_place_kind_or_unit_is_refused(town: Town) -> None:
    agreement = await an_agreement(town, [REPAIR, {"category": "space.room", "hours": 20}])
    with clock.fixed(NOON):
        for key, claimant in ((agreement.id + 1, None), (agreement.id, await town.organisation())):
            with pytest.raises(NotFound):
                await claimable_under(key, item(town), [line()], organisation_id=claimant)
        for place, lines, path in (
            ("B1", [line()], ("agreement",)),
            ("S", [line()], ("agreement",)),
            ("A1", [line(), line("life.haircut")], ("lines", "1", "line")),
            ("A1", [line(unit="PORTION")], ("lines", "0", "line")),
            ("A1", [line("space.room", "PIECE")], ("lines", "0", "line")),
        ):
            with pytest.raises(InvalidInput) as refused:
                await claimable_under(agreement.id, item(town, place), lines)
            assert refused.value.path == path


async def test_each_line_gets_the_nearest_promise_with_something_left(town: Town) -> None:
    rooms = {"category": "space.room", "hours": 20}
    agreement = await an_agreement(town, [{"category": "life"}, REPAIR | {"quantity": 2}, REPAIR, rooms])
    wide, narrow, second, room = await promises_of(agreement)
    lines = [line(), line("life.haircut"), line("life"), line("space.room", "PERSON_HOUR"), line(unit=None)]
    with clock.fixed(NOON):
        found = await claimable_under(agreement.id, item(town), lines, organisation_id=agreement.unit_id)
        assert [each.id for each in found] == [narrow.id, wide.id, wide.id, room.id, narrow.id]
        need, (wanted,) = await a_need(town, {"category": "life.repair", "quantity": 2, "unit": "PIECE"})
        claim = await a_claim(need, wanted, narrow)
        assert [each.id for each in await claimable_under(agreement.id, need, [wanted])] == [second.id]
        claim.status = ClaimStatus.RELEASED
        await claim.save()
        assert [each.id for each in await claimable_under(agreement.id, need, [wanted])] == [narrow.id]


async def test_more_than_was_promised_may_be_given(town: Town) -> None:
    agreement = await an_agreement(town, [REPAIR])
    (promise,) = await promises_of(agreement)
    with clock.fixed(NOON):
        need, (wanted,) = await a_need(town, {"category": "life.repair", "quantity": 30, "unit": "PIECE"})
        await a_claim(need, wanted, promise, ClaimStatus.COMPLETED)
        assert [each.id for each in await claimable_under(agreement.id, need, [wanted])] == [promise.id]
