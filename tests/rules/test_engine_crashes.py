"""Every input that is known to kill or hang durable_rules, brought to our door.

What gets through is run in this very process: if a case reached the library, the
test run itself would die or hang.
"""

import resource
from pathlib import Path
from typing import Any

import pytest

from rules.atoms import TooComplex
from rules.compiler import (
    ALTERNATIVES_A_HANDLE,
    MAX_PROPERTIES,
    RULES_A_HANDLE,
    Mode,
    compile_document,
)
from rules.encoder_values import EncodingRefused, double_text, number_text
from rules.engine import MAX_RULES_HELD, Engine
from rules.language import DocumentProblems, parse
from rules.patterns import MAX_SEQUENCE
from rules.validation import check
from tests.rules.engine_cases import a_batch, agreed, engine_answer, engine_rules, random_versions
from tests.rules.one_pair import DEMAND, RESOURCE, changed, document
from tests.rules.test_engine_boundary import ENOUGH, SERVED, WEEKLY
from tests.rules.test_language import a_document


def test_every_join_ends_with_a_group_so_that_a_false_last_condition_stays_in_bounds() -> None:
    for version in random_versions(200):
        for ruleset in engine_rules(version):
            for name, rule in ruleset.items():
                if name != "_end":
                    for pattern in rule["all"]:
                        (condition,) = pattern.values()
                        assert "$or" in condition["$and"][-1]


def test_many_joins_whose_last_condition_is_false() -> None:
    engine = Engine()
    too_few = [changed(RESOURCE, id=f"r{at}", quantity=0) for at in range(30)]
    demands = [changed(DEMAND, id=f"d{at}") for at in range(30)]
    for _ in range(40):
        assert engine_answer(document(ENOUGH), a_batch(demands, too_few), engine) == set()


@pytest.mark.parametrize("group", [{"all": []}, {"any": []}, {"none": []}, {}])
def test_an_empty_group_is_refused(group: dict[str, Any]) -> None:
    with pytest.raises(DocumentProblems):
        parse(a_document(require=group))


def test_alternatives_are_spread_over_handles() -> None:
    def among(row: int, field: str) -> dict[str, Any]:
        codes = [f"{row}.{at}" for at in range(99)]
        return {"field": field, "op": "in", "value": [*codes, "life.haircut"]}

    wanted = [
        {"all": [among(row, "demand.category"), among(row, "resource.category"), *extra]}
        for row in range(20)
        for extra in ([], [SERVED])
    ]
    rules_ = document(*wanted)

    version = compile_document(rules_)

    assert version.modes.count(Mode.JOIN) == 20
    for stage in (version.join, version.pair):
        assert stage is not None
        assert all(each.rules * 200 <= ALTERNATIVES_A_HANDLE for each in stage.rulesets)
    assert len(agreed(rules_, a_batch([DEMAND], [RESOURCE]))) == 40


def test_more_rules_than_a_fact_may_meet_are_spread_over_handles() -> None:
    any_of = {"any": [{"field": "resource.recurs", "op": "!=", "value": each}
                      for each in ("NEVER", "DAILY", "MONTHLY", "YEARLY")]}  # fmt: skip
    rules_ = document(*([any_of] * 40))

    version = compile_document(rules_)

    assert version.engine_rules == 160
    assert version.join is not None
    assert all(each.rules <= RULES_A_HANDLE for each in version.join.rulesets)
    assert len(agreed(rules_, a_batch([DEMAND], [RESOURCE]))) == 40


def test_the_longest_list_to_avoid_is_answered() -> None:
    avoided = [f"c{at}" for at in range(100)]
    rules_ = document({"field": "resource.category", "op": "notIn", "value": avoided})
    bad = changed(RESOURCE, id="bad", category="c99")
    also = changed(DEMAND, id="d2", category="c99")

    assert {each[2] for each in agreed(rules_, a_batch([DEMAND, also], [RESOURCE, bad]))} == {"r1"}


def test_more_comparisons_of_both_sides_than_a_pattern_holds_are_refused() -> None:
    members = [{**ENOUGH, "other": {"field": "demand.quantity", "times": at}} for at in range(24)]

    with pytest.raises(TooComplex):
        compile_document(document({"all": members}))
    assert {each.code for each in check(document({"all": members}))} >= {"TOO_MANY_COMPARISONS"}


def test_no_engine_rule_is_longer_than_its_pattern() -> None:
    for version in random_versions(200):
        for ruleset in engine_rules(version):
            for rule in ruleset.values():
                for pattern in rule["all"]:
                    (condition,) = pattern.values()
                    members = condition.get("$and", [])
                    groups = sum("$or" in member for member in members)
                    joins = sum('{"n"' in str(member).replace("'", '"') for member in members)
                    assert 2 + 2 * groups + joins <= MAX_SEQUENCE


def test_more_properties_than_a_fact_holds_are_refused() -> None:
    wanted = [
        {"any": [{"field": "demand.targetGroups", "op": "has", "value": f"{row}.{at}"}
                 for at in range(32)]}
        for row in range(MAX_PROPERTIES // 32 + 1)
    ]  # fmt: skip

    with pytest.raises(TooComplex) as refusal:
        compile_document(document(*wanted))
    assert refusal.value.code == "TOO_MANY_FIELDS"


def test_a_document_too_large_for_the_engine_is_refused() -> None:
    avoided = {"field": "resource.category", "op": "notIn", "value": [str(at) for at in range(100)]}
    wide = {"all": [avoided, {"any": [
        {"field": "demand.targetGroups", "op": "has", "value": str(at)} for at in range(32)
    ]}]}  # fmt: skip

    with pytest.raises(TooComplex) as refusal:
        compile_document(document(*([wide] * 20)))
    assert refusal.value.code == "DOCUMENT_TOO_LARGE"


def test_ids_and_titles_of_nine_megabytes_never_leave_the_encoder() -> None:
    long = "z" * 9_000_000
    batch = a_batch([changed(DEMAND, id=long, title=long)], [changed(RESOURCE, provider_name=long)])

    assert len(agreed(document(WEEKLY), batch)) == 1


@pytest.mark.parametrize("value", [1e-07, 1e16, 1e22, -1e13, float("-inf"), 10**12 + 1])
def test_a_number_that_would_be_written_with_an_exponent_or_is_too_large_is_refused(
    value: float,
) -> None:
    with pytest.raises(EncodingRefused):
        number_text(value, "x")


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0.0"), (-0.0, "0.0"), (5, "5.0"), (10**12, "1000000000000.0"), (0.0001, "0.0001"),
     (-2.5, "-2.5")],
)  # fmt: skip
def test_numbers_are_written_as_plain_doubles(value: float, text: str) -> None:
    assert number_text(value, "x") == text


def test_right_sides_never_overflow_and_never_have_an_exponent() -> None:
    huge = {**ENOUGH, "other": {"field": "demand.quantity", "times": 10**12, "plus": 10**12}}
    tiny = {**ENOUGH, "other": {"field": "demand.quantity", "times": 0.0001}}
    rules_ = document(huge, tiny, {**huge, "op": "<"})
    demands = [changed(DEMAND, id=f"d{at}", quantity=q)
               for at, q in enumerate((10**12, -(10**12), 0.0001, 0))]  # fmt: skip
    offers = [changed(RESOURCE, id=f"r{at}", quantity=q)
              for at, q in enumerate((10**12, -(10**12), 0, 1))]  # fmt: skip

    assert agreed(rules_, a_batch(demands, offers))
    assert double_text(1e-08) == "0.00000001"
    assert "e" not in double_text(1e13)


def test_a_state_in_which_nothing_matched_is_thrown_away_safely() -> None:
    engine = Engine()
    never = changed(RESOURCE, recurs="YEARLY")
    for _ in range(200):
        assert engine_answer(document(WEEKLY), a_batch([DEMAND], [never]), engine) == set()


def test_a_thousand_batches_use_one_state_and_no_more_memory() -> None:
    engine = Engine()
    rules_ = document(WEEKLY, SERVED)
    resources = [changed(RESOURCE, id=f"r{at}") for at in range(3)]
    batch = a_batch([changed(DEMAND, id=f"d{at}") for at in range(2)], resources)
    for _ in range(200):
        engine_answer(rules_, batch, engine)
    before = resident_kilobytes()

    for _ in range(1_030):
        assert len(engine_answer(rules_, batch, engine)) == 12

    # A state that is not thrown away costs 95 kB or more.
    assert resident_kilobytes() - before < 10_000


def resident_kilobytes() -> int:
    pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[1]
    return int(pages) * resource.getpagesize() // 1024


def test_old_handles_are_given_back() -> None:
    engine = Engine()
    batch = a_batch([DEMAND], [RESOURCE])
    many = [{"any": [{"field": "demand.targetGroups", "op": "has", "value": str(at)}
                     for at in range(32)]}] * 4  # fmt: skip
    for points in range(2 * MAX_RULES_HELD // 128):
        engine_answer(document(*many, points=points), batch, engine)

    assert engine.rules_held <= MAX_RULES_HELD


def test_more_pairs_than_the_budget_are_refused_before_anything_is_encoded() -> None:
    demands = [changed(DEMAND, id=f"d{at}") for at in range(2_001)]
    resources = [changed(RESOURCE, id=f"r{at}") for at in range(1_000)]

    with pytest.raises(EncodingRefused, match="2001000 candidate pairs"):
        engine_answer(document(WEEKLY), a_batch(demands, resources))
