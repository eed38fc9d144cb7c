"""Passwords: which are refused, which pass, and that unknown logins cost the same work."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Iterator

import pytest

from auth.passwords import LONGEST, SHORTEST, PasswordPool, PasswordRefused, check_new_password

RIGHT = "春天的小院里有三棵枣树"


@pytest.fixture(scope="module")
def pool() -> Iterator[PasswordPool]:
    pool = PasswordPool()
    yield pool
    pool.close()


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("", "PASSWORD_TOO_SHORT"),
        ("枣" * (SHORTEST - 1), "PASSWORD_TOO_SHORT"),
        ("ab" * LONGEST, "PASSWORD_TOO_LONG"),
        ("woaini1314", "PASSWORD_COMMON"),
        ("WoAiNi1314", "PASSWORD_COMMON"),
        ("88888888888", "PASSWORD_COMMON"),
        ("abababababab", "PASSWORD_COMMON"),
        ("li.xiaohong", "PASSWORD_COMMON"),
        ("abcdefg\ud800", "PASSWORD_NOT_TEXT"),
    ],
)
def test_a_password_that_is_short_long_or_easily_guessed_is_refused(password: str, code: str) -> None:
    with pytest.raises(PasswordRefused) as refused:
        check_new_password(password, login="Li.Xiaohong")

    assert refused.value.code == code
    assert refused.value.zh


@pytest.mark.parametrize("password", [RIGHT, "correct horse battery", "x1y2z3 " * 9 + "!"])
def test_a_long_password_needs_no_rules_of_composition(password: str) -> None:
    check_new_password(password)


async def test_wrong_unknown_broken_and_overlong_are_not_right(pool: PasswordPool) -> None:
    stored = await pool.hash(RIGHT)

    assert not (await pool.verify(stored, RIGHT + "。")).right
    assert not (await pool.verify(stored, "")).right
    assert not (await pool.verify(stored, "\ud800")).right
    assert not (await pool.verify(stored, "x" * 1_000_000)).right
    assert not (await pool.verify("not a hash", RIGHT)).right
    assert not (await pool.verify(None, RIGHT)).right
    assert not (await pool.verify(None, "nobody's password")).right


async def test_the_right_password_passes_in_either_form_of_its_letters(pool: PasswordPool) -> None:
    stored = await pool.hash("caf\u00e9 in the yard")

    assert (await pool.verify(stored, "cafe\u0301 in the yard")).right
    assert "$argon2id$v=19$m=19456,t=2,p=1$" in stored
    assert stored != await pool.hash("caf\u00e9 in the yard")


async def test_a_hash_of_weaker_settings_asks_to_be_made_anew(pool: PasswordPool) -> None:
    weak = PasswordPool(time_cost=1, memory_kib=8 * 1024)
    stored = await weak.hash(RIGHT)
    weak.close()

    verified = await pool.verify(stored, RIGHT)

    assert (verified.right, verified.needs_rehash) == (True, True)
    assert not (await pool.verify(await pool.hash(RIGHT), RIGHT)).needs_rehash
    assert not (await pool.verify(stored, "wrong")).needs_rehash


async def test_no_more_than_two_are_compared_at_a_time_and_the_loop_stays_free(
    pool: PasswordPool,
) -> None:
    stored = await pool.hash(RIGHT)
    work = asyncio.gather(*(pool.verify(stored, RIGHT) for _ in range(12)))
    turns = 0
    while not work.done():
        await asyncio.sleep(0)
        turns += 1

    assert turns > 100
    assert all(verified.right for verified in await work)
    assert len(pool._threads._threads) <= 2


async def test_an_unknown_login_costs_the_same_work(pool: PasswordPool) -> None:
    stored = await pool.hash(RIGHT)

    async def cost(known: str | None) -> float:
        start = time.perf_counter()
        await pool.verify(known, "not this one")
        return time.perf_counter() - start

    known, unknown = [], []
    for _ in range(9):
        known.append(await cost(stored))
        unknown.append(await cost(None))

    # Wide on purpose: the machine may be busy. Without the work the ratio is below 0.01.
    assert 0.4 < statistics.median(unknown) / statistics.median(known) < 2.5
