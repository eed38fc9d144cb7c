"""Read conditions and comparisons out of untrusted JSON data."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from rules.document import AllOf, AnyOf, Comparison, Condition, NoneOf, Other, Scalar
from rules.raw import (
    MISSING,
    Notes,
    a_list,
    a_number,
    an_object,
    is_plain,
    nearest,
    one_of,
    shown,
)

MAX_DEPTH: Final = 8
MAX_MEMBERS: Final = 64
MAX_VALUES: Final = 100
MAX_VALUE_LENGTH: Final = 100

ORDER_OPS: Final = ("<", "<=", ">", ">=")
OPERATORS: Final = (
    "=",
    "!=",
    *ORDER_OPS,
    "between",
    "in",
    "notIn",
    "under",
    "has",
    "known",
    "unknown",
)
_WITH_OTHER: Final = ("=", "!=", *ORDER_OPS)
_WITHOUT_VALUE: Final = ("known", "unknown")
_GROUPS: Final[Mapping[str, type[AllOf] | type[AnyOf] | type[NoneOf]]] = MappingProxyType(
    {"all": AllOf, "any": AnyOf, "none": NoneOf}
)
_KEYS: Final = ("field", "op", "value", "other", "unknown")


def read_condition(
    raw: object,
    path: str,
    notes: Notes,
    comparisons: list[tuple[str, Comparison]],
    depth: int = 1,
) -> Condition | None:
    """Read a condition; each comparison that could be read is also put in ``comparisons``.

    Returns None, with the problems noted, when any part is broken. Never raises.
    """
    if depth > MAX_DEPTH:
        notes.add(
            path,
            "TOO_DEEP",
            f"条件最多嵌套 {MAX_DEPTH} 层",
            f"Conditions may be nested {MAX_DEPTH} deep at most",
        )
        return None
    if isinstance(raw, dict):
        groups = [key for key in _GROUPS if key in raw]
        if groups:
            return _group(raw, groups[0], path, notes, comparisons, depth)
    return _comparison(raw, path, notes, comparisons)


def _group(
    raw: dict[str, object],
    key: str,
    path: str,
    notes: Notes,
    comparisons: list[tuple[str, Comparison]],
    depth: int,
) -> Condition | None:
    an_object(raw, path, (key,), (), notes)
    where = f"{path}.{key}"
    members = a_list(raw[key], where, 1, MAX_MEMBERS, notes)
    if members is None:
        return None
    found = [
        read_condition(member, f"{where}[{index}]", notes, comparisons, depth + 1)
        for index, member in enumerate(members)
    ]
    good = tuple(member for member in found if member is not None)
    return _GROUPS[key](good) if len(good) == len(found) and len(raw) == 1 else None


def _comparison(raw: object, path: str, notes: Notes, comparisons: list[tuple[str, Comparison]]) -> Comparison | None:
    before = len(notes.problems)
    found = an_object(raw, path, _KEYS, ("field", "op"), notes)
    if found is None:
        return None
    field = found.get("field", MISSING)
    if field is not MISSING and not (isinstance(field, str) and is_plain(field)):
        notes.add(f"{path}.field", "NOT_A_TEXT", "字段名应是文字", "A field name is a text")
    op = _operator(found["op"], f"{path}.op", notes) if "op" in found else None
    value = _value(found["value"], f"{path}.value", notes) if "value" in found else None
    other = _other(found["other"], f"{path}.other", notes) if "other" in found else None
    unknown = None
    if "unknown" in found:
        unknown = one_of(found["unknown"], f"{path}.unknown", ("holds", "fails"), notes)
    if op is not None:
        _right_side(op, found, path, notes)
    if len(notes.problems) > before or not isinstance(field, str) or op is None:
        return None
    comparison = Comparison(field, op, value, other, unknown)
    comparisons.append((path, comparison))
    return comparison


def _operator(raw: object, path: str, notes: Notes) -> str | None:
    if isinstance(raw, str) and raw in OPERATORS:
        return raw
    spoken = {"==": "=", "<>": "!=", "≠": "!=", "≤": "<=", "≥": ">=", "contains": "has"}
    near = None
    if isinstance(raw, str):
        near = spoken.get(raw) or nearest(raw, OPERATORS)
    notes.add(
        path,
        "UNKNOWN_OPERATOR",
        f"没有“{shown(raw)}”这个比较",
        f"There is no operator “{shown(raw)}”",
        near,
    )
    return None


def _right_side(op: str, found: dict[str, object], path: str, notes: Notes) -> None:
    has_value, has_other = "value" in found, "other" in found
    if op in _WITHOUT_VALUE:
        if has_value or has_other:
            notes.add(
                path,
                "EXTRA_VALUE",
                f"“{op}”右边不写东西",
                f"“{op}” takes no right side",
            )
    elif has_value and has_other:
        notes.add(
            path,
            "TWO_RIGHT_SIDES",
            "value 与 other 只能写一个",
            "Give either value or other, not both",
        )
    elif has_other and op not in _WITH_OTHER:
        notes.add(
            f"{path}.other",
            "NO_OTHER",
            f"“{op}”只能和给定的值比",
            f"“{op}” compares with a value only",
        )
    elif not has_value and not has_other:
        notes.add(path, "MISSING_VALUE", "缺少要比较的值", "The value to compare with is missing")


def _value(raw: object, path: str, notes: Notes) -> Scalar | tuple[Scalar, ...] | None:
    if isinstance(raw, list):
        members = a_list(raw, path, 1, MAX_VALUES, notes)
        if members is None:
            return None
        found = [_scalar(member, f"{path}[{at}]", notes) for at, member in enumerate(members)]
        return tuple(member for member in found if member is not None)
    return _scalar(raw, path, notes)


def _scalar(raw: object, path: str, notes: Notes) -> Scalar | None:
    if isinstance(raw, bool):
        return raw
    if isinstance(raw, int | float):
        return a_number(raw, path, notes)
    if isinstance(raw, str) and _is_plain_value(raw):
        return raw
    notes.add(
        path,
        "BAD_VALUE",
        f"值应是数字、真假,或不超过 {MAX_VALUE_LENGTH} 字的普通文字",
        f"A value is a number, true or false, or a plain text of at most {MAX_VALUE_LENGTH} characters",
    )
    return None


def _is_plain_value(text: str) -> bool:
    # A leading "?" is kept for the stand-ins of unknown values (rules/encoder_values.py).
    return 0 < len(text) <= MAX_VALUE_LENGTH and is_plain(text) and not text.startswith("?")


def _other(raw: object, path: str, notes: Notes) -> Other | None:
    found = an_object(raw, path, ("field", "times", "plus"), ("field",), notes)
    if found is None or "field" not in found:
        return None
    field = found["field"]
    if not (isinstance(field, str) and is_plain(field)):
        notes.add(f"{path}.field", "NOT_A_TEXT", "字段名应是文字", "A field name is a text")
        return None
    times = a_number(found["times"], f"{path}.times", notes) if "times" in found else None
    plus = a_number(found["plus"], f"{path}.plus", notes) if "plus" in found else None
    return Other(field, times, plus)
