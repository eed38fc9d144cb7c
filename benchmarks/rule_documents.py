"""Two rule documents of four rules each: one that a join decides, one that needs pairs."""

from collections.abc import Mapping
from typing import Any

Json = dict[str, Any]


def _is(field: str, operator: str, value: object, unknown: str | None = None) -> Json:
    return {"field": field, "op": operator, "value": value} | ({"unknown": unknown} if unknown else {})


def _rule(key: str, demand: str, points: int, require: Json, prefer: Mapping[int, Json] | None = None) -> Json:
    text = {"zh": "{resource.title}由{provider.name}提供", "en": "{resource.title} by {provider.name}"}
    return {
        "id": key,
        "title": {"zh": f"测量用规则 {key}", "en": f"Rule to be measured: {key}"},
        "because": text,
        "demand": demand,
        "points": points,
        "require": require,
        "prefer": [{"when": when, "points": more, "because": text} for more, when in (prefer or {}).items()],
    }


_ENOUGH = {"field": "resource.quantity", "op": ">=", "other": {"field": "demand.quantity"}, "unknown": "holds"}

JOIN: Json = {
    "format": 1,
    "kind": "match",
    "id": "measured-join",
    "title": {"zh": "连接方式", "en": "Join mode"},
    "rules": [
        _rule(
            "near-and-enough", "both", 10,
            {"all": [_is("pair.sameEstate", "=", True), _is("pair.categoryDistance", "<=", 1), _ENOUGH]},
            {5: _is("pair.sameBuilding", "=", True), 3: _is("resource.priceClass", "<=", "FREE", "fails")},
        ),
        _rule(
            "at-home-where-many-are-old", "need", 30,
            {"all": [
                _is("place.shareOver60", ">=", 0.3, "fails"),
                _is("resource.atHome", "=", True, "fails"),
                {"any": [_is("resource.category", "under", "life"), _is("resource.category", "under", "care")]},
            ]},
        ),
        _rule(
            "firms-for-projects", "project", 20,
            {"all": [
                _is("provider.organisationKind", "in", ["ENTERPRISE", "MERCHANT"], "fails"),
                _is("demand.estimatedCost", "<=", 8000, "holds"),
                _is("pair.sameSubdistrict", "=", True),
            ]},
        ),
        _rule(
            "urgent-and-quick", "need", 15,
            {"all": [
                _is("demand.urgency", ">=", "HIGH"),
                _is("resource.responseMinutes", "<=", 120, "fails"),
                {"none": [_is("provider.type", "=", "PERSON")]},
            ]},
        ),
    ],
}  # fmt: skip

PAIR: Json = {
    "format": 1,
    "kind": "match",
    "id": "measured-pair",
    "title": {"zh": "逐对方式", "en": "Pair mode"},
    "rules": [
        _rule(
            "within-walking-distance", "both", 10,
            {"all": [_is("pair.metres", "<=", 300, "fails"), _ENOUGH]},
            {6: _is("pair.metres", "<=", 150, "fails")},
        ),
        _rule(
            "has-time-then", "both", 12,
            {"all": [_is("pair.overlapMinutes", ">=", 60, "fails"), _is("pair.targetGroupShared", "=", True)]},
        ),
        _rule(
            "served-and-urgent", "need", 25,
            {"all": [_is("pair.served", "=", True), _is("demand.urgency", ">=", "HIGH")]},
        ),
        _rule(
            "next-door-or-concerned", "project", 8,
            {"any": [_is("pair.adjacent", "=", True), _is("pair.providerConcerned", "=", True)]},
        ),
    ],
}  # fmt: skip
DOCUMENTS = {"join": JOIN, "pair": PAIR}
