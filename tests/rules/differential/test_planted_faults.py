"""A differential test that finds nothing proves little unless it finds what was planted."""

import subprocess
import sys

import pytest

from tests.rules.differential.planted_faults import ANSWER_DIFFERS, FAULTS, NOTHING_NOTICED


def exit_code_with(fault: str) -> int:
    """Return how the comparison ends in a process of its own, which the fault may kill."""
    return subprocess.run(
        [sys.executable, "-m", "tests.rules.differential.planted_faults", fault],
        check=False,
        timeout=100,
    ).returncode


def test_without_a_fault_nothing_is_noticed() -> None:
    assert exit_code_with("none") == NOTHING_NOTICED


def test_a_dropped_guard_gives_wrong_answers_or_kills_the_process() -> None:
    code = exit_code_with("guard-dropped")

    assert code == ANSWER_DIFFERS or code < 0


@pytest.mark.parametrize("fault", [each for each in FAULTS if each not in ("none", "guard-dropped")])
def test_a_planted_fault_of_the_compiler_shows_as_a_wrong_answer(fault: str) -> None:
    assert exit_code_with(fault) == ANSWER_DIFFERS
