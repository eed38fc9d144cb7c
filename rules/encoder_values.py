"""Write single values as the JSON texts that durable_rules may see, or refuse them.

Every number is a double without exponent; every text is short, plain and written by
the one serialiser that also writes the rules. Unknown is a stand-in that equals
nothing on the other side, never null.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache
from typing import Final

from rules.atoms import Term
from rules.fields import FieldSpec, FieldType
from rules.raw import LIMIT, is_number, is_plain, shown

MAX_TEXT_BYTES: Final = 1_000
SATURATED: Final = 10.0 * LIMIT
"""Right sides beyond this compare with every operand as this does."""
UNKNOWN_DEMAND: Final = '"?d"'
UNKNOWN_RESOURCE: Final = '"?r"'
UNKNOWN_NUMBER: Final = "0.0"
TRUE: Final = "1.0"
FALSE: Final = "0.0"


class EncodingRefused(ValueError):
    """Refuse facts that must not reach the engine; ``path`` says which value."""

    def __init__(self, path: str, zh: str, en: str) -> None:
        """Keep the place and both messages."""
        super().__init__(f"{path}: {en}")
        self.path, self.zh, self.en = path, zh, en


def number_text(value: object, path: str) -> str:
    """Write a number as a double: a dot, no exponent, at most 4 decimals.

    Raises:
        EncodingRefused: no number, not finite, beyond ±10^12, or too many decimals.
    """
    if isinstance(value, bool) or not isinstance(value, int | float) or not is_number(value):
        raise EncodingRefused(
            path,
            "数字要有限,绝对值不超过一万亿,最多四位小数",
            "a number must be finite, within ±10^12, with at most 4 decimals",
        )
    return double_text(float(value))


def scaled_text(value: object, term: Term, path: str) -> str:
    """Write value × times + plus, computed exactly in decimal and rounded once.

    Raises:
        EncodingRefused: the value is no number that ``number_text`` accepts.
    """
    number_text(value, path)
    exact = Decimal(repr(value)) * Decimal(repr(term.times)) + Decimal(repr(term.plus))
    return double_text(max(-SATURATED, min(SATURATED, float(exact))))


def double_text(value: float) -> str:
    """Write a finite double with a dot and without exponent; minus zero is zero."""
    text = repr(value + 0.0)
    return format(Decimal(text), "f") if "e" in text else text


@lru_cache(maxsize=8192)
def plain_text(value: str, path: str) -> str:
    """Write a text in JSON.

    Raises:
        EncodingRefused: 1,000 bytes or more, control characters, lone surrogates, or
            a leading "?" (kept for the stand-ins of unknown values).
    """
    if not is_plain(value) or value.startswith("?"):
        raise EncodingRefused(
            path,
            f"文字“{shown(value)}”含控制字符、残缺字符或以问号开头",
            f"the text “{shown(value)}” has control or broken characters or begins with “?”",
        )
    if len(value.encode("utf-8")) >= MAX_TEXT_BYTES:
        raise EncodingRefused(
            path,
            f"文字太长,应少于 {MAX_TEXT_BYTES} 字节",
            f"the text is too long; fewer than {MAX_TEXT_BYTES} bytes are allowed",
        )
    return json.dumps(value, ensure_ascii=False)


def value_text(spec: FieldSpec, value: object, stand_in: str) -> str:
    """Write the value of a field by its type; ``stand_in`` is for an unknown text.

    Raises:
        EncodingRefused: the value is not of the field's type, or unknown though the
            field cannot be.
    """
    if value is None:
        if not spec.nullable:
            raise EncodingRefused(
                spec.path,
                f"“{spec.label_zh}”不能缺",
                f"“{spec.label_en}” must have a value",
            )
        is_text = spec.type in (FieldType.TEXT, FieldType.CODE, FieldType.CHOICE)
        return stand_in if is_text and not spec.ordered else UNKNOWN_NUMBER
    if spec.type is FieldType.NUMBER:
        return number_text(value, spec.path)
    if spec.type is FieldType.BOOLEAN:
        if isinstance(value, bool):
            return TRUE if value else FALSE
    elif isinstance(value, str):
        if spec.ordered and value in spec.choices:
            return double_text(float(spec.choices.index(value)))
        if not spec.choices or value in spec.choices:
            return plain_text(value, spec.path)
    raise EncodingRefused(
        spec.path,
        f"“{spec.label_zh}”的值“{shown(value)}”不合要求",
        f"“{shown(value)}” is no value of “{spec.label_en}”",
    )


def place_text(code: object, path: str, stand_in: str) -> str:
    """Write a place code, or the stand-in of its side when there is none.

    Raises:
        EncodingRefused: the code is not a plain text.
    """
    if code is None:
        return stand_in
    if not isinstance(code, str):
        raise EncodingRefused(path, "地点编号应是文字", "a place code is a text")
    return plain_text(code, path)


def is_finite_point(point: object) -> bool:
    """Say whether a point is a longitude and a latitude in degrees."""
    if not isinstance(point, tuple) or len(point) != 2:
        return False
    if any(isinstance(each, bool) or not isinstance(each, int | float) for each in point):
        return False
    longitude, latitude = float(point[0]), float(point[1])
    if not (math.isfinite(longitude) and math.isfinite(latitude)):
        return False
    return -180 <= longitude <= 180 and -90 <= latitude <= 90


def check_paths(field: str, paths: Iterable[str]) -> None:
    """Raise EncodingRefused when a place path that is not empty does not end with a slash."""
    for path in paths:
        if path and not path.endswith("/"):
            raise EncodingRefused(field, "地点路径应以斜线结尾", "a place path ends with a slash")
