"""What was measured, as tables: medians over the rounds, and the ratios with their bars."""

import statistics
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from benchmarks.contest import table
from benchmarks.peer_entrants import MERCURIUS, OURS, POSTGRAPHILE, RAW, STRAWBERRY
from benchmarks.peer_work import FLAT, NESTED, SHAPES, SINGLE


@dataclass(slots=True)
class Figures:
    """One server asked one question: a value a round."""

    rate: list[float] = field(default_factory=list)
    p50: list[float] = field(default_factory=list)
    p99: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    database: list[float] = field(default_factory=list)

    def add(self, found: Mapping[str, Any], own: float, database: float) -> None:
        """Add a round: the load generator's answer, and the processor seconds of server and database."""
        self.rate.append(found["requests"] / found["seconds"])
        self.p50.append(found["p50"])
        self.p99.append(found["p99"])
        self.cpu.append(own * 1000 / found["requests"])
        self.database.append(database * 1000 / found["requests"])


Results = Mapping[tuple[str, str], Figures]
_Values = Callable[[Figures], list[float]]


def _rate(of: Figures) -> list[float]:
    return of.rate


def _cpu(of: Figures) -> list[float]:
    return of.cpu


# The peer, the shapes, what is compared, and how much of the peer's at least or at most.
BARS: Final[tuple[tuple[str, tuple[str, ...], str, _Values, bool, float], ...]] = (
    (POSTGRAPHILE, (NESTED,), "req/s", _rate, True, 2.5),
    (POSTGRAPHILE, (SINGLE,), "req/s", _rate, True, 1.5),
    (POSTGRAPHILE, (FLAT,), "req/s", _rate, True, 2.0),
    (RAW, SHAPES, "req/s", _rate, True, 0.85),
    (RAW, SHAPES, "CPU", _cpu, False, 1.6),
    (MERCURIUS, SHAPES, "req/s", _rate, True, 1.0),
)


def ratio(results: Results, shape: str, peer: str, values: _Values) -> float:
    """Return the median over the rounds of ours through the peer's; both were measured within seconds."""
    one, other = values(results[shape, OURS]), values(results[shape, peer])
    return statistics.median(mine / theirs for mine, theirs in zip(one, other, strict=True))


def report(results: Results) -> str:
    """Return a table for each shape, and one of the bars."""
    names = list(dict.fromkeys(name for _, name in results))
    head = ("server", "req/s", "p50 ms", "p99 ms", "CPU ms", "PostgreSQL's CPU ms", "ours: req/s", "ours: CPU")
    parts = []
    for shape in SHAPES:
        rows: list[tuple[object, ...]] = []
        for name in names:
            each = results[shape, name]
            medians = [statistics.median(of) for of in (each.rate, each.p50, each.p99, each.cpu, each.database)]
            against = (f"× {ratio(results, shape, name, of):.2f}" for of in (_rate, _cpu))
            rows.append((name, *medians, *against))
        parts.append(table(shape, head, rows))
    bars = []
    for peer, shapes, what, values, least, bar in BARS:
        for shape in shapes if peer in names else ():
            found = ratio(results, shape, peer, values)
            met = found >= bar if least else found <= bar
            wanted = f"{'≥' if least else '≤'} {bar}"
            bars.append((f"{what} / {peer}", shape, wanted, f"{found:.2f}", "met" if met else "NOT met"))
    parts.append(table("bars", ("ours", "shape", "bar", "found", ""), bars))
    if STRAWBERRY in names:
        parts.append("\nStrawberry has no bar: it shows what the engine saves.")
    return "\n".join(parts)
