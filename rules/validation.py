"""Check a rule document and say everything that is wrong with it, in place.

``check`` accepts any value and never raises; each problem has a JSON path, a stable
code, messages in zh and en, and a suggestion when a known word is near.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from rules.atoms import TooComplex
from rules.compiler import compile_document
from rules.document import Comparison, Condition, NoneOf, Rule, RuleDocument
from rules.fields import FieldType
from rules.language import to_json
from rules.normal_form import MAX_BRANCHES, MAX_PREFERENCE_BRANCHES, branches
from rules.placeholders import placeholders
from rules.problems import Problem, Severity, errors
from rules.raw import Notes, nearest, shown
from rules.reading import Reading, read
from rules.satisfiable import is_contradictory
from rules.validation_comparisons import check_comparison, check_value, known_field
from rules.vocabulary import PRIVATE, SAME_PLACE, TEXT_PLACEHOLDERS, VOCABULARY

PLACE_RELATIONS = frozenset(
    {
        *SAME_PLACE,
        "pair.adjacent",
        "pair.served",
        "pair.metres",
        "pair.providerPaired",
        "pair.providerRegistered",
        "pair.promised",
        "pair.providerFallback",
    }
)


def check(raw: object, categories: Collection[str] | None = None) -> list[Problem]:
    """Return every problem of a document (JSON data or ``RuleDocument``); none is sound.

    ``categories`` are the known category codes; without them codes are not checked.
    """
    reading = read(to_json(raw) if isinstance(raw, RuleDocument) else raw)
    notes = reading.notes
    sound = True
    for path, comparison in reading.comparisons:
        sound = check_comparison(comparison, path, categories, notes) and sound
    _check_placeholders(reading)
    _check_examples(reading)
    if sound:
        for path, rule in reading.rules:
            _check_rule(rule, path, notes)
    if reading.document is not None and not errors(notes.problems):
        try:
            compile_document(reading.document)
        except TooComplex as limit:
            notes.add("rules", limit.code, limit.zh, limit.en)
    return notes.problems


def _check_placeholders(reading: Reading) -> None:
    for path, text in reading.reasons:
        for language, words in (("zh", text.zh), ("en", text.en)):
            where = f"{path}.{language}"
            for name in placeholders(words):
                if name is None:
                    reading.notes.add(
                        where,
                        "BROKEN_PLACEHOLDER",
                        "花括号没有成对,或里面是空的",
                        "A brace is not closed, or holds nothing",
                    )
                elif name in PRIVATE:
                    reading.notes.add(
                        where,
                        "PRIVATE_FIELD",
                        f"“{name}”不能写进理由:看得到理由的人未必可以知道它",
                        f"“{name}” cannot stand in a reason: not everybody who reads it may know it",
                    )
                elif name not in VOCABULARY and name not in TEXT_PLACEHOLDERS:
                    _unknown_placeholder(name, where, reading.notes)


def _unknown_placeholder(name: str, where: str, notes: Notes) -> None:
    near = nearest(name, TEXT_PLACEHOLDERS)
    if near is None:
        known_field(name, where, notes)
    else:
        notes.add(
            where,
            "UNKNOWN_FIELD",
            f"没有“{shown(name)}”这个字段",
            f"There is no field “{shown(name)}”",
            near,
        )


def _check_examples(reading: Reading) -> None:
    for path, example in reading.examples:
        for name, value in example.facts.items():
            where = f"{path}.facts[{shown(name)}]"
            spec = known_field(name, where, reading.notes)
            if spec is None:
                continue
            if isinstance(value, tuple) != (spec.type is FieldType.SET):
                reading.notes.add(
                    where,
                    "TYPE_MISMATCH",
                    "集合写成列表,其余写单个值",
                    "A set is a list; everything else a single value",
                )
            elif not isinstance(value, tuple):
                check_value(value, spec, where, None, reading.notes)


def _check_rule(rule: Rule, path: str, notes: Notes) -> None:
    used = {name for each in comparisons_of(rule.require) for name in _fields(each)}
    if not used & PLACE_RELATIONS:
        notes.add(
            f"{path}.require",
            "NO_PLACE",
            "没有写明哪一片:本社区以外的也会配上",
            "No place relation: resources from anywhere in scope will match",
            "pair.served",
            Severity.WARNING,
        )
    for at, example in enumerate(rule.examples):
        for name in sorted(used - set(example.facts)):
            if not VOCABULARY[name].nullable:
                notes.add(
                    f"{path}.examples[{at}].facts",
                    "MISSING_FACT",
                    f"例子缺少“{VOCABULARY[name].label_zh}”({name})",
                    f"The example lacks “{VOCABULARY[name].label_en}” ({name})",
                    name,
                )
    _check_condition(rule.require, f"{path}.require", MAX_BRANCHES, Severity.ERROR, notes)
    for at, preference in enumerate(rule.prefer):
        where = f"{path}.prefer[{at}].when"
        most = MAX_PREFERENCE_BRANCHES
        _check_condition(preference.when, where, most, Severity.WARNING, notes)


def _check_condition(condition: Condition, path: str, most: int, when_never: Severity, notes: Notes) -> None:
    try:
        written = branches(condition, most)
    except TooComplex as limit:
        notes.add(path, limit.code, limit.zh, limit.en)
        return
    if all(is_contradictory(branch) for branch in written):
        notes.add(
            path,
            "NEVER_TRUE",
            "条件互相矛盾,永远不成立",
            "The conditions contradict each other: it never holds",
            severity=when_never,
        )
    try:
        opposite = branches(NoneOf((condition,)), most)
    except TooComplex:
        return
    if all(is_contradictory(branch) for branch in opposite):
        notes.add(
            path,
            "ALWAYS_TRUE",
            "条件永远成立,等于没写",
            "The condition always holds and says nothing",
            severity=Severity.WARNING,
        )


def comparisons_of(condition: Condition) -> Iterator[Comparison]:
    """Yield every comparison of a condition, in the order of the document."""
    if isinstance(condition, Comparison):
        yield condition
    else:
        for member in condition.members:
            yield from comparisons_of(member)


def _fields(comparison: Comparison) -> tuple[str, ...]:
    if comparison.other is None:
        return (comparison.field,)
    return (comparison.field, comparison.other.field)
