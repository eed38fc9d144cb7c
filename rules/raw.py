"""Read single values out of untrusted JSON data, noting a problem when they are wrong.

Everything here accepts any Python value and never raises.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Final

from rules.document import Number, Text
from rules.problems import Problem, Severity

LIMIT: Final = 10**12
"""Numbers are at most this large in absolute value (docs/rule-language.md)."""
MAX_DECIMALS: Final = 4
ID_PATTERN: Final = re.compile(r"[a-z][a-z0-9-]{1,39}")
MISSING: Final = object()


@dataclass(slots=True)
class Notes:
    """Collect problems, at most ``room`` of them so that a hostile document stays small."""

    problems: list[Problem] = field(default_factory=list)
    room: int = 200

    def add(
        self,
        path: str,
        code: str,
        zh: str,
        en: str,
        suggestion: str | None = None,
        severity: Severity = Severity.ERROR,
    ) -> None:
        """Note one problem."""
        if len(self.problems) < self.room:
            self.problems.append(Problem(path, code, zh, en, suggestion, severity))


def shown(value: object) -> str:
    """Show a hostile value in a message: short, printable, on one line."""
    text = value[:41] if isinstance(value, str) else type(value).__name__
    clean = "".join(char if is_plain(char) else "\N{REPLACEMENT CHARACTER}" for char in text)
    return clean[:40] + "…" if len(clean) > 40 else clean


def is_plain(text: str) -> bool:
    """Say whether a text has no control characters and no lone surrogates."""
    if text.isascii():
        return text.isprintable()
    return all(unicodedata.category(char) not in ("Cc", "Cs") for char in text)


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word nearest to ``word``, or None when none is near."""
    found = get_close_matches(word[:80], list(known), n=1, cutoff=0.6)
    return found[0] if found else None


def an_object(
    raw: object, path: str, keys: Iterable[str], required: Iterable[str], notes: Notes
) -> dict[str, object] | None:
    """Return the object, noting unknown and missing keys; None when it is no object."""
    if not isinstance(raw, dict):
        notes.add(path, "NOT_AN_OBJECT", "这里应是一个对象", "An object is expected here")
        return None
    allowed = tuple(keys)
    for key in raw:
        if not isinstance(key, str) or key not in allowed:
            near = nearest(key, allowed) if isinstance(key, str) else None
            notes.add(
                path,
                "UNKNOWN_KEY",
                f"没有“{shown(key)}”这一项",
                f"There is no key “{shown(key)}” here",
                near,
            )
    for key in required:
        if key not in raw:
            where = f"{path}.{key}" if path else key
            notes.add(where, "MISSING_KEY", f"缺少“{key}”", f"The key “{key}” is missing")
    return raw


def a_list(raw: object, path: str, low: int, high: int, notes: Notes) -> list[object] | None:
    """Return the list when its length is within the limits."""
    if not isinstance(raw, list):
        notes.add(path, "NOT_A_LIST", "这里应是一个列表", "A list is expected here")
        return None
    if not low <= len(raw) <= high:
        notes.add(
            path,
            "WRONG_LENGTH",
            f"应有 {low} 到 {high} 项,现有 {len(raw)} 项",
            f"{low} to {high} members are allowed, there are {len(raw)}",
        )
        return None
    return raw


def a_text(raw: object, path: str, longest: int, notes: Notes) -> str | None:
    """Return a non-empty text without control characters of at most ``longest`` characters."""
    if not isinstance(raw, str):
        notes.add(path, "NOT_A_TEXT", "这里应是文字", "A text is expected here")
    elif not raw.strip():
        notes.add(path, "EMPTY_TEXT", "文字不能为空", "The text must not be empty")
    elif len(raw) > longest:
        notes.add(
            path,
            "TEXT_TOO_LONG",
            f"文字最长 {longest} 个字",
            f"The text may have {longest} characters at most",
        )
    elif not is_plain(raw):
        notes.add(
            path,
            "CONTROL_CHARACTER",
            "文字里有不可见的控制字符",
            "The text has control characters or broken characters",
        )
    else:
        return raw
    return None


def two_texts(raw: object, path: str, longest: int, notes: Notes) -> Text | None:
    """Return a text in zh and en."""
    found = an_object(raw, path, ("zh", "en"), ("zh", "en"), notes)
    if found is None or "zh" not in found or "en" not in found:
        return None
    zh = a_text(found["zh"], f"{path}.zh", longest, notes)
    en = a_text(found["en"], f"{path}.en", longest, notes)
    return Text(zh, en) if zh is not None and en is not None else None


def an_id(raw: object, path: str, notes: Notes) -> str | None:
    """Return an id of the form ``^[a-z][a-z0-9-]{1,39}$``."""
    if isinstance(raw, str) and ID_PATTERN.fullmatch(raw):
        return raw
    notes.add(
        path,
        "BAD_ID",
        "编号用小写字母开头,只含小写字母、数字和连字符,2 到 40 位",
        "An id has 2 to 40 lower-case letters, digits and hyphens and begins with a letter",
    )
    return None


def one_of(raw: object, path: str, known: Iterable[str], notes: Notes) -> str | None:
    """Return one of the known words, or note the nearest."""
    words = tuple(known)
    if isinstance(raw, str) and raw in words:
        return raw
    near = nearest(raw, words) if isinstance(raw, str) else None
    notes.add(
        path,
        "UNKNOWN_WORD",
        f"“{shown(raw)}”不在可用的词里:{'、'.join(words)}",
        f"“{shown(raw)}” is none of: {', '.join(words)}",
        near,
    )
    return None


def an_integer(raw: object, path: str, low: int, high: int, notes: Notes) -> int | None:
    """Return a whole number within the limits; 5.0 counts as 5."""
    value = a_number(raw, path, notes)
    if value is None:
        return None
    if not isinstance(value, int) or not low <= value <= high:
        notes.add(
            path,
            "OUT_OF_RANGE",
            f"应是 {low} 到 {high} 的整数",
            f"A whole number from {low} to {high} is expected",
        )
        return None
    return value


def a_number(raw: object, path: str, notes: Notes) -> Number | None:
    """Return a finite number with at most 4 decimals; whole floats become integers."""
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        notes.add(path, "NOT_A_NUMBER", "这里应是数字", "A number is expected here")
        return None
    if is_number(raw):
        return int(raw) if float(raw).is_integer() else raw
    notes.add(
        path,
        "BAD_NUMBER",
        "数字要有限,绝对值不超过一万亿,最多四位小数",
        "A number is finite, at most 10^12 in absolute value, with at most 4 decimals",
    )
    return None


def is_number(value: int | float) -> bool:
    """Say whether a number is finite, within ±10^12 and has at most 4 decimals."""
    if isinstance(value, float) and not math.isfinite(value):
        return False
    return -LIMIT <= value <= LIMIT and round(value, MAX_DECIMALS) == value
