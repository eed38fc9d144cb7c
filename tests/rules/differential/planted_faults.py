"""Break the compiler on purpose and see whether the differential test notices.

    python -m tests.rules.differential.planted_faults guard-dropped

Each fault replaces one step of the compiler in this process alone, so the process is
thrown away afterwards; a fault may also crash it, which counts as noticed. The exit
code is 0 when nothing was noticed, 10 when an answer differs, 11 when the engine's path
raised; 1 is left to Python, so that a mistake in this file never looks like a success.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from rules import compiler, encoder_terms, normal_form
from rules.atoms import Atom, Branch, Term
from rules.compiler import CompiledVersion, Mode, Stage
from rules.deciding import decide_compiled
from rules.encoder_values import double_text
from rules.engine import Engine
from rules.facts import Batch
from rules.language import AllOf, AnyOf, Comparison, Condition, NoneOf, RuleDocument
from rules.normal_form import MAX_BRANCHES, branches
from tests.rules.differential.trials import Decided, EngineAnswer, engine_answers, run_trials

SETS: Final = 500
NOTHING_NOTICED: Final = 0
ANSWER_DIFFERS: Final = 10
PATH_RAISED: Final = 11


def no_fault() -> EngineAnswer:
    """Change nothing: the control that shows the harness itself raises no alarm."""
    return engine_answers(Engine())


def guard_dropped() -> EngineAnswer:
    """Leave out the group that is always true at the end of each pattern."""
    engine = Engine()

    def answer(document: RuleDocument, batch: Batch) -> tuple[Decided, tuple[Mode, ...]]:
        version = _without_guards(compiler.compile_document(document))
        firings = decide_compiled(version, batch, engine).firings
        found = {(each.rule_id, each.demand_id, each.resource_id, each.score) for each in firings}
        return found, version.modes

    return answer


def negation_lost() -> EngineAnswer:
    """Read every ``none`` as ``any``."""
    return _with_branches(lambda condition, most: branches(_without_negation(condition), most))


def branch_lost() -> EngineAnswer:
    """Forget the last branch where there are several."""

    def shortened(condition: Condition, most: int) -> tuple[Branch, ...]:
        found = branches(condition, most)
        return found[:-1] if len(found) > 1 else found

    return _with_branches(shortened)


def wrong_side() -> EngineAnswer:
    """Swap the two sides of each comparison of fields without turning its sign."""

    def swapped(condition: Condition, most: int) -> tuple[Branch, ...]:
        return tuple(tuple(_with_sides_swapped(atom) for atom in branch) for branch in branches(condition, most))

    return _with_branches(swapped)


def wrong_mode() -> EngineAnswer:
    """Give every rule to the join, also those that need derived values."""

    def always_join(written: object) -> Mode:
        return Mode.JOIN

    compiler.mode_of = always_join
    return engine_answers(Engine())


def unknown_forgotten() -> EngineAnswer:
    """Compare the stand-ins of unknown values and unequal units as if they were values."""
    # setattr, because the name is private to the normal form.
    setattr(normal_form, "_needed", lambda comparison: ())  # noqa: B010  planting is replacing a name by its text
    return engine_answers(Engine())


def computed_in_doubles() -> EngineAnswer:
    """Compute ``field × times + plus`` in doubles, where 3 × 0.1 is more than 0.3."""

    def in_doubles(value: float, term: Term, path: str) -> str:
        return double_text(float(value) * term.times + term.plus)

    # setattr, because the name is an import there and no part of the interface.
    setattr(encoder_terms, "scaled_text", in_doubles)  # noqa: B010  planting is replacing a name by its text
    return engine_answers(Engine())


FAULTS: Final[Mapping[str, Callable[[], EngineAnswer]]] = {
    "none": no_fault,
    "guard-dropped": guard_dropped,
    "negation-lost": negation_lost,
    "branch-lost": branch_lost,
    "wrong-side": wrong_side,
    "wrong-mode": wrong_mode,
    "unknown-forgotten": unknown_forgotten,
    "computed-in-doubles": computed_in_doubles,
}


def _with_branches(step: Callable[[Condition, int], tuple[Branch, ...]]) -> EngineAnswer:
    def replaced(condition: Condition, most: int = MAX_BRANCHES) -> tuple[Branch, ...]:
        return step(condition, most)

    # setattr, because the name is an import there and no part of the interface.
    setattr(compiler, "branches", replaced)  # noqa: B010  planting is replacing a name by its text
    return engine_answers(Engine())


def _without_negation(condition: Condition) -> Condition:
    match condition:
        case Comparison():
            return condition
        case AllOf(members):
            return AllOf(tuple(_without_negation(member) for member in members))
        case AnyOf(members) | NoneOf(members):
            return AnyOf(tuple(_without_negation(member) for member in members))


def _with_sides_swapped(atom: Atom) -> Atom:
    return Atom(atom.right, atom.op, atom.left) if isinstance(atom.right, Term) else atom


def _without_guards(version: CompiledVersion) -> CompiledVersion:
    return replace(
        version,
        join=_stage_without_guards(version.join),
        pair=_stage_without_guards(version.pair),
        prefer=_stage_without_guards(version.prefer),
    )


def _stage_without_guards(stage: Stage | None) -> Stage | None:
    if stage is None:
        return None
    rulesets = tuple(replace(each, rules_json=_text_without_guards(each.rules_json)) for each in stage.rulesets)
    return replace(stage, rulesets=rulesets)


def _text_without_guards(rules_json: str) -> str:
    rules: dict[str, Any] = json.loads(rules_json)
    patterns = [pattern for rule in rules.values() for named in rule["all"] for pattern in named.values()]
    for conditions in (pattern["$and"] for pattern in patterns if "$and" in pattern):
        first, last = conditions[0], conditions[-1]
        if len(conditions) > 1 and last == {"$or": [first]}:
            conditions.pop()
    return json.dumps(rules, ensure_ascii=False, separators=(",", ":"))


def main(name: str) -> int:
    """Plant one fault and compare; print the first difference."""
    answer = FAULTS[name]()
    try:
        report = run_trials(11, SETS, answer, stop_after=1)
    # Whatever the broken path raises is exactly what would have been noticed.
    except Exception as error:
        sys.stdout.write(f"raised {type(error).__name__}: {error}\n")
        return PATH_RAISED
    for difference in report.differences:
        sys.stdout.write(f"after {report.sets} rule sets: {difference}\n")
    return ANSWER_DIFFERS if report.differences else NOTHING_NOTICED


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1]))
