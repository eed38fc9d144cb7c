"""Compare ways of doing one thing within one run: rounds in changing order, medians, ratios.

A machine that others use too makes every figure of today differ from yesterday's; the ratio of two
ways that took turns within one run does not.
"""

import gc
import inspect
import statistics
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Step = Callable[[], object]
"""Something to do; what it returns is awaited when it can be."""
Clock = Callable[[], float]
"""Seconds of processor time used so far."""


@dataclass(frozen=True, slots=True)
class Entrant:
    """One way: `run` is timed `times` times a round, `prepare` goes before each run and is not timed."""

    name: str
    run: Step
    prepare: Step | None = None
    times: int = 1


@dataclass(slots=True)
class Figures:
    """Milliseconds of each run, and the means of each round."""

    runs: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    @property
    def ms(self) -> float:
        """Return the median over the rounds."""
        return statistics.median(self.wall)

    @property
    def cpu_ms(self) -> float:
        """Return the median over the rounds of the processor time."""
        return statistics.median(self.cpu)

    def percentile(self, share: float) -> float:
        """Return the duration that `share` (0 to 1) of all runs keep within."""
        ordered = sorted(self.runs)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


class Disagreement(AssertionError):
    """Ways that were to give the same answer did not, so their times cannot be compared."""


async def contest(entrants: Sequence[Entrant], rounds: int, clock: Clock = time.process_time) -> dict[str, Figures]:
    """Run all entrants in each round, every round beginning with another one; the first round warms up.

    `clock` tells the processor time that counts, by default this process's without its children.
    """
    figures = {entrant.name: Figures() for entrant in entrants}
    for number in range(rounds + 1):
        gc.collect()
        at = number % len(entrants)
        for entrant in (*entrants[at:], *entrants[:at]):
            into = figures[entrant.name] if number else Figures()
            await _round(entrant, into, clock)
    return figures


async def _round(entrant: Entrant, into: Figures, clock: Clock) -> None:
    runs: list[float] = []
    cpu, used = 0.0, clock()
    for _ in range(entrant.times):
        if entrant.prepare is not None:
            await do(entrant.prepare)
            used = clock()
        began = time.perf_counter()
        await do(entrant.run)
        runs.append((time.perf_counter() - began) * 1000)
        if entrant.prepare is not None:
            cpu += clock() - used
    if entrant.prepare is None:
        # Reading the clock takes longer than the shortest runs, so it is read once.
        cpu = clock() - used
    into.runs += runs
    into.wall.append(statistics.fmean(runs))
    into.cpu.append(cpu * 1000 / entrant.times)


def with_children(pids: Callable[[], Sequence[int]]) -> Clock:
    """Return a clock of this process and of its children that are idle now (Linux, in nanoseconds)."""

    def clock() -> float:
        used = sum(int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) for pid in pids())
        return time.process_time() + used / 1e9

    return clock


async def do(step: Step) -> object:
    """Do a step, and await what it returns if need be."""
    found = step()
    return await found if isinstance(found, Awaitable) or inspect.isawaitable(found) else found


def agree(answers: Mapping[str, object]) -> None:
    """Check that all ways gave the same answer.

    Raises:
        Disagreement: with the names of two that differ.
    """
    (first, expected), *others = answers.items()
    for name, answer in others:
        if answer != expected:
            raise Disagreement(f"{name} and {first} do not give the same answer: {_apart(answer, expected)}")


def _apart(one: Any, other: Any) -> str:
    """Return the first place in which two answers differ."""
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        return next(f".{key}{_apart(one[key], other[key])}" for key in one if one[key] != other[key])
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        at = next(at for at, pair in enumerate(zip(one, other, strict=True)) if pair[0] != pair[1])
        return f"[{at}]{_apart(one[at], other[at])}"
    if isinstance(one, set) and isinstance(other, set):
        return f" {sorted(one - other)[:3]} against {sorted(other - one)[:3]}"
    return f" {str(one)[:80]} against {str(other)[:80]}"


def ratio_rows(figures: Mapping[str, Figures], pairs: Sequence[tuple[str, str]]) -> list[tuple[str, float, float]]:
    """Return by how much the first of each pair takes longer, and uses more processor time."""
    return [
        (f"{one} / {other}", figures[one].ms / figures[other].ms, figures[one].cpu_ms / figures[other].cpu_ms)
        for one, other in pairs
    ]


def table(title: str, head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Return a Markdown table under a title; numbers get three significant digits."""
    lines = [f"\n### {title}\n", f"| {' | '.join(head)} |", f"| {' | '.join('---' for _ in head)} |"]
    lines += [f"| {' | '.join(_shown(each) for each in row)} |" for row in rows]
    return "\n".join(lines)


def _shown(value: object) -> str:
    if not isinstance(value, float):
        return str(value)
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
