"""The compiled form against the level-by-level reader: the same questions, the same callers, the same bytes.

The test suite asks a few hundred; `python -m tests.api.plan.many 2500` asks more.
"""

import random
from dataclasses import dataclass
from typing import Any

import orjson
from graphql import parse, validate

from api.context import Context
from api.plan.selection import Selections
from auth.principal import Principal
from tests.api.plan.documents import Question, Writer
from tests.api.reading import counted, level_by_level, schema, viewer


@dataclass(slots=True)
class Tally:
    """What was asked, and how it was answered."""

    asked: int = 0
    compiled: int = 0
    with_data: int = 0
    with_errors: int = 0


async def ask_both(question: Question, caller: Principal, tally: Tally) -> None:
    """Ask in both ways. Raise AssertionError when data differ by a byte or errors by one."""
    context = Context(viewer(caller), selections=Selections())
    compiled, statements = await _asked(question, context)
    with level_by_level():
        levels, more = await _asked(question, Context(viewer(caller)))
    assert orjson.dumps(compiled.data) == orjson.dumps(levels.data), (question, caller)
    errors = _errors(compiled), _errors(levels)
    # Of root fields that fail side by side the executor tells of the one that it met first.
    roots = {path for found in errors for path, _, _ in found}
    assert errors[0] == errors[1] or (compiled.data is None and len(roots) > 1), (errors, question, caller)
    tally.asked += 1
    tally.compiled += statements < more
    tally.with_data += compiled.data is not None
    tally.with_errors += bool(compiled.errors)


async def _asked(question: Question, context: Context) -> tuple[Any, int]:
    with counted() as statements:
        result = await schema().execute(question.text, variable_values=question.variables, context_value=context)
    return result, len(statements)


def _errors(result: Any) -> set[tuple[str, str, str]]:
    return {
        (str(error.path), error.message, str(getattr(error.original_error, "path", None)))
        for error in result.errors or ()
    }


async def ask_many(count: int, seed: str, callers: list[Principal], ids: list[str]) -> Tally:
    """Ask so many questions, the callers in turn."""
    chance = random.Random(seed)
    core = schema()._schema
    writer = Writer(core, chance, ids)
    tally = Tally()
    while tally.asked < count:
        question = writer.question()
        if validate(core, parse(question.text)):
            continue
        await ask_both(question, callers[tally.asked % len(callers)], tally)
    return tally
