"""Facts as the engine gets them."""

import json
from typing import Any

import pytest

from rules.atoms import Aspect
from rules.compiler import Stage, compile_document
from rules.encoder import candidates, join_chunks, pair_chunks
from rules.encoder_values import EncodingRefused
from tests.rules.engine_cases import a_batch
from tests.rules.one_pair import DEMAND, RESOURCE, changed, document

METRES = {"field": "pair.metres", "op": "<", "value": 500, "unknown": "fails"}
OVERLAP = {"field": "pair.overlapMinutes", "op": "<", "value": 500, "unknown": "fails"}
SERVED = {"field": "pair.served", "op": "=", "value": True}
ELDERLY = {"field": "demand.targetGroups", "op": "has", "value": "老年人"}


def encoded(stage: Stage | None, demand: Any, resource: Any) -> list[dict[str, Any]]:
    assert stage is not None
    found = candidates(a_batch([demand], [resource]))
    chunks = join_chunks(stage, found) if "join" in stage.rulesets[0].name else (pair_chunks(stage, found, found))
    (chunk,) = chunks
    facts: list[dict[str, Any]] = json.loads(chunk.facts_json)
    return facts


@pytest.mark.parametrize(
    ("requirement", "change", "path"),
    [
        (METRES, {"point": (181.0, 0.0)}, "pair.metres"),
        (METRES, {"point": (0.0, float("nan"))}, "pair.metres"),
        (METRES, {"point": (1.0,)}, "pair.metres"),
        (OVERLAP, {"windows": ((0.5, 2),)}, "pair.overlapMinutes"),
        (OVERLAP, {"windows": ((1, 2, 3),)}, "pair.overlapMinutes"),
        (ELDERLY, {"target_groups": ["老年人"]}, "demand.targetGroups"),
        ({"field": "demand.urgency", "op": "=", "value": "LOW"}, {"urgency": "low"},
         "demand.urgency"),
        ({"field": "demand.source", "op": "=", "value": "HOTLINE"}, {"source": None},
         "demand.source"),
    ],
)  # fmt: skip
def test_a_value_of_the_wrong_kind_is_refused_by_its_path(
    requirement: dict[str, Any], change: dict[str, Any], path: str
) -> None:
    version = compile_document(document(requirement))

    with pytest.raises(EncodingRefused) as refusal:
        encoded(version.join or version.pair, changed(DEMAND, **change), RESOURCE)
    assert refusal.value.path == path
    assert refusal.value.zh
    assert refusal.value.en


def test_a_service_area_without_a_closing_slash_is_refused() -> None:
    version = compile_document(document(SERVED))

    with pytest.raises(EncodingRefused, match=r"pair\.served"):
        encoded(version.pair, DEMAND, changed(RESOURCE, service_area=("11/110108",)))


def test_a_resource_is_written_once_for_each_kindred_category() -> None:
    near = {"field": "pair.categoryDistance", "op": "<=", "value": 1}
    stage = compile_document(document(near)).join
    assert stage is not None
    demands = [changed(DEMAND, id=code, category=code) for code in ("life", "life.haircut", "x")]
    found = candidates(a_batch(demands, [RESOURCE]))

    (chunk,) = join_chunks(stage, found)

    facts = json.loads(chunk.facts_json)
    distance = stage.names[next(iter(stage.names))]
    assert [(fact["id"], fact.get("cat"), fact.get(distance)) for fact in facts] == [
        ("d0", "life", None),
        ("r0", "life", 1.0),
        ("d1", "life.haircut", None),
        ("r1", "life.haircut", 0.0),
        ("_end", None, None),
    ]
    assert (chunk.demands, chunk.resources, found.pairs) == ([0, 1], [0, 0], 2)


def test_unknown_is_a_stand_in_and_a_flag() -> None:
    price = {"field": "resource.price", "op": "<", "value": 5, "unknown": "fails"}
    unit = {"field": "resource.unit", "op": "=", "value": "a", "unknown": "fails"}
    stage = compile_document(document(price, unit)).join
    assert stage is not None

    facts = encoded(stage, DEMAND, changed(RESOURCE, unit=None))

    by_term = {(term.field, term.aspect): facts[1][name] for term, name in stage.names.items()}
    assert by_term == {
        ("resource.price", Aspect.KNOWN): 0.0,
        ("resource.price", Aspect.VALUE): 0.0,
        ("resource.unit", Aspect.KNOWN): 0.0,
        ("resource.unit", Aspect.VALUE): "?r",
    }


def test_sets_and_lineages_are_written_as_one_truth_value_an_element() -> None:
    under = {"field": "resource.category", "op": "under", "value": "life"}
    stage = compile_document(document({"all": [ELDERLY, under]})).join

    facts = encoded(stage, DEMAND, RESOURCE)

    assert facts[0] == {"id": "d0", "k": 1.0, "cat": "life.haircut", "f0": 1.0}
    assert facts[1] == {"id": "r0", "k": 2.0, "cat": "life.haircut", "f1": 1.0}
