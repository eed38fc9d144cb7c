"""The taxonomy and the starting rule set: sound by themselves and with each other."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rules.examples import run_examples
from rules.facts import Taxonomy
from rules.language import parse
from rules.validation import check

Row = dict[str, Any]
SEEDS = Path(__file__).parents[2] / "seeds"


def rows(name: str) -> list[Row]:
    found: list[Row] = json.loads((SEEDS / "data" / f"{name}.json").read_text("utf-8"))
    return found


def words(category: Row) -> Iterator[tuple[str, str]]:
    for language in ("zh", "en"):
        for word in (category[language], *category["synonyms"][language]):
            yield language, word.casefold()


def test_no_word_names_two_categories() -> None:
    owners: dict[str, set[str]] = {}
    for category in rows("categories"):
        listed = list(words(category))
        assert len(listed) == len(set(listed)), category["code"]
        for _, word in listed:
            owners.setdefault(word, set()).add(category["code"])
    assert {word: codes for word, codes in owners.items() if len(codes) > 1} == {}


def test_categories_form_a_tree_and_kin_links_stand_at_both_ends() -> None:
    categories = {row["code"]: row for row in rows("categories")}
    for code, row in categories.items():
        assert re.fullmatch(r"[a-z][a-z0-9]*(\.[a-z][a-z0-9]*)*", code)
        parent = code.rpartition(".")[0]
        assert not parent or parent in categories, code
        for other in row["kin"]:
            assert code in categories[other]["kin"], (code, other)
            assert not f"{code}.".startswith(f"{other}."), (code, other)
            assert not f"{other}.".startswith(f"{code}."), (code, other)


@pytest.mark.parametrize(("name", "least"), [("community-start", 8), ("yongji-town", 5)])
def test_the_starting_rules_are_sound_varied_and_right_about_their_examples(name: str, least: int) -> None:
    categories = rows("categories")
    assert f"rules/{name}.json" in {row["document"] for row in rows("rule_sets")}
    text = (SEEDS / "rules" / f"{name}.json").read_text("utf-8")
    assert check(json.loads(text), {row["code"] for row in categories}) == []
    document = parse(json.loads(text))
    assert len(document.rules) >= least
    operators = set(re.findall(r'"op": "([^"]+)"', text)) - {"="}
    assert len(operators) >= 3
    assert len(set(re.findall(r'"field": "([^"]+)"', text))) >= 6
    taxonomy = Taxonomy(
        {row["code"]: row["code"].rpartition(".")[0] or None for row in categories},
        frozenset(frozenset((row["code"], kin)) for row in categories for kin in row["kin"]),
    )
    results = run_examples(document, taxonomy)
    assert [each.title for each in results if not each.passed or each.problems] == []
    for rule in document.rules:
        assert {each.expected for each in results if each.rule_id == rule.id} == {True, False}
