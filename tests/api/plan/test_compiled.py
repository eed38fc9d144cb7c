"""What is compiled answers as the level-by-level reader does, to the byte."""

import os
import sys

import pytest

from api.search.indexing import index_all
from auth.principal import Principal
from tests.api.callers import everybody, in_english
from tests.api.conftest import City
from tests.api.plan.differential import ask_many, our_own
from tests.api.plan.many import DOCUMENTS, STRANGERS
from tests.api.plan.strangers import written
from tests.api.reading import LISTS, SYSTEM, every_id, schema
from tests.api.world import World
from tests.databases import ON_POSTGRES

# Each database answers documents of its own.
DATABASE = "postgres" if ON_POSTGRES else "sqlite"
COUNT = int(os.environ.get(DOCUMENTS, "240")) // 4
# In the suite one part of the schema, or reading it would take longer than the asking.
HALVES = ((0, 1), (2, 3)) if STRANGERS in os.environ else ((0,),)
OTHERS = int(os.environ.get(STRANGERS, "40")) // len(HALVES)


@pytest.mark.parametrize("part", range(4))
async def test_compiled_answers_equal_those_of_the_reader(city: City, part: int) -> None:
    await index_all()
    seed = f"compiled {DATABASE} {part}"
    ids = [each for found in (await known_ids()).values() for each in found]
    tally = await ask_many(COUNT, our_own(schema()._schema, seed, ids), callers(city.world)[part::4])

    sys.stderr.write(f"ours, {tally.told(seed)}")
    assert tally.asked == COUNT
    # Most are compiled whole, and take fewer statements where there is something below; or nothing would be compared.
    assert tally.compiled > COUNT / 2, tally
    assert tally.fewer > tally.with_rows / 3, tally


@pytest.mark.parametrize("half", range(len(HALVES)))
async def test_so_do_answers_to_what_somebody_else_makes_up(city: City, half: int) -> None:
    seed = half + 2 * ON_POSTGRES
    questions = written(schema()._schema, OTHERS, seed, await known_ids(), HALVES[half])
    tally = await ask_many(OTHERS, iter(questions), callers(city.world)[half :: len(HALVES)])

    sys.stderr.write(f"hypothesis-graphql's, {tally.told(str(seed))}")
    assert tally.asked == OTHERS
    assert tally.compiled > OTHERS / 2, tally
    assert tally.with_rows > OTHERS / 4, tally
    assert tally.within_limits > OTHERS * 0.9, tally


def callers(world: World) -> list[Principal]:
    """Return nobody known, every role in two communities and some mixtures; some of them read English."""
    found = everybody(world, mixtures=10)
    return found + [in_english(each) for each in found[::3]]


async def known_ids() -> dict[str, list[str]]:
    """Return some identifiers of each type."""
    return {kind: (await every_id(field, SYSTEM))[:4] for kind, field in LISTS.items()}
