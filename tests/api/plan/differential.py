"""The compiled form against the level-by-level reader: the same questions, the same callers, the same bytes.

The test suite asks a few hundred; `python -m tests.api.plan.many` asks more.
"""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

import orjson
from graphql import GraphQLSchema, get_operation_ast, parse, validate

from api.context import Context
from api.http.limits import exceeded, measure
from api.plan import answering
from api.plan.reader import read_by_ids, read_page
from api.plan.selection import Selections
from auth.principal import Principal
from tests.api.plan.documents import Question, Writer
from tests.api.reading import counted, level_by_level, schema, viewer


@dataclass(slots=True)
class Tally:
    """What was asked, and how it was answered."""

    asked: int = 0
    fewer: int = 0
    compiled: int = 0
    with_data: int = 0
    with_rows: int = 0
    with_errors: int = 0
    within_limits: int = 0
    callers: set[str] = field(default_factory=set)

    def told(self, seed: str) -> str:
        """Return a line for people."""
        shares = {
            "compiled whole": self.compiled, "in fewer statements": self.fewer, "with data": self.with_data,
            "with rows": self.with_rows,
            "with errors": self.with_errors, "within the limits": self.within_limits,
        }  # fmt: skip
        parts = ", ".join(f"{each / max(1, self.asked):.0%} {name}" for name, each in shares.items())
        return f"seed {seed!r}: {self.asked} documents by {len(self.callers)} callers; {parts}\n"


async def ask_both(question: Question, caller: Principal, tally: Tally) -> None:
    """Ask in both ways. Raise AssertionError when data differ by a byte or errors by one."""
    context = Context(viewer(caller), selections=Selections())
    with fallen_back() as levels_read:
        compiled, statements = await _asked(question, context)
    with level_by_level():
        levels, more = await _asked(question, Context(viewer(caller)))
    assert orjson.dumps(compiled.data) == orjson.dumps(levels.data), _difference(question, caller, compiled, levels)
    errors = _errors(compiled), _errors(levels)
    # Of root fields that fail side by side the executor tells of the one that it met first.
    roots = {path for found in errors for path, _, _ in found}
    same = errors[0] == errors[1] or (compiled.data is None and len(roots) > 1)
    assert same, _difference(question, caller, compiled, levels)
    tally.asked += 1
    tally.fewer += statements < more
    tally.compiled += not levels_read
    tally.with_data += compiled.data is not None
    tally.with_rows += has_rows(compiled.data)
    tally.with_errors += bool(compiled.errors)
    tally.callers.add(caller.actor)


@contextmanager
def fallen_back() -> Iterator[list[str]]:
    """Give a list that fills with what the level reader is asked for in the block, after nothing compiled for it."""
    asked: list[str] = []

    def noting(original: Any) -> Any:
        async def read(viewer: Any, name: str, *rest: Any) -> Any:
            asked.append(name)
            return await original(viewer, name, *rest)

        return read

    with (
        patch.object(answering, "read_page", noting(read_page)),
        patch.object(answering, "read_by_ids", noting(read_by_ids)),
    ):
        yield asked


def _difference(question: Question, caller: Principal, compiled: Any, levels: Any) -> str:
    answers = {"compiled": compiled, "level by level": levels}
    told = [f"{name}:\n{orjson.dumps(each.data).decode()}\n{_errors(each)}" for name, each in answers.items()]
    return "\n\n".join([f"{caller!r}", question.text, f"{question.variables}", *told])


async def _asked(question: Question, context: Context) -> tuple[Any, int]:
    with counted() as statements:
        result = await schema().execute(question.text, variable_values=question.variables, context_value=context)
    return result, len(statements)


def _errors(result: Any) -> set[tuple[str, str, str]]:
    return {
        (str(error.path), error.message, str(getattr(error.original_error, "path", None)))
        for error in result.errors or ()
    }


def has_rows(found: Any) -> bool:
    """Tell whether an answer holds a list with something in it, or an object that tells something."""
    if isinstance(found, dict):
        return any(has_rows(each) for name, each in found.items() if name not in ("pageInfo", "totalCount"))
    if isinstance(found, list):
        return any(each is not None for each in found)
    return found is not None


def our_own(core: GraphQLSchema, seed: str, ids: list[str]) -> Iterator[Question]:
    """Yield documents of our own taste that validate, for ever."""
    writer = Writer(core, random.Random(seed), ids)
    while True:
        question = writer.question()
        if not validate(core, parse(question.text)):
            yield question


def _within_limits(question: Question) -> bool:
    document = parse(question.text)
    operation = get_operation_ast(document)
    assert operation is not None
    return exceeded(measure(document, operation, schema()._schema, question.variables)) is None


async def ask_many(count: int, questions: Iterator[Question], callers: list[Principal]) -> Tally:
    """Ask so many questions, the callers in turn."""
    tally = Tally()
    while tally.asked < count:
        question = next(questions)
        tally.within_limits += _within_limits(question)
        await ask_both(question, callers[tally.asked % len(callers)], tally)
    return tally
