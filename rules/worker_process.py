"""One child process as the server sees it: start, ask, kill."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from rules.frames import HEADER, FrameTooLarge, body_size, pack

START_SECONDS: Final = 30.0
_PACKAGE_ROOT: Final = str(Path(__file__).resolve().parent.parent)


class WorkerFailed(RuntimeError):
    """Say that no decision came: ``reason`` is one of the codes below.

    TIMEOUT (killed), CRASHED (the process ended), FAULT (the engine's answer could not
    be trusted, or memory ran out), MALFORMED (the question could not be read),
    TOO_LARGE (the batch does not fit into a frame), CLOSED (the pool is closed).
    """

    def __init__(self, reason: str, detail: str = "") -> None:
        """Keep the reason and what is known about it."""
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason, self.detail = reason, detail


class WorkerProcess:
    """Hold one running child."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        """Take over a process that has said it is ready."""
        assert process.stdin is not None
        assert process.stdout is not None
        self._process = process
        self._questions, self._answers = process.stdin, process.stdout

    @property
    def pid(self) -> int:
        """Return the process id."""
        return self._process.pid

    async def ask(self, frame: bytes, timeout_seconds: float) -> dict[str, Any]:
        """Send one packed question and return the answer.

        After any exception, cancellation included, the child must be killed.

        Raises:
            WorkerFailed: TIMEOUT, or CRASHED when the child ended.
        """
        try:
            async with asyncio.timeout(timeout_seconds):
                self._questions.write(frame)
                await self._questions.drain()
                return await self._read()
        except TimeoutError:
            raise WorkerFailed("TIMEOUT", f"no answer within {timeout_seconds} s") from None
        except (EOFError, ConnectionError, FrameTooLarge) as error:
            await self.kill()
            raise WorkerFailed("CRASHED", f"exit status {self._process.returncode}") from error

    async def kill(self) -> None:
        """End the child at once and wait for its end."""
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        self._questions.close()
        await self._process.wait()

    async def _read(self) -> dict[str, Any]:
        head = await self._answers.readexactly(HEADER.size)
        body = await self._answers.readexactly(body_size(head))
        answer: dict[str, Any] = await asyncio.to_thread(json.loads, body)
        return answer


async def start(memory_mb: int, timeout_seconds: float, environment: Mapping[str, str]) -> WorkerProcess:
    """Start a child and wait until it is ready.

    The child gets ``environment`` and the search paths, and nothing else of ours: no
    secret and no open file.

    Raises:
        WorkerFailed: CRASHED or TIMEOUT while starting.
    """
    paths = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "rules.worker", str(memory_mb), str(timeout_seconds),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={**paths, "PYTHONPATH": _PACKAGE_ROOT, **environment},
        start_new_session=True,
    )  # fmt: skip
    worker = WorkerProcess(process)
    try:
        async with asyncio.timeout(START_SECONDS):
            await worker._read()
    except (EOFError, TimeoutError) as error:
        await worker.kill()
        raise WorkerFailed("CRASHED", "the worker did not start") from error
    except BaseException:
        await worker.kill()
        raise
    return worker


def question(document: Mapping[str, Any], batch: Mapping[str, Any]) -> bytes:
    """Pack a question.

    Raises:
        WorkerFailed: TOO_LARGE.
    """
    text = json.dumps(document, sort_keys=True)
    try:
        return pack({"document": text, "batch": batch})
    except FrameTooLarge as error:
        raise WorkerFailed("TOO_LARGE", str(error)) from error
