"""The one place that talks to durable_rules, at binding level.

Kept here, so that nothing else needs to know: a handle serves one ruleset and is
remembered; every assertion is one batch in one state; it is drained until the
sentinel came last and the state is thrown away; whatever comes back otherwise is a
fault, the handle is dropped, and the caller gets no half answer.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Iterator
from typing import Any, Final

import durable_rules_engine

from rules.compiler import SENTINEL, EngineRuleset

MAX_RULES_HELD: Final = 3_000
"""Engine rules in all remembered handles; each takes about 20 kB."""
_STATE: Final = "0"
_OBSERVED: Final = 2

Matches = list[dict[str, dict[str, Any]]]


class EngineFault(RuntimeError):
    """Say that the engine did not answer as it must; its answer is not used."""


class Engine:
    """Hold the handles of the rulesets used last."""

    def __init__(self) -> None:
        """Begin without handles."""
        self._handles: OrderedDict[str, tuple[int, int]] = OrderedDict()
        self._rules_held = 0

    def run(self, ruleset: EngineRuleset, facts_json: str) -> Iterator[tuple[str, Matches]]:
        """Assert one encoded chunk and yield engine rule and matches as they fire.

        ``facts_json`` comes from ``rules/encoder.py`` and nowhere else. The iterator
        must be used up; the state is deleted when it ends.

        Raises:
            EngineFault: the engine refused, reported an id seen before, or its last
                word was not the sentinel.
        """
        handle = self._handle(ruleset)
        try:
            yield from _drained(handle, facts_json)
        except BaseException:
            # The state may be half filled and deleting it may crash: leave both behind.
            self._rules_held -= self._handles.pop(ruleset.name)[1]
            raise
        durable_rules_engine.delete_state(handle, _STATE)

    def _handle(self, ruleset: EngineRuleset) -> int:
        held = self._handles.get(ruleset.name)
        if held is not None:
            self._handles.move_to_end(ruleset.name)
            return held[0]
        while self._handles and self._rules_held + ruleset.rules > MAX_RULES_HELD:
            _, (oldest, rules) = self._handles.popitem(last=False)
            self._rules_held -= rules
            durable_rules_engine.delete_ruleset(oldest)
        try:
            handle: int = durable_rules_engine.create_ruleset(ruleset.name, ruleset.rules_json)
        except Exception as error:
            raise EngineFault(f"ruleset {ruleset.name} was refused: {error}") from error
        self._handles[ruleset.name] = (handle, ruleset.rules)
        self._rules_held += ruleset.rules
        return handle

    @property
    def rules_held(self) -> int:
        """Return the number of engine rules in the remembered handles."""
        return self._rules_held


def _drained(handle: int, facts_json: str) -> Iterator[tuple[str, Matches]]:
    try:
        code, state = durable_rules_engine.assert_facts(handle, facts_json)
        if code == _OBSERVED:
            raise EngineFault("the engine took two ids for one")
        started = durable_rules_engine.start_action_for_state(handle, state)
        message = started and started[1]
        ended = False
        while message:
            if ended:
                raise EngineFault("the engine went on after the sentinel")
            ((name, matches),) = json.loads(message).items()
            if name == SENTINEL:
                ended = True
            else:
                yield name, matches
            message = durable_rules_engine.complete_and_start_action(handle, state)
    except (EngineFault, GeneratorExit):
        raise
    except Exception as error:
        raise EngineFault(f"the engine failed: {error}") from error
    if not ended:
        raise EngineFault("the engine stopped before the sentinel")
