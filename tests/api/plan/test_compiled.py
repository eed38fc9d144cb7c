"""What is compiled answers as the level-by-level reader does, to the byte."""

import os

import pytest

from api.search.indexing import index_all
from tests.api.callers import everybody, in_english
from tests.api.conftest import City
from tests.api.plan.differential import ask_many
from tests.api.plan.many import DOCUMENTS
from tests.api.reading import LISTS, SYSTEM, every_id

COUNT = int(os.environ.get(DOCUMENTS, "240")) // 4


@pytest.mark.parametrize("part", range(4))
async def test_compiled_answers_equal_those_of_the_reader(city: City, part: int) -> None:
    await index_all()
    callers = everybody(city.world, mixtures=10)
    callers += [in_english(each) for each in callers[:10]]
    callers = callers[part::4]
    ids = [each for field in LISTS.values() for each in (await every_id(field, SYSTEM))[:4]]
    tally = await ask_many(COUNT, f"compiled {part}", callers, ids)

    assert tally.asked == COUNT
    # Most are answered by fewer statements, or nothing would have been compared.
    assert tally.compiled > COUNT / 3, tally
