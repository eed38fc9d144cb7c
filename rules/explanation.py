"""Say in Chinese and English why a pair was accepted, or what was missing.

Values come from the evaluator (``ConditionResult``) or from the facts by vocabulary
path; an unknown value is 未知 / unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from rules.decision import ConditionResult
from rules.document import AllOf, AnyOf, Comparison, NoneOf, Other, RuleDocument, Text
from rules.fields import FieldSpec, FieldType
from rules.labels import CHOICE_LABELS, EVERYBODY_LABEL, NONE_LABEL, TRUTH_LABELS, UNIT_LABELS, UNKNOWN_LABEL
from rules.placeholders import filled
from rules.vocabulary import VOCABULARY

Labels = Mapping[str, Text]
"""Labels of category codes, target groups and units of measure, by code."""

_NO_LABELS: Final[Labels] = MappingProxyType({})
_ZH, _EN = 0, 1
_SIGNS: Final[Mapping[str, str]] = MappingProxyType({"=": "=", "!=": "≠", "<": "<", "<=": "≤", ">": ">", ">=": "≥"})
_WORDS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "in": ("属于:", "is one of:"),
        "notIn": ("不属于:", "is none of:"),
        "under": ("在此类之下:", "is at or below:"),
        "has": ("包含", "contains"),
        "known": ("已知", "is known"),
        "unknown": ("未知", "is unknown"),
        "between": ("介于", "is between"),
    }
)
_STEP: Final = re.compile(r"\.?(rules|prefer|all|any|none)\[(\d+)\]|\.(require|when)")


def because(text: Text, values: Mapping[str, object], labels: Labels = _NO_LABELS) -> Text:
    """Fill the placeholders of a ``because`` text with the values of a pair.

    ``values`` are by vocabulary path, with ``demand.title``, ``resource.title`` and
    ``provider.name`` besides; what is absent is unknown.
    """
    return Text(
        filled(text.zh, lambda name: _value(name, values.get(name), _ZH, labels)),
        filled(text.en, lambda name: _value(name, values.get(name), _EN, labels)),
    )


def value_label(path: str, value: object, labels: Labels = _NO_LABELS) -> Text:
    """Return what people read for a value of a field."""
    return Text(_value(path, value, _ZH, labels), _value(path, value, _EN, labels))


def sentence(comparison: Comparison, labels: Labels = _NO_LABELS) -> Text:
    """Write a comparison as it stands in the document, e.g. 供给数量 ≥ 需求数量 × 0.9."""
    return Text(_sentence(comparison, _ZH, labels), _sentence(comparison, _EN, labels))


def explain(document: RuleDocument, results: Iterable[ConditionResult], labels: Labels = _NO_LABELS) -> list[Text]:
    """Write a sentence a condition: what was asked, what was found, whether it holds.

    Raises:
        KeyError: a result's path is not in the document.
    """
    return [Text(_told(document, result, _ZH, labels), _told(document, result, _EN, labels)) for result in results]


def _told(document: RuleDocument, result: ConditionResult, lang: int, labels: Labels) -> str:
    comparison = comparison_at(document, result.path)
    asked = _sentence(comparison, lang, labels)
    outcome = (("不符合", "fails"), ("符合", "holds"))[result.holds][lang]
    if result.operator in ("known", "unknown"):
        return f"{asked}:{outcome}" if lang == _ZH else f"{asked}: {outcome}"
    found = _value(result.field, result.actual, lang, labels)
    if comparison.other is not None:
        right = _value(comparison.other.field, result.expected, lang, labels)
        found += f"、{right}" if lang == _ZH else f" and {right}"
    points = "" if result.points is None else ((",加分 ", ", points ")[lang] + str(result.points))
    if lang == _ZH:
        return f"{asked}(实际:{found}):{outcome}{points}"
    return f"{asked} (found: {found}): {outcome}{points}"


def comparison_at(document: RuleDocument, path: str) -> Comparison:
    """Return the comparison at a document path such as ``rules[0].require.all[1]``.

    Raises:
        KeyError: there is none.
    """
    at: object = document
    end = 0
    for step in _STEP.finditer(path):
        if step.start() != end:
            break
        end = step.end()
        at = _member(at, step.group(1) or step.group(3), int(step.group(2) or 0), path)
    if end != len(path) or not isinstance(at, Comparison):
        raise KeyError(path)
    return at


_GROUPS: Final[Mapping[str, type[AllOf] | type[AnyOf] | type[NoneOf]]] = MappingProxyType(
    {"all": AllOf, "any": AnyOf, "none": NoneOf}
)


def _member(at: object, key: str, index: int, path: str) -> object:
    members: tuple[object, ...] = ()
    group = _GROUPS.get(key)
    if group is not None:
        members = at.members if isinstance(at, AllOf | AnyOf | NoneOf) and type(at) is group else ()
    else:
        found: object = getattr(at, key, None)
        members = found if isinstance(found, tuple) else (found,)
    if index >= len(members) or members[index] is None:
        raise KeyError(path)
    return members[index]


def _sentence(comparison: Comparison, lang: int, labels: Labels) -> str:
    field, op = comparison.field, comparison.op
    name = _label(VOCABULARY[field], lang)
    if op in _SIGNS:
        if comparison.other is not None:
            return f"{name} {_SIGNS[op]} {_right_side(comparison.other, lang)}"
        if VOCABULARY[field].type is FieldType.BOOLEAN:
            truth = (comparison.value is True) == (op == "=")
            return f"{name}{(':', ': ')[lang]}{TRUTH_LABELS[truth][lang]}"
        return f"{name} {_SIGNS[op]} {_value(field, comparison.value, lang, labels)}"
    word = _WORDS[op][lang]
    members = comparison.value if isinstance(comparison.value, tuple) else (comparison.value,)
    shown = [_value(field, member, lang, labels) for member in members if member is not None]
    if op == "between":
        return f"{name} {word} {(' 与 ', ' and ')[lang].join(shown)}"
    return " ".join(part for part in (name, word, _listed(shown, lang)) if part)


def _right_side(other: Other, lang: int) -> str:
    text = _label(VOCABULARY[other.field], lang)
    if other.times is not None:
        text += f" × {_number(other.times)}"
    if other.plus is not None:
        text += f" {'-' if other.plus < 0 else '+'} {_number(abs(other.plus))}"
    return text


def _label(spec: FieldSpec, lang: int) -> str:
    return (spec.label_zh, spec.label_en)[lang]


def _value(path: str, value: object, lang: int, labels: Labels) -> str:
    spec = VOCABULARY.get(path)
    if value is None or value == "":
        return UNKNOWN_LABEL[lang]
    if isinstance(value, bool):
        return TRUTH_LABELS[value][lang]
    if isinstance(value, int | float):
        return _measured(spec, value, lang)
    if isinstance(value, frozenset | set | tuple | list):
        names = [_value(path, member, lang, labels) for member in sorted(value, key=str)]
        nobody = EVERYBODY_LABEL if path.endswith("targetGroups") else NONE_LABEL
        return _listed(names, lang) if names else nobody[lang]
    code = str(value)
    if spec is not None and spec.choices:
        return CHOICE_LABELS[code][lang] if code in CHOICE_LABELS else code
    if spec is not None and code in labels:
        return (labels[code].zh, labels[code].en)[lang]
    return code


def _measured(spec: FieldSpec | None, value: int | float, lang: int) -> str:
    if spec is not None and spec.unit == "share":
        return f"{_number(Decimal(repr(value)) * 100)}%"
    unit = UNIT_LABELS.get(spec.unit or "") if spec is not None else None
    return _number(value) + (unit[lang] if unit else "")


def _number(value: int | float | Decimal) -> str:
    text = format(Decimal(str(value)), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _listed(names: list[str], lang: int) -> str:
    return ("、", ", ")[lang].join(names)
