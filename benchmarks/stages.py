"""Tell how long parts of a run take, by timing functions where they are looked up."""

import functools
import inspect
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

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
