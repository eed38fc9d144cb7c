"""What people read about a match."""

import pytest

from rules.document import Comparison, Other, Text
from rules.evaluator import evaluate
from rules.explanation import because, comparison_at, explain, sentence, value_label
from tests.rules.one_pair import DEMAND, RESOURCE, TAXONOMY, changed, document


def test_an_absent_value_is_said_to_be_unknown() -> None:
    text = Text("{provider.name}提供{resource.title},{pair.metres}", "{provider.name}: {x}")

    said = because(text, {"resource.title": "理发", "pair.metres": 300, "provider.name": ""})

    assert said == Text("未知提供理发,300 米", "unknown: unknown")


@pytest.mark.parametrize(
    ("path", "value", "zh", "en"),
    [
        ("place.shareOver60", None, "未知", "unknown"),
        ("place.shareOver60", 0.305, "30.5%", "30.5%"),
        ("demand.estimatedCost", 280, "280 元", "280 CNY"),
        ("demand.quantity", 2.5, "2.5", "2.5"),
        ("resource.atHome", False, "否", "no"),
        ("provider.family", "PROPERTY_FIRM", "物业(管家)", "property firm"),
        ("demand.targetGroups", frozenset({"elder", "b"}), "b、老年人", "b, elderly"),
        ("demand.targetGroups", frozenset(), "所有人", "everybody"),
        ("demand.title", "修{锁}", "修{锁}", "修{锁}"),
    ],
)
def test_values_are_shown_with_label_and_unit(path: str, value: object, zh: str, en: str) -> None:
    labels = {"elder": Text("老年人", "elderly")}

    assert value_label(path, value, labels) == Text(zh, en)


@pytest.mark.parametrize(
    ("comparison", "zh", "en"),
    [
        (Comparison("resource.quantity", ">=", other=Other("demand.quantity", 0.9, -1)),
         "供给数量 ≥ 需求数量 × 0.9 - 1", "quantity offered ≥ quantity asked for × 0.9 - 1"),
        (Comparison("pair.sameGrid", "!=", True), "在同一网格:否", "in the same grid: no"),
        (Comparison("pair.metres", "between", (0, 1500)), "相距米数 介于 0 米 与 1500 米",
         "distance in metres is between 0 metres and 1500 metres"),
        (Comparison("demand.urgency", "in", ("HIGH", "LOW")), "紧急程度 属于: 较急、不急",
         "urgency is one of: high, low"),
        (Comparison("demand.targetGroups", "has", "老人"), "需求面向人群 包含 老人",
         "whom it is for contains 老人"),
        (Comparison("resource.price", "unknown"), "价格 未知", "price is unknown"),
    ],
)  # fmt: skip
def test_a_comparison_reads_as_a_sentence(comparison: Comparison, zh: str, en: str) -> None:
    assert sentence(comparison) == Text(zh, en)


def test_each_condition_tells_what_was_asked_and_found() -> None:
    enough = {"field": "resource.quantity", "op": ">=", "unknown": "fails",
              "other": {"field": "demand.quantity", "times": 0.9}}  # fmt: skip
    free = {"field": "resource.priceClass", "op": "=", "value": "FREE", "unknown": "holds"}
    rules = document(
        {"all": [enough, {"none": [{"field": "resource.price", "op": "known"}]}]},
        prefer=[{"when": free, "points": 5, "because": {"zh": "免费", "en": "free"}}],
    )
    resource = changed(RESOURCE, price_class=None)

    told = explain(rules, evaluate(rules.rules[0], DEMAND, resource, TAXONOMY).conditions)

    assert [each.zh for each in told] == [
        "供给数量 ≥ 需求数量 × 0.9(实际:2.7、2.7):符合",
        "价格 已知:不符合",
        "收费类别 = 免费(实际:未知):符合,加分 5",
    ]
    assert told[0].en.endswith("(found: 2.7 and 2.7): holds")


@pytest.mark.parametrize(
    "path", ["", "rules[1].require", "rules[0].require.all[2]", "rules[0].prefer[0].when", "rules",
             "rules[0].require.any[0]", "rules[0].require.all[0].field", "x.rules[0].require"],
)  # fmt: skip
def test_a_path_that_is_not_in_the_document_is_refused(path: str) -> None:
    known = {"field": "resource.price", "op": "known"}
    rules = document({"all": [known, known]})

    with pytest.raises(KeyError):
        comparison_at(rules, path)
    assert comparison_at(rules, "rules[0].require.all[1]").field == "resource.price"
