"""Turns: who sends many at once waits for oneself."""

import asyncio

import pytest

from api.http.refusals import Refusal
from api.http.turns import ALONE, MOST_WAITING, Turns


async def _several(turns: Turns, name: str, most: list[int], times: int = 6) -> None:
    running = 0

    async def one() -> None:
        nonlocal running
        async with turns.turn(name):
            running += 1
            most[0] = max(most[0], running)
            await asyncio.sleep(0.005)
            running -= 1

    await asyncio.gather(*(one() for _ in range(times)))


async def test_whoever_asks_alone_has_several_operations_under_way() -> None:
    turns, most = Turns(), [0]
    await _several(turns, "a", most, ALONE + 3)
    assert most == [ALONE]


async def test_beside_others_one_at_a_time_and_all_come_to_an_end() -> None:
    turns, one, other = Turns(), [0], [0]
    async with turns.turn("c"):
        await asyncio.gather(_several(turns, "a", one), _several(turns, "b", other))
    assert (one, other) == ([1], [1])
    # Whoever had a turn rests for as long as it took.
    await asyncio.sleep(0.5)
    assert turns.accounts == 0


async def test_who_gives_up_waiting_takes_nobody_s_turn() -> None:
    turns = Turns()
    async with turns.turn("b"), turns.turn("a"):
        waiting = [asyncio.ensure_future(_several(turns, "a", [0], 1)) for _ in range(3)]
        await asyncio.sleep(0)
        waiting[0].cancel()
    await asyncio.wait_for(asyncio.gather(*waiting, return_exceptions=True), 2)


async def test_too_many_that_wait_are_refused() -> None:
    turns = Turns()
    async with turns.turn("b"), turns.turn("a"):
        waiting = [asyncio.ensure_future(_several(turns, "a", [0], 1)) for _ in range(MOST_WAITING)]
        await asyncio.sleep(0)
        with pytest.raises(Refusal):
            await _several(turns, "a", [0], 1)
        for each in waiting:
            each.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
