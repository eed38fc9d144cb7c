"""Random rule documents as JSON, over every field and operator of the vocabulary."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random
from typing import Any, Final

from rules.facts import DERIVED, VOCABULARY, FieldSpec, FieldType
from tests.rules.differential import random_facts as pools

Json = dict[str, Any]

ORDERINGS: Final = ("<", "<=", ">", ">=")
_TITLE: Final = {"zh": '规则"甲"', "en": "Rule it's"}
_TIMES: Final = (0, 0.1, 0.1, 0.5, 0.9, 1, 1.1, 3, -1, 0.3333, 1_000_000_000_000)
_PLUS: Final = (-1, 0, 0.1, 0.2, 1, 2.5, 100)
_METRES: Final = (0, 85, 100, 500, 501, 1_000_000)
_NUMBERS: Final[Mapping[str, tuple[int | float, ...]]] = {
    "demand.quantity": pools.QUANTITIES,
    "resource.quantity": pools.QUANTITIES,
    "demand.estimatedCost": pools.MONEY,
    "resource.price": pools.MONEY,
    "demand.estimatedEffort": pools.MINUTES,
    "resource.responseMinutes": pools.MINUTES,
    "place.shareOver60": pools.SHARES,
    "pair.categoryDistance": (0, 1, 2, 3),
    "pair.metres": _METRES,
    "pair.overlapMinutes": pools.MINUTES,
    "pair.promisedLeft": pools.QUANTITIES,
}
_TEXTS: Final[Mapping[str, tuple[str, ...]]] = {
    "demand.unit": pools.UNITS,
    "resource.unit": pools.UNITS,
    "provider.organisationKind": pools.ORGANISATION_KINDS,
}
_SPECS: Final = tuple(VOCABULARY.values())
_BY_TYPE: Final = {kind: tuple(spec for spec in _SPECS if spec.type is kind) for kind in FieldType}
_QUANTITIES: Final = tuple(spec for spec in _SPECS if spec.is_quantity)
# Numbers have most operators and quantities most rules, so both are drawn more often.
_PAIR_FIELDS: Final = (*_SPECS, *_BY_TYPE[FieldType.NUMBER], *_QUANTITIES * 4)
_JOIN_FIELDS: Final = tuple(spec for spec in _PAIR_FIELDS if spec.path not in DERIVED)


def make_document(random: Random) -> Json:
    """Make a document of one to three rules; each rule may use derived values or not."""
    rules = [_rule(random, f"rule-{index}") for index in range(random.choice((1, 2, 2, 3)))]
    return {"format": 1, "kind": "match", "id": "random", "title": dict(_TITLE), "rules": rules}


def _rule(random: Random, own_id: str) -> Json:
    fields = _JOIN_FIELDS if random.random() < 0.5 else _PAIR_FIELDS
    rule: Json = {
        "id": own_id,
        "title": dict(_TITLE),
        "because": {"zh": "因为{demand.title}", "en": "because"},
        "demand": random.choice(("need", "project", "both", "both", "both")),
        "points": random.choice((0, 1, 40, 1000)),
        "require": make_condition(random, fields, random.choice((1, 2, 2, 3))),
    }
    if random.random() < 0.4:
        rule["prefer"] = [
            {
                "when": make_condition(random, fields, random.choice((0, 0, 1))),
                "points": random.choice((-1000, -3, 0, 7, 50)),
                "because": {"zh": "加分", "en": "points"},
            }
            for _ in range(random.choice((1, 1, 2)))
        ]
    return rule


def make_condition(random: Random, fields: tuple[FieldSpec, ...], depth: int) -> Json:
    """Make a condition of at most this depth; ``any`` outnumbers ``all`` so that much holds."""
    if depth == 0 or random.random() < 0.15:
        return make_comparison(random, random.choice(fields))
    word = random.choice(("all", "all", "any", "any", "any", "none"))
    count = 1 if random.random() < 0.15 else random.choice((2, 2, 3))
    members = [make_condition(random, fields, depth - 1) for _ in range(count)]
    return {word: members}


def make_comparison(random: Random, spec: FieldSpec) -> Json:
    """Make a comparison that is valid for the field."""
    if spec.nullable and random.random() < 0.12:
        return {"field": spec.path, "op": random.choice(("known", "unknown"))}
    comparison = {"field": spec.path, **_MAKERS[spec.type](random, spec)}
    other = comparison.get("other")
    if spec.nullable or (other is not None and VOCABULARY[other["field"]].nullable):
        comparison["unknown"] = random.choice(("holds", "fails"))
    return comparison


def _number(random: Random, spec: FieldSpec) -> Json:
    values = _NUMBERS[spec.path]
    op = random.choice(("=", "=", "!=", "!=", *ORDERINGS, *ORDERINGS, "between"))
    if op == "between":
        return {"op": op, "value": sorted((random.choice(values), random.choice(values)))}
    if random.random() < (0.2 if spec.is_quantity else 0.5):
        return {"op": op, "value": random.choice(values)}
    other: Json = {"field": _opposite(random, spec)}
    if random.random() < (0.7 if op in ORDERINGS else 0.3):
        if random.random() < 0.7:
            other["times"] = random.choice(_TIMES)
        if random.random() < 0.5:
            other["plus"] = random.choice(_PLUS)
    return {"op": op, "other": other}


def _opposite(random: Random, spec: FieldSpec) -> str:
    if spec.is_quantity and random.random() < 0.9:
        return "resource.quantity" if spec.path == "demand.quantity" else "demand.quantity"
    # A derived value on the right side would turn a join rule into a pair rule.
    numbers = _BY_TYPE[FieldType.NUMBER]
    allowed = [
        each.path for each in numbers if each.path != spec.path and (each.path not in DERIVED or spec.path in DERIVED)
    ]
    return random.choice(allowed)


def _boolean(random: Random, spec: FieldSpec) -> Json:
    op = random.choice(("=", "!="))
    if random.random() < 0.7:
        return {"op": op, "value": random.random() < 0.5}
    others = [each.path for each in _BY_TYPE[FieldType.BOOLEAN] if each.path != spec.path and each.path not in DERIVED]
    return {"op": op, "other": {"field": random.choice(others)}}


def _choice(random: Random, spec: FieldSpec) -> Json:
    if spec.ordered and random.random() < 0.6:
        return {"op": random.choice(ORDERINGS), "value": random.choice(spec.choices)}
    twins = {"demand.family": "provider.family", "provider.family": "demand.family"}
    if spec.path in twins and random.random() < 0.4:
        return {"op": random.choice(("=", "!=")), "other": {"field": twins[spec.path]}}
    return _equality_or_list(random, spec.choices)


def _code(random: Random, spec: FieldSpec) -> Json:
    if random.random() < 0.4:
        return {"op": "under", "value": random.choice(pools.CODES)}
    if random.random() < 0.2:
        side = "resource" if spec.path.startswith("demand") else "demand"
        return {"op": random.choice(("=", "!=")), "other": {"field": f"{side}.category"}}
    return _equality_or_list(random, (*pools.CODES, pools.UNLISTED_CODE))


def _text(random: Random, spec: FieldSpec) -> Json:
    if random.random() < 0.3:
        others = [path for path in _TEXTS if path != spec.path]
        return {"op": random.choice(("=", "!=")), "other": {"field": random.choice(others)}}
    return _equality_or_list(random, _TEXTS[spec.path])


def _set(random: Random, spec: FieldSpec) -> Json:
    pool = pools.GROUPS if spec.path.endswith("targetGroups") else pools.SKILLS
    return {"op": "has", "value": random.choice(pool)}


def _equality_or_list(random: Random, choices: tuple[str, ...]) -> Json:
    op = random.choice(("=", "!=", "in", "in", "notIn"))
    if op in ("=", "!="):
        return {"op": op, "value": random.choice(choices)}
    return {"op": op, "value": random.sample(choices, random.randint(1, min(3, len(choices))))}


_MAKERS: Final[Mapping[FieldType, Callable[[Random, FieldSpec], Json]]] = {
    FieldType.NUMBER: _number,
    FieldType.BOOLEAN: _boolean,
    FieldType.CHOICE: _choice,
    FieldType.CODE: _code,
    FieldType.TEXT: _text,
    FieldType.SET: _set,
}
