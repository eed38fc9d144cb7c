"""Deadlines: done when they are due, once, by whichever process comes first, and again later when they fail."""

import asyncio
from datetime import UTC, date, datetime, timedelta

import pytest

from api import clock
from api.commands import due
from api.commands.deadline import after, drop_deadlines, set_deadline
from api.commands.due import run_due
from api.commands.unit_of_work import Done, UnitOfWork
from api.errors import Busy
from api.models import Deadline, Event
from tests.factories import Town

NOON = datetime(2026, 6, 15, 4, tzinfo=UTC)
DONE: list[int] = []


async def note(work: UnitOfWork, subject: int) -> None:
    DONE.append(subject)
    work.record(Done("test.due", "Deadline", subject, "D/"))


async def fail(work: UnitOfWork, subject: int) -> None:
    await note(work, subject)
    raise RuntimeError("password=secret")


async def busy(work: UnitOfWork, subject: int) -> None:
    raise Busy


@pytest.fixture(autouse=True)
def kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    DONE.clear()
    monkeypatch.setattr(due, "DEADLINES", {"note": note, "fail": fail, "busy": busy})


async def test_what_is_not_due_of_another_kind_or_dropped_is_left_alone(town: Town) -> None:
    with clock.fixed(NOON):
        await set_deadline("note", 1, NOON + timedelta(seconds=1))
        await set_deadline("unknown", 2, NOON)
        await set_deadline("note", 3, NOON)
        await drop_deadlines("note", [3, 4])
        assert await run_due(town.runtime) == 0
    assert DONE == []


async def test_what_is_due_is_done_once_the_longest_due_first(town: Town) -> None:
    with clock.fixed(NOON):
        await set_deadline("note", 1, NOON)
        await set_deadline("note", 2, NOON - timedelta(days=1))
        await set_deadline("note", 3, NOON + timedelta(days=1))
        await set_deadline("note", 3, NOON - timedelta(hours=1))
        assert await run_due(town.runtime) == 3
        assert await run_due(town.runtime) == 0
    assert DONE == [2, 3, 1]
    assert [event.object_id for event in await Event.all().order_by("id")] == [2, 3, 1]
    with clock.fixed(NOON + timedelta(days=2)):
        await set_deadline("note", 1, NOON + timedelta(days=1))
        assert await run_due(town.runtime) == 1


async def test_two_processes_never_do_one_twice(town: Town) -> None:
    with clock.fixed(NOON):
        for subject in range(12):
            await set_deadline("note", subject, NOON)
        counts = await asyncio.gather(*(run_due(town.runtime) for _ in range(4)))
        # A process that waited in vain for another one leaves the rest to its next look.
        counts.append(await run_due(town.runtime))
    assert sum(counts) == 12
    assert await Event.filter(kind="test.due").count() == 12


async def test_one_that_fails_leaves_nothing_is_put_off_and_hinders_no_other(town: Town) -> None:
    with clock.fixed(NOON):
        await set_deadline("fail", 1, NOON - timedelta(days=1))
        await set_deadline("busy", 2, NOON - timedelta(days=1))
        await set_deadline("note", 3, NOON)
        assert await run_due(town.runtime) == 1
        assert [event.object_id for event in await Event.all()] == [3]
        failed = await Deadline.get(kind="fail")
        assert (failed.done_at, failed.tries, failed.error) == (None, 1, "RuntimeError")
        assert failed.due_at == NOON + timedelta(minutes=1)
        assert (await Deadline.get(kind="busy")).due_at == NOON + timedelta(seconds=5)
    with clock.fixed(NOON + timedelta(minutes=1)):
        assert await run_due(town.runtime) == 0
    assert DONE == [1, 3, 1]
    assert (await Deadline.get(kind="fail")).due_at == NOON + timedelta(minutes=3)


def test_a_day_begins_and_ends_at_midnight_in_shanghai() -> None:
    assert clock.midnight(date(2026, 6, 15)) == datetime(2026, 6, 14, 16, tzinfo=UTC)
    assert after(date(2026, 6, 15)) == datetime(2026, 6, 15, 16, tzinfo=UTC)
