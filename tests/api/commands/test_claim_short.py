"""Less was delivered than claimed: the need is dispatched again, matched and claimable for what is left."""

import pytest

from api.commands import claim_moves as moves
from api.errors import ClaimConflict
from api.matching.facts import load_demands
from api.matching.scope import DemandScope
from api.models import ClaimLine
from api.models.choices import ItemKind
from api.state_machines.need import NeedStatus
from tests.api.commands.claiming import Board, board
from tests.factories import Town


@pytest.fixture
async def here(town: Town) -> Board:
    return await board(town)


async def test_less_delivered_than_claimed_frees_the_rest(here: Board) -> None:
    key = await here.claim()
    await moves.accept_claim(here.staff, key, 1)
    line = await here.line()
    await moves.complete_claim(here.unit, key, "送到七份", 2, delivered=[{"line": line, "quantity": 7.0}])
    assert await here.status() == NeedStatus.DISPATCHED
    (wanted,) = await load_demands(DemandScope(("",), item=(ItemKind.NEED, here.need)))
    assert wanted.fact.quantity == 3.0
    with pytest.raises(ClaimConflict) as taken:
        await here.claim(here.rival, lines=[{"line": line, "quantity": 4.0}])
    assert [each.left for each in taken.value.lines] == [3.0]
    rest = await here.claim(here.rival, lines=[{"line": line, "quantity": 3.0}])
    await moves.accept_claim(here.staff, rest, 1)
    await moves.complete_claim(here.rival, rest, "补齐三份", 2)
    assert await here.status() == NeedStatus.CLEARED
    assert sorted(row.delivered or 0 for row in await ClaimLine.all()) == [3.0, 7.0]


async def test_what_was_delivered_whole_does_not_return_a_need_under_way(here: Board) -> None:
    line = await here.line()
    first = await here.claim(lines=[{"line": line, "quantity": 4.0}])
    second = await here.claim(here.rival, lines=[{"line": line, "quantity": 6.0}])
    for key in (first, second):
        await moves.accept_claim(here.staff, key, 1)
    await moves.complete_claim(here.unit, first, "送到", 2)
    assert await here.status() == NeedStatus.IN_PROGRESS
    await moves.complete_claim(here.rival, second, "一份也没送到", 2, delivered=[{"line": line, "quantity": 0.0}])
    assert await here.status() == NeedStatus.DISPATCHED
    rest = await here.claim(lines=[{"line": line, "quantity": 6.0}])
    await moves.accept_claim(here.staff, rest, 1)
    await moves.complete_claim(here.unit, rest, "补齐", 2)
    assert await here.status() == NeedStatus.CLEARED
