"""Compare engine and evaluator over many random rule sets and print the figures.

    python -m tests.rules.differential --sets 200000 --seed 7
    python -m tests.rules.differential --case case.json

The second form replays one difference that a run printed.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

from rules.engine import Engine
from rules.facts import Batch
from rules.language import parse
from tests.rules.differential.trials import case_json, engine_answers, run_trials


def main() -> int:
    """Run what the arguments ask for; the exit code is 1 when anything differs."""
    parser = argparse.ArgumentParser(prog="python -m tests.rules.differential")
    parser.add_argument("--sets", type=int, default=30_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--case", type=Path)
    options = parser.parse_args()
    if options.case is not None:
        return _replay(options.case)
    return _trials(options.seed, options.sets)


def _replay(path: Path) -> int:
    case = json.loads(path.read_text(encoding="utf-8"))
    answer = engine_answers(Engine())
    shown = case_json(parse(case["document"]), Batch.from_json(case["batch"]), answer)
    _print(shown)
    found = json.loads(shown)
    return 1 if found["engineOnly"] or found["evaluatorOnly"] else 0


def _trials(seed: int, sets: int) -> int:
    started = time.perf_counter()
    report = run_trials(seed, sets, engine_answers(Engine()), observe_every=3)
    seconds = time.perf_counter() - started
    modes = ", ".join(f"{mode.value} {count}" for mode, count in sorted(report.modes.items()))
    _print(f"seed {seed}: {report.sets} rule sets in {seconds:.1f} s; rules by mode: {modes}")
    _print(f"refused as too complex: {dict(report.refused)}")
    _print(
        f"true pairs a set {report.true_pairs_a_set:.2f} "
        f"(accepted by some rule, distinct); rule × pair {report.decisions}"
    )
    _print("comparisons seen true/false, counted in every third set:")
    for line in report.coverage.lines():
        _print(line)
    _print(f"differences: {len(report.differences)}")
    for difference in report.differences:
        _print(difference)
    return 1 if report.differences else 0


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    raise SystemExit(main())
