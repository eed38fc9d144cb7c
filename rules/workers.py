"""A pool of child processes in which the engine runs, for asyncio.

The engine can loop for ever, overrun its memory or crash; a child may do all that
without harm. A child that failed is killed and replaced, and one more than needed is
kept warm, so that the next question does not wait for a start.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Coroutine, Mapping
from types import MappingProxyType
from typing import Any, Final

from rules.atoms import TooComplex
from rules.decision import Decision
from rules.encoder_values import EncodingRefused
from rules.facts import Batch
from rules.problems import DocumentProblems, Problem, Severity
from rules.worker_process import WorkerFailed, WorkerProcess, question, start

__all__ = ["WorkerFailed", "WorkerPool"]

_NOTHING: Final[Mapping[str, str]] = MappingProxyType({})


class WorkerPool:
    """Decide in child processes, at most ``size`` at a time.

    ``timeout_seconds`` is for one batch; ``memory_mb`` limits a child's address space.
    ``environment`` is given to the children besides the search paths (tests).
    """

    def __init__(
        self,
        size: int,
        timeout_seconds: float = 2.0,
        memory_mb: int = 512,
        environment: Mapping[str, str] = _NOTHING,
    ) -> None:
        """Set the limits; children start with ``open`` or with the first question."""
        self._size = size
        self._timeout = timeout_seconds
        self._memory_mb = memory_mb
        self._environment = environment
        self._turns = asyncio.Semaphore(size)
        self._idle: deque[WorkerProcess] = deque()
        self._alive = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._closed = False

    @property
    def pids(self) -> tuple[int, ...]:
        """Return the process ids of the idle children."""
        return tuple(worker.pid for worker in self._idle)

    async def open(self) -> None:
        """Start all children and the warm spare.

        Raises:
            WorkerFailed: a child did not start.
        """
        missing = self._size + 1 - self._alive
        await asyncio.gather(*(self._add_idle() for _ in range(missing)))

    async def decide(self, document_json: Mapping[str, Any], batch: Batch) -> Decision:
        """Decide a batch with a document; both are packed outside the event loop.

        Raises:
            WorkerFailed: no decision; the child was replaced (the reason says why).
            DocumentProblems: the document has errors.
            TooComplex: the document exceeds a limit once written out.
            EncodingRefused: a fact must not reach the engine.
        """
        frame = await asyncio.to_thread(lambda: question(document_json, batch.to_json()))
        async with self._turns:
            if self._closed:
                raise WorkerFailed("CLOSED")
            worker = self._idle.popleft() if self._idle else await self._start()
            self._in_background(self._refill())
            try:
                answer = await worker.ask(frame, self._timeout)
                if "fault" in answer:
                    raise WorkerFailed("FAULT", answer["fault"])
            except BaseException:
                self._in_background(self._discard(worker))
                raise
            await self._give_back(worker)
        if "decision" in answer:
            return await asyncio.to_thread(Decision.from_json, answer["decision"])
        raise _refusal(answer)

    async def close(self) -> None:
        """Let running questions end (at most one timeout), then end every child.

        Questions that wait for their turn fail with CLOSED.
        """
        self._closed = True
        for _ in range(self._size):
            await self._turns.acquire()
        for _ in range(self._size):
            self._turns.release()
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)
        while self._idle:
            await self._end(self._idle.popleft())

    async def _start(self) -> WorkerProcess:
        self._alive += 1
        try:
            return await start(self._memory_mb, self._timeout, self._environment)
        except BaseException:
            self._alive -= 1
            raise

    async def _add_idle(self) -> None:
        await self._give_back(await self._start())

    async def _give_back(self, worker: WorkerProcess) -> None:
        if self._closed:
            await self._end(worker)
        else:
            self._idle.append(worker)

    async def _refill(self) -> None:
        """Bring the pool back to its size and one spare."""
        while not self._closed and self._alive < self._size + 1:
            await self._add_idle()

    async def _discard(self, worker: WorkerProcess) -> None:
        await self._end(worker)
        await self._refill()

    async def _end(self, worker: WorkerProcess) -> None:
        self._alive -= 1
        await worker.kill()

    def _in_background(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        # The loop keeps no strong reference; a failed start is met again by the next question.
        self._tasks.add(task)
        task.add_done_callback(self._forget)

    def _forget(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            task.exception()


def _refusal(answer: Mapping[str, Any]) -> Exception:
    if "problems" in answer:
        return DocumentProblems(
            Problem(
                each["path"],
                each["code"],
                each["messageZh"],
                each["messageEn"],
                each["suggestion"],
                Severity(each["severity"]),
            )
            for each in answer["problems"]
        )
    if "complex" in answer:
        return TooComplex(*answer["complex"])
    if "refused" in answer:
        return EncodingRefused(*answer["refused"])
    return WorkerFailed("MALFORMED", str(answer.get("malformed")))
