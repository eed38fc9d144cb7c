"""Parse and print rule documents (docs/rule-language.md).

``to_json(parse(raw))`` is the canonical form: optional parts that are empty are
left out and whole numbers are integers. ``parse(to_json(document)) == document``.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from rules.document import (
    AllOf,
    AnyOf,
    Caps,
    Comparison,
    Condition,
    Example,
    FactValue,
    NoneOf,
    Other,
    Preference,
    Rule,
    RuleDocument,
    Scalar,
    Text,
)
from rules.problems import DocumentProblems, Problem, Severity, errors
from rules.reading import read

__all__ = [
    "AllOf",
    "AnyOf",
    "Caps",
    "Comparison",
    "Condition",
    "DocumentProblems",
    "Example",
    "FactValue",
    "NoneOf",
    "Other",
    "Preference",
    "Problem",
    "Rule",
    "RuleDocument",
    "Scalar",
    "Severity",
    "Text",
    "condition_to_json",
    "content_hash",
    "parse",
    "to_json",
]


def parse(data: object) -> RuleDocument:
    """Read a document from JSON data.

    Raises:
        DocumentProblems: the shape or a limit of docs/rule-language.md is broken.
    """
    reading = read(data)
    if reading.document is None:
        raise DocumentProblems(errors(reading.problems))
    return reading.document


def to_json(document: RuleDocument) -> dict[str, Any]:
    """Print a document in its canonical JSON form."""
    return {
        "format": document.format,
        "kind": document.kind,
        "id": document.id,
        "title": _text(document.title),
        "rules": [_rule(rule) for rule in document.rules],
    }


def content_hash(document: RuleDocument) -> str:
    """Return the SHA-256 (hex) of the canonical JSON: the identity of a version."""
    canonical = json.dumps(to_json(document), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("utf-8")).hexdigest()


def condition_to_json(condition: Condition) -> dict[str, Any]:
    """Print one condition."""
    match condition:
        case AllOf(members):
            return {"all": [condition_to_json(member) for member in members]}
        case AnyOf(members):
            return {"any": [condition_to_json(member) for member in members]}
        case NoneOf(members):
            return {"none": [condition_to_json(member) for member in members]}
        case Comparison():
            return _comparison(condition)


def _comparison(comparison: Comparison) -> dict[str, Any]:
    out: dict[str, Any] = {"field": comparison.field, "op": comparison.op}
    if comparison.other is not None:
        out["other"] = {"field": comparison.other.field}
        if comparison.other.times is not None:
            out["other"]["times"] = comparison.other.times
        if comparison.other.plus is not None:
            out["other"]["plus"] = comparison.other.plus
    elif comparison.value is not None:
        value = comparison.value
        out["value"] = list(value) if isinstance(value, tuple) else value
    if comparison.unknown is not None:
        out["unknown"] = comparison.unknown
    return out


def _rule(rule: Rule) -> dict[str, Any]:
    out: dict[str, Any] = {
        "id": rule.id,
        "title": _text(rule.title),
        "because": _text(rule.because),
        "demand": rule.demand,
        "points": rule.points,
        "require": condition_to_json(rule.require),
    }
    if rule.prefer:
        out["prefer"] = [
            {
                "when": condition_to_json(preference.when),
                "points": preference.points,
                "because": _text(preference.because),
            }
            for preference in rule.prefer
        ]
    if rule.caps is not None:
        named = {
            "perDemand": rule.caps.per_demand,
            "perResource": rule.caps.per_resource,
            "perProvider": rule.caps.per_provider,
        }
        out["caps"] = {key: value for key, value in named.items() if value is not None}
    if rule.examples:
        out["examples"] = [_example(example) for example in rule.examples]
    return out


def _example(example: Example) -> dict[str, Any]:
    facts = {path: list(value) if isinstance(value, tuple) else value for path, value in example.facts.items()}
    return {"title": example.title, "expect": example.expect, "facts": facts}


def _text(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}
