"""Processes of a measurement: started, waited for, stopped, and their processor time (Linux)."""

import os
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

START: Final = 60.0
"""Seconds a server may take until it answers."""
PROC: Final = Path("/proc")


@contextmanager
def server(
    name: str, command: Sequence[str | Path], environment: Mapping[str, str], port: int, log: Path, folder: Path
) -> Iterator[int]:
    """Run a server while the block does, and give its process.

    Raises:
        RuntimeError: it ended, or did not answer in time; with the end of its log.
    """
    with log.open("wb") as into:
        process = subprocess.Popen(
            command,
            env={**os.environ, **environment},
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=into,
            stderr=into,
        )
    try:
        until = time.monotonic() + START
        while not _answers(port):
            if process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"{name} does not answer: {log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.1)
        yield process.pid
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5):
            return True
    except urllib.error.HTTPError:
        return True
    except (urllib.error.URLError, OSError):
        return False


def parent_of(pid: int) -> int:
    """Return the process that started a process."""
    return int((PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[1])


def processor_seconds(pid: int) -> float:
    """Return the processor time that a process and all below it have used, with all their threads."""
    total, waiting = 0, [pid]
    while waiting:
        try:
            for thread in (PROC / str(waiting.pop()) / "task").iterdir():
                total += int((thread / "schedstat").read_text().split()[0])
                waiting += map(int, (thread / "children").read_text().split())
        except (FileNotFoundError, ProcessLookupError):
            continue
    return total / 1e9
