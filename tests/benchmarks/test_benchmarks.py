"""Each benchmark runs on tiny data and checks that its ways agree; nothing here is timed."""

import pytest

from api.settings import Settings
from benchmarks import city, matching, partner_query, search
from benchmarks.community import Size, community
from benchmarks.contest import Disagreement, Entrant, agree, contest
from benchmarks.hash_join import HASH_JOINS
from benchmarks.partner_rows import CitySize
from benchmarks.rule_documents import DOCUMENTS
from rules.compiler import Mode, compile_document
from rules.evaluator import decide_all
from rules.language import parse

TINY = Size(resources=12, needs=8, projects=4)


def test_ways_that_differ_are_not_compared() -> None:
    with pytest.raises(Disagreement, match=r"other and one .* \[1\] 3 against 2"):
        agree({"one": [1, 2], "other": [1, 3]})


async def test_every_round_begins_with_another_way_and_the_first_is_not_counted() -> None:
    began: list[str] = []
    ways = [Entrant(name, lambda name=name: began.append(name)) for name in ("a", "b")]  # type: ignore[misc]  # the default binds the name
    figures = await contest(ways, rounds=3)
    assert began == ["a", "b", "b", "a", "a", "b", "b", "a"]
    assert [len(figures[name].wall) for name in ("a", "b")] == [3, 3]


@pytest.mark.parametrize("mode", DOCUMENTS)
def test_each_rule_of_a_document_needs_its_mode_and_fires(mode: str) -> None:
    document = parse(DOCUMENTS[mode])
    assert set(compile_document(document).modes) == {Mode(mode)}
    batch = community(0, Size()).batch
    accepted = decide_all(document, batch)
    assert {rule for rule, *_ in accepted} == {rule.id for rule in document.rules}
    assert HASH_JOINS[mode](batch) == accepted


async def test_matching_is_measured_and_every_way_agrees(settings: Settings) -> None:
    report = await matching.measure(settings, TINY, rounds=1)
    assert "join mode" in report
    assert "pair mode" in report


async def test_the_partner_s_query_is_measured_and_answers_as_the_hand_written_one(settings: Settings) -> None:
    size = CitySize(communities=5, organisations=5, needs=60, resources=40, matches=240)
    report = await partner_query.measure(settings, size, rounds=1, times=1)
    assert "ratios" in report


async def test_searching_is_measured_and_finds_what_like_finds(database: Settings) -> None:
    rows = await search.measure(300, rounds=1, questions=("电梯 停运", "居民"))
    assert [row[0] for row in rows] == ["电梯 停运"] * 3 + ["居民"] * 3
    assert all(int(str(row[1])) > 0 for row in rows)


async def test_many_communities_are_measured() -> None:
    assert "4 communities" in await city.measure(4, TINY)
