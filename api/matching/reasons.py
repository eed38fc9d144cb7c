"""The row of a match: who matched whom, and the reason in both languages."""

from typing import Any, Final

import orjson

from api.matching.deciding import Finding
from api.matching.taxonomy import Known
from api.models.choices import ItemKind
from rules.evaluator_facts import PairFacts, kinship
from rules.explanation import because, explain
from rules.labels import CHOICE_LABELS
from rules.language import Text
from rules.placeholders import placeholders
from rules.vocabulary import VOCABULARY

LONGEST: Final = 2_000

Row = dict[str, Any]


def match_row(finding: Finding, known: Known) -> Row:
    """Return the columns of a match but for its id, status and instant."""
    version, demand, resource, firing = finding.version, finding.demand, finding.resource, finding.firing
    rule = next(rule for rule in version.document.rules if rule.id == firing.rule_id)
    why = _because(finding, rule.because, known)
    return {
        "rule_set_id": version.rule_set_id,
        "rule_version_id": version.id,
        "rule_id": firing.rule_id,
        "branch": firing.branch,
        "line_id": demand.line_id,
        "need_id": demand.item_id if demand.kind is ItemKind.NEED else None,
        "project_id": demand.item_id if demand.kind is ItemKind.PROJECT else None,
        "resource_id": resource.resource_id,
        "community_id": demand.community_id,
        "path": demand.path,
        "score": firing.score,
        "parts": [{"label": part.label, "points": part.points} for part in firing.parts],
        "conditions": _conditions(finding, known),
        "rule_title_zh": rule.title.zh,
        "rule_title_en": rule.title.en,
        "because_zh": why.zh[:LONGEST],
        "because_en": why.en[:LONGEST],
    }


def _because(finding: Finding, text: Text, known: Known) -> Text:
    demand, resource = finding.demand.fact, finding.resource.fact
    facts = PairFacts(demand, resource, kinship(resource.category, demand.category, known.taxonomy))
    names = {name for words in (text.zh, text.en) for name in placeholders(words)}
    values: Row = {name: facts[name] for name in names if name is not None and name in VOCABULARY}
    return Text(
        because(text, values | _texts(finding, "zh"), known.labels).zh,
        because(text, values | _texts(finding, "en"), known.labels).en,
    )


def _texts(finding: Finding, language: str) -> Row:
    # The name of a person or household is personal; a reason says only what kind of provider it is.
    kind = CHOICE_LABELS[finding.resource.fact.provider_type]
    provider = finding.resource.provider or Text(*kind)
    return {
        "demand.title": getattr(finding.demand.title, language),
        "resource.title": getattr(finding.resource.title, language),
        "provider.name": getattr(provider, language),
    }


def _conditions(finding: Finding, known: Known) -> list[Row]:
    results = finding.verdict.conditions
    told = explain(finding.version.document, results, known.labels)
    rows = [
        {
            "path": result.path,
            "field": result.field,
            "operator": result.operator,
            "expected": result.expected,
            "actual": result.actual,
            "holds": result.holds,
            "points": result.points,
            "zh": text.zh,
            "en": text.en,
        }
        for result, text in zip(results, told, strict=True)
    ]
    # What is compared later is what the database gives back: lists instead of tuples and sets.
    plain: list[Row] = orjson.loads(orjson.dumps(rows, default=sorted))
    return plain
