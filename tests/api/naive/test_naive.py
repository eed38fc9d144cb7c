"""The server answers as plain Python over all rows does, which shares no reader, source or predicate with it."""

import os
import random
import sys
from collections import Counter
from typing import Any

import orjson
import pytest
from graphql import GraphQLInterfaceType, get_named_type, parse, validate

from api.context import Context
from api.plan.selection import Selections
from auth.principal import Principal
from tests.api.callers import everybody, in_english
from tests.api.conftest import City
from tests.api.naive import answering
from tests.api.naive.answering import FOUND, KINDS, ROOTS, covered, published
from tests.api.naive.many import PLAIN
from tests.api.naive.policy import shipped
from tests.api.naive.view import View, all_tables
from tests.api.naive.writer import Covered
from tests.api.plan.differential import has_rows
from tests.api.plan.documents import Question
from tests.api.reading import answer, schema, viewer
from tests.databases import ON_POSTGRES

PARTS = 2
COUNT = int(os.environ.get(PLAIN, "90")) // PARTS
EACH = 6
Cursors = dict[tuple[str, str], list[str]]


@pytest.mark.parametrize("part", range(PARTS))
async def test_answers_equal_those_of_plain_python_over_all_rows(city: City, part: int) -> None:
    seed = f"plain {'postgres' if ON_POSTGRES else 'sqlite'} {part}"
    chance = random.Random(seed)
    tables, policy = await all_tables(), shipped()
    ids = {kind: chance.sample(found, min(9, len(found))) for kind in FOUND if (found := identifiers(tables, kind))}
    callers = everybody(city.world, mixtures=12)
    callers += [in_english(each) for each in callers[::2]]
    chance.shuffle(callers)
    told: Counter[str] = Counter()
    while told["asked"] < COUNT:
        caller = callers[told["asked"] // EACH % len(callers)]
        cursors, keys = await given_out(caller, chance)
        view = View(tables, KINDS, policy, caller, keys)
        writer = Covered(schema()._schema, chance, ids, cursors)
        for _ in range(EACH):
            await compare(valid(writer), view, told)

    sys.stderr.write(
        f"seed {seed!r}: {told['asked']} documents, {told['rows'] / told['asked']:.0%} with rows,"
        f" {told['cursor']} with a cursor, {told['filter']} with a filter\n{coverage()}\n"
    )
    assert told["rows"] > COUNT / 2, told


def identifiers(tables: Any, kind: str) -> list[str]:
    of = KINDS[kind]
    return [f"{kind}:{row['id']}" for row in tables[of.model].values() if of.among(row)]


def valid(writer: Covered) -> Question:
    """Return the next document that the schema admits and that plain Python covers."""
    while True:
        question = writer.question()
        if not validate(published(), parse(question.text)):
            return question


async def given_out(caller: Principal, chance: random.Random) -> tuple[Cursors, dict[str, int]]:
    """Return some cursors that the server gives this caller, and the keys of their rows."""
    cursors: Cursors = {}
    keys: dict[str, int] = {}
    for name in chance.sample(sorted(ROOTS), 4):
        order = chance.choice({"places": [""], "matches": ["BEST", "NEWEST"]}.get(name, ["NEWEST", "OLDEST"]))
        asked = f"first: 60, orderBy: {order}" if order else "first: 60"
        found = (await answer(f"{{ p: {name}({asked}) {{ edges {{ cursor node {{ id }} }} }} }}", caller))["p"]["edges"]
        edges = chance.sample(found, min(5, len(found)))
        cursors[name, order] = [each["cursor"] for each in edges]
        keys |= {each["cursor"]: int(each["node"]["id"].partition(":")[2]) for each in edges}
    return cursors, keys


async def compare(question: Question, view: View, told: Counter[str]) -> None:
    context = Context(viewer(view.caller), selections=Selections())
    result: Any = await schema().execute(question.text, variable_values=question.variables, context_value=context)
    expected = answering.answer(view, question.text, question.variables)
    ours, theirs = orjson.dumps(result.data).decode(), orjson.dumps(expected).decode()
    assert (ours, result.errors or []) == (theirs, []), "\n\n".join(
        [f"{view.caller!r}", question.text, f"{question.variables}", f"server:\n{ours}", f"plain Python:\n{theirs}",
         f"{result.errors}", first_difference(result.data, expected)]
    )  # fmt: skip
    told.update({
        "asked": 1, "rows": has_rows(expected), "filter": "filter:" in question.text,
        "cursor": "after:" in question.text or "before:" in question.text,
    })  # fmt: skip


def first_difference(one: Any, other: Any, path: str = "") -> str:
    """Return where two answers differ first."""
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        return next((said for key in one if (said := first_difference(one[key], other[key], f"{path}.{key}"))), "")
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        pairs = enumerate(zip(one, other, strict=True))
        return next((said for at, (a, b) in pairs if (said := first_difference(a, b, f"{path}[{at}]"))), "")
    return "" if one == other else f"first at {path}: {one!r:.300} and {other!r:.300}"


def coverage() -> str:
    """Return how much of the schema plain Python knows."""
    node = published().type_map["Node"]
    assert isinstance(node, GraphQLInterfaceType)
    objects = published().get_possible_types(node)
    known = {each.name: covered(each.name) & each.fields.keys() for each in objects}
    fields = sum(len(each.fields) for each in objects)
    query = published().query_type
    assert query is not None
    roots = sum(get_named_type(each.type).name.endswith("Connection") for each in query.fields.values())
    return (
        f"plain Python knows {sum(map(bool, known.values()))} of {len(objects)} types with identifiers,"
        f" {sum(map(len, known.values()))} of their {fields} fields, {len(ROOTS)} of {roots} pages"
    )
