"""30,000 random rule sets, decided by the engine and by the evaluator: no difference.

Each part compares its own 5,000 sets, so that the parts can run side by side. A
figure that is asked of all of them together is asked of each by its share.
"""

import math
import sys

import pytest

from rules.compiler import Mode
from rules.engine import Engine
from tests.rules.differential.trials import engine_answers, run_trials

PARTS = 6
SETS_A_PART = 5_000
TIMES_SEEN = 1_000
TRUE_PAIRS_A_SET = 10


# A part takes 20 s on a free core; a machine that is shared may need many times that.
@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", range(1, PARTS + 1))
def test_engine_and_evaluator_accept_the_same_pairs_with_the_same_scores(seed: int) -> None:
    report = run_trials(seed, SETS_A_PART, engine_answers(Engine()), observe_every=3)

    for line in report.coverage.lines():
        sys.stdout.write(f"{line}\n")
    assert report.differences == []
    assert report.sets == SETS_A_PART
    assert report.true_pairs_a_set >= TRUE_PAIRS_A_SET
    assert min(report.modes[Mode.JOIN], report.modes[Mode.PAIR]) > SETS_A_PART / 2
    assert report.refused.total() < SETS_A_PART / 8
    assert report.coverage.missing(math.ceil(TIMES_SEEN / PARTS)) == []
