"""Check one comparison against the vocabulary: field, operator, right side, unknown."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Final

from rules.document import Comparison, Scalar
from rules.fields import FieldSpec, FieldType
from rules.forbidden import forbidden_reason
from rules.raw import Notes, nearest, shown
from rules.reading_conditions import ORDER_OPS
from rules.vocabulary import VOCABULARY

_EQUALITY: Final = ("=", "!=")
_LISTS: Final = ("in", "notIn")
_KNOWLEDGE: Final = ("known", "unknown")
_OPERATORS: Final[Mapping[FieldType, tuple[str, ...]]] = MappingProxyType(
    {
        FieldType.NUMBER: (*_EQUALITY, *ORDER_OPS, "between"),
        FieldType.BOOLEAN: _EQUALITY,
        FieldType.CHOICE: (*_EQUALITY, *_LISTS),
        FieldType.CODE: (*_EQUALITY, *_LISTS, "under"),
        FieldType.TEXT: (*_EQUALITY, *_LISTS),
        FieldType.SET: ("has",),
    }
)
_TYPE_NAMES: Final[Mapping[FieldType, tuple[str, str]]] = MappingProxyType(
    {
        FieldType.NUMBER: ("数字", "a number"),
        FieldType.BOOLEAN: ("真或假", "true or false"),
        FieldType.CHOICE: ("选项", "a choice"),
        FieldType.CODE: ("类别编号", "a category code"),
        FieldType.TEXT: ("文字", "a text"),
        FieldType.SET: ("选项", "a choice"),
    }
)


def check_comparison(comparison: Comparison, path: str, categories: Collection[str] | None, notes: Notes) -> bool:
    """Note what is wrong with a comparison; return whether it is sound.

    ``categories`` are the known category codes, or None when they are not known.
    """
    before = len(notes.problems)
    spec = known_field(comparison.field, f"{path}.field", notes)
    if spec is not None and _operator_fits(comparison, spec, path, notes):
        _check_unknown(comparison, spec, path, notes)
        if comparison.other is not None:
            _check_other(comparison, spec, f"{path}.other", notes)
        elif comparison.op not in _KNOWLEDGE:
            _check_value(comparison, spec, f"{path}.value", categories, notes)
    return len(notes.problems) == before


def known_field(name: str, path: str, notes: Notes) -> FieldSpec | None:
    """Return the field of this name, or note that it is forbidden or unknown."""
    spec = VOCABULARY.get(name)
    if spec is not None:
        return spec
    reason = forbidden_reason(name)
    if reason is not None:
        notes.add(path, "FORBIDDEN_FACT", *reason)
        return None
    near = nearest(name, VOCABULARY) or nearest(f"{name.partition('.')[0]}.{name.rpartition('.')[2]}", VOCABULARY)
    notes.add(
        path,
        "UNKNOWN_FIELD",
        f"没有“{shown(name)}”这个字段",
        f"There is no field “{shown(name)}”",
        near,
    )
    return None


def _operator_fits(comparison: Comparison, spec: FieldSpec, path: str, notes: Notes) -> bool:
    allowed = _OPERATORS[spec.type]
    if spec.ordered:
        allowed = (*allowed, *ORDER_OPS)
    if spec.nullable:
        allowed = (*allowed, *_KNOWLEDGE)
    if comparison.op in allowed:
        return True
    if comparison.op in _KNOWLEDGE:
        notes.add(
            f"{path}.op",
            "ALWAYS_KNOWN",
            f"“{spec.label_zh}”总是已知的",
            f"“{spec.label_en}” is always known",
        )
        return False
    notes.add(
        f"{path}.op",
        "OPERATOR_DOES_NOT_FIT",
        f"“{spec.label_zh}”不能用“{comparison.op}”,可用:{' '.join(allowed)}",
        f"“{comparison.op}” does not fit “{spec.label_en}”; use one of: {' '.join(allowed)}",
        nearest(comparison.op, allowed) or allowed[0],
    )
    return False


def _check_unknown(comparison: Comparison, spec: FieldSpec, path: str, notes: Notes) -> None:
    other = None if comparison.other is None else VOCABULARY.get(comparison.other.field)
    needed = comparison.op not in _KNOWLEDGE and (spec.nullable or (other is not None and other.nullable))
    if needed and comparison.unknown is None:
        notes.add(
            f"{path}.unknown",
            "UNKNOWN_MISSING",
            f"“{spec.label_zh}”可能未知,请写明未知时算符合(holds)还是不符合(fails)",
            f"“{spec.label_en}” can be unknown: say whether that holds or fails",
            "fails",
        )
    if not needed and comparison.unknown is not None and not (comparison.other and other is None):
        notes.add(
            f"{path}.unknown",
            "UNKNOWN_NOT_NEEDED",
            "这个比较不会遇到未知,请去掉 unknown",
            "Nothing can be unknown in this comparison; leave out “unknown”",
        )


def _check_other(comparison: Comparison, spec: FieldSpec, path: str, notes: Notes) -> None:
    assert comparison.other is not None
    other = known_field(comparison.other.field, f"{path}.field", notes)
    if other is None:
        return
    if other.path == spec.path:
        notes.add(
            f"{path}.field",
            "SAME_FIELD",
            "不能和自己相比",
            "A field cannot be compared with itself",
        )
    if other.type is not spec.type or other.choices != spec.choices:
        zh, en = _TYPE_NAMES[spec.type]
        notes.add(
            f"{path}.field",
            "TYPE_MISMATCH",
            f"“{spec.label_zh}”与“{other.label_zh}”种类不同,右边应是{zh}",
            f"“{other.label_en}” is of another kind than “{spec.label_en}”: {en} is expected",
        )
    elif spec.type is not FieldType.NUMBER:
        if comparison.other.times is not None or comparison.other.plus is not None:
            notes.add(
                path,
                "NUMBERS_ONLY",
                "只有数字能乘或加",
                "Only numbers can be multiplied or added to",
            )
        if comparison.op in ORDER_OPS:
            notes.add(
                path,
                "NUMBERS_ONLY",
                "选项只能和给定的值比高低",
                "Choices are ordered against a given value only",
            )


def _check_value(
    comparison: Comparison,
    spec: FieldSpec,
    path: str,
    categories: Collection[str] | None,
    notes: Notes,
) -> None:
    value = comparison.value
    if comparison.op in (*_LISTS, "between"):
        if not isinstance(value, tuple):
            notes.add(path, "NOT_A_LIST", "这里应是一个列表", "A list is expected here")
            return
        if comparison.op == "between" and len(value) != 2:
            notes.add(
                path,
                "WRONG_LENGTH",
                "“between”要两个数:[最低, 最高]",
                "“between” takes two numbers: [low, high]",
            )
            return
        results = [check_value(member, spec, f"{path}[{at}]", categories, notes) for at, member in enumerate(value)]
        if comparison.op == "between" and all(results):
            low, high = value
            if isinstance(low, int | float) and isinstance(high, int | float) and low > high:
                notes.add(
                    path,
                    "EMPTY_RANGE",
                    "最低大于最高,永远不成立",
                    "Low is above high: nothing lies between",
                )
    elif isinstance(value, tuple):
        notes.add(path, "NOT_A_SINGLE_VALUE", "这里只能写一个值", "A single value is expected here")
    elif value is not None:
        check_value(value, spec, path, categories, notes)


def check_value(
    value: Scalar,
    spec: FieldSpec,
    path: str,
    categories: Collection[str] | None,
    notes: Notes,
) -> bool:
    """Note when a constant is no value of the field; return whether it is one."""
    kind: type | tuple[type, ...] = str
    if spec.type is FieldType.BOOLEAN:
        kind = bool
    elif spec.type is FieldType.NUMBER:
        kind = (int, float)
    if not isinstance(value, kind) or (kind is not bool and isinstance(value, bool)):
        zh, en = _TYPE_NAMES[spec.type]
        notes.add(
            path,
            "TYPE_MISMATCH",
            f"“{spec.label_zh}”应是{zh}",
            f"“{spec.label_en}” is {en}",
        )
        return False
    known: Collection[str] | None = spec.choices or None
    if spec.type is FieldType.CODE:
        known = categories
    if known is None or value in known:
        return True
    is_code = spec.type is FieldType.CODE
    notes.add(
        path,
        "UNKNOWN_CATEGORY" if is_code else "UNKNOWN_CHOICE",
        f"“{spec.label_zh}”没有“{shown(value)}”这个值",
        f"“{shown(value)}” is no value of “{spec.label_en}”",
        nearest(str(value), known),
    )
    return False
