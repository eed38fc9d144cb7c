"""Tell how long parts of a run take, by timing functions where they are looked up."""

import functools
import inspect
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, Final
from unittest.mock import patch

from benchmarks.contest import Step, do

REST: Final = "the rest"
WHOLE: Final = "in all"
Places = dict[str, tuple[tuple[Any, str], ...]]
"""A stage's name and the functions it consists of: where each is looked up, and its name there."""


@contextmanager
def timed(stages: Places) -> Iterator[dict[str, float]]:
    """Time the functions while the block runs; the value fills with seconds by stage.

    A generator counts while it makes its values, not while its caller uses them. Functions of
    different stages must not call each other.
    """
    seconds: dict[str, float] = defaultdict(float)
    with ExitStack() as stack:
        for stage, functions in stages.items():
            for owner, name in functions:
                stack.enter_context(patch.object(owner, name, _timed(getattr(owner, name), stage, seconds)))
        yield seconds


async def stage_rows(places: Places, run: Step, prepare: Step | None, times: int) -> list[tuple[str, float]]:
    """Return the median milliseconds of each stage, of what is left, and of the whole."""
    taken: dict[str, list[float]] = {name: [] for name in (*places, REST, WHOLE)}
    for _ in range(times):
        if prepare is not None:
            await do(prepare)
        with timed(places) as seconds:
            began = time.perf_counter()
            await do(run)
            whole = time.perf_counter() - began
        for name in places:
            taken[name].append(seconds[name] * 1000)
        taken[REST].append((whole - sum(seconds.values())) * 1000)
        taken[WHOLE].append(whole * 1000)
    return [(name, statistics.median(values)) for name, values in taken.items()]


def _timed(function: Callable[..., Any], stage: str, seconds: dict[str, float]) -> Callable[..., Any]:
    if inspect.iscoroutinefunction(function):

        @functools.wraps(function)
        async def awaited(*given: Any, **named: Any) -> Any:
            began = time.perf_counter()
            try:
                return await function(*given, **named)
            finally:
                seconds[stage] += time.perf_counter() - began

        return awaited

    @functools.wraps(function)
    def called(*given: Any, **named: Any) -> Any:
        began = time.perf_counter()
        found = function(*given, **named)
        seconds[stage] += time.perf_counter() - began
        return _stepped(found, stage, seconds) if inspect.isgenerator(found) else found

    return called


def _stepped(values: Iterator[Any], stage: str, seconds: dict[str, float]) -> Iterator[Any]:
    while True:
        began = time.perf_counter()
        try:
            value = next(values)
        except StopIteration:
            return
        finally:
            seconds[stage] += time.perf_counter() - began
        yield value
