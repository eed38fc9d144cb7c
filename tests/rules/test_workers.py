"""The pool of child processes: what goes wrong in a child stays there."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from rules.deciding import decide
from rules.decision import Decision
from rules.encoder_values import EncodingRefused
from rules.facts import Batch
from rules.frames import FrameTooLarge, body_size, pack
from rules.language import DocumentProblems, to_json
from rules.worker import FAULT_VARIABLE
from rules.workers import WorkerFailed, WorkerPool
from tests.rules.one_pair import DEMAND, RESOURCE, TAXONOMY, changed, document

RULES = document({"field": "pair.served", "op": "=", "value": True})
DOCUMENT = to_json(RULES)
BATCH = Batch((DEMAND,), (RESOURCE,), TAXONOMY)
POISON = Batch((changed(DEMAND, id="fault"),), (RESOURCE,), TAXONOMY)


@asynccontextmanager
async def a_pool(size: int = 1, fault: str = "", **limits: Any) -> AsyncIterator[WorkerPool]:
    environment = {FAULT_VARIABLE: fault} if fault else {}
    pool = WorkerPool(size, environment=environment, **limits)
    try:
        await pool.open()
        yield pool
    finally:
        await pool.close()


@pytest.mark.parametrize(
    ("fault", "reason"),
    [("hang", "TIMEOUT"), ("segv", "CRASHED"), ("abort", "CRASHED"), ("memory", "FAULT"),
     ("fault", "FAULT")],
)  # fmt: skip
async def test_a_child_that_goes_wrong_is_replaced_and_the_next_question_answered(fault: str, reason: str) -> None:
    async with a_pool(fault=fault, timeout_seconds=0.5) as pool:
        before = pool.pids
        started = time.monotonic()

        with pytest.raises(WorkerFailed) as failure:
            await pool.decide(DOCUMENT, POISON)

        assert failure.value.reason == reason
        assert time.monotonic() - started < 3
        assert await pool.decide(DOCUMENT, BATCH) == decide(RULES, BATCH)
        await eventually(lambda: len(pool.pids) == 2)
        gone = set(before) - set(pool.pids)
        assert len(gone) == 1
        await eventually(lambda: not is_alive(gone.pop()) if gone else True)


async def test_a_child_killed_from_outside_is_replaced() -> None:
    async with a_pool() as pool:
        for pid in pool.pids:
            os.kill(pid, signal.SIGKILL)

        answers = [await answer_or_failure(pool) for _ in range(3)]

        assert {each.reason for each in answers if isinstance(each, WorkerFailed)} <= {"CRASHED"}
        assert answers[-1] == decide(RULES, BATCH)


async def test_what_a_child_prints_does_not_break_the_frames() -> None:
    async with a_pool(fault="garbage") as pool:
        assert len((await pool.decide(DOCUMENT, POISON)).firings) == 1


async def test_a_refusal_in_the_child_is_the_same_error_outside_and_costs_no_child() -> None:
    async with a_pool() as pool:
        before = set(pool.pids)
        with pytest.raises(DocumentProblems) as refusal:
            await pool.decide({**DOCUMENT, "format": 2}, BATCH)
        assert refusal.value.problems[0].code == "UNKNOWN_FORMAT"
        broken = Batch((changed(DEMAND, category="\ud800"),), (RESOURCE,), TAXONOMY)
        with pytest.raises(EncodingRefused, match="category"):
            await pool.decide(DOCUMENT, broken)
        unreadable = Batch((changed(DEMAND, point=5),), (RESOURCE,), TAXONOMY)
        with pytest.raises(WorkerFailed, match="MALFORMED"):
            await pool.decide(DOCUMENT, unreadable)

        assert await pool.decide(DOCUMENT, BATCH) == decide(RULES, BATCH)
        assert set(pool.pids) == before


async def test_the_event_loop_runs_on_while_children_work() -> None:
    async with a_pool(size=2, fault="hang", timeout_seconds=0.4) as pool:
        longest = 0.0

        async def tick() -> None:
            nonlocal longest
            while True:
                before = time.monotonic()
                await asyncio.sleep(0.005)
                longest = max(longest, time.monotonic() - before)

        ticking = asyncio.create_task(tick())
        answers = await asyncio.gather(
            pool.decide(DOCUMENT, POISON), pool.decide(DOCUMENT, BATCH), return_exceptions=True
        )
        ticking.cancel()

        assert isinstance(answers[0], WorkerFailed)
        assert answers[1] == decide(RULES, BATCH)
        assert longest < 0.3


async def test_many_questions_at_once_are_all_answered() -> None:
    async with a_pool(size=2) as pool:
        answers = await asyncio.gather(*(pool.decide(DOCUMENT, BATCH) for _ in range(40)))

        assert answers == [decide(RULES, BATCH)] * 40
        await eventually(lambda: len(pool.pids) == 3)


async def test_a_cancelled_question_takes_its_child_with_it() -> None:
    async with a_pool(fault="hang") as pool:
        before = set(pool.pids)
        asking = asyncio.create_task(pool.decide(DOCUMENT, POISON))
        await asyncio.sleep(0.1)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking

        assert await pool.decide(DOCUMENT, BATCH) == decide(RULES, BATCH)
        await eventually(lambda: len(pool.pids) == 2 and set(pool.pids) != before)


async def test_a_closed_pool_answers_nothing_and_leaves_no_process() -> None:
    pool = WorkerPool(2)
    await pool.open()
    pids = pool.pids
    assert len(pids) == 3

    await pool.close()

    with pytest.raises(WorkerFailed, match="CLOSED"):
        await pool.decide(DOCUMENT, BATCH)
    assert not any(is_alive(pid) for pid in pids)


async def test_a_child_is_small() -> None:
    async with a_pool() as pool:
        for _ in range(4):
            await pool.decide(DOCUMENT, BATCH)
        for pid in pool.pids:
            resident = line_of(pid, "status", "VmRSS")
            assert 0 < int(resident.split()[1]) <= 64 * 1024
            assert line_of(pid, "limits", "Max address").split()[3] == str(512 * 1024 * 1024)


async def test_a_child_gets_no_secret_from_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("WUJIA_SECRET", "very secret")
    async with a_pool() as pool:
        for pid in pool.pids:
            assert "WUJIA_SECRET" not in line_of(pid, "environ", "")


def test_a_child_loads_rules_and_the_engine_and_nothing_else_of_ours() -> None:
    listing = "import rules.worker, sys; print(*{name.split('.')[0] for name in sys.modules})"
    found = subprocess.run([sys.executable, "-c", listing], capture_output=True, text=True, check=True).stdout.split()

    assert {"rules", "durable_rules_engine"} <= set(found)
    strangers = {"api", "auth", "seeds", "wujia", "numpy", "orjson", "asyncio", "durable",
                 "tortoise", "casbin", "strawberry", "dbos", "socket", "ssl"}  # fmt: skip
    assert not strangers & set(found)


def test_a_frame_that_announces_too_much_is_not_read() -> None:
    with pytest.raises(FrameTooLarge):
        body_size(b"\xff\xff\xff\xff")
    with pytest.raises(EOFError):
        body_size(b"\x00")
    assert pack("\ud800")[4:] == b'"\\ud800"'


async def eventually(holds: Callable[[], bool]) -> None:
    for _ in range(300):
        if holds():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it never came true")


async def answer_or_failure(pool: WorkerPool) -> Decision | WorkerFailed:
    try:
        return await pool.decide(DOCUMENT, BATCH)
    except WorkerFailed as failure:
        return failure


def line_of(pid: int, name: str, beginning: str) -> str:
    text = Path(f"/proc/{pid}/{name}").read_text(encoding="utf-8")
    return next(line for line in text.splitlines() if line.startswith(beginning))


def is_alive(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()
