"""What somebody can do, and what proves it: checked words of teams, registrations and requirement lines.

They are plain words (电工, 急救), equal when they read alike; a community needs no list of crafts first.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from api.commands import inputs
from api.errors import InvalidInput
from rules.forbidden import FORBIDDEN

MOST = 20
LONGEST = 30
# Rules read these words, so what is never a fact must not come in this way either.
NEVER = {"党员": "党", "团员": "党", "政治面貌": "政治面貌", "教徒": "宗教", "信教": "宗教", "party member": "party"}
Path = tuple[str, ...]


def skills(values: Sequence[str] | None, path: Path = ("skills",)) -> list[str]:
    """Return distinct words in one spelling. Raise InvalidInput for what is no skill."""
    words = [_word(value, (*path, str(index))) for index, value in enumerate(_bounded(values, path))]
    return list(dict.fromkeys(words))


def certificates(values: Sequence[Mapping[str, Any]] | None, path: Path = ("certificates",)) -> list[dict[str, Any]]:
    """Return certificates as they are stored: kind, and the last day or None; no numbers.

    Raises:
        InvalidInput: a kind is no word or named twice, or a day is out of range.
    """
    found: dict[str, dict[str, Any]] = {}
    for index, value in enumerate(_bounded(values, path)):
        here = (*path, str(index))
        kind = _word(value["kind"], (*here, "kind"))
        if kind in found:
            raise InvalidInput("同一种证书只写一次", "Name each certificate once", (*here, "kind"))
        last = inputs.day(value.get("valid_until"), (*here, "validUntil"))
        found[kind] = {"kind": kind, "valid_until": None if last is None else last.isoformat()}
    return list(found.values())


def _word(value: str, path: Path) -> str:
    word = unicodedata.normalize("NFKC", inputs.line(value, path, LONGEST)).strip()
    for part, reason in NEVER.items():
        if part in word.lower():
            raise InvalidInput(*FORBIDDEN[reason], path)
    # The rule engine takes a text that begins so for a variable of its own.
    if not word or word.startswith("?"):
        raise InvalidInput("不是一种技能", "Not a skill", path)
    return word[:LONGEST]


def _bounded(values: Sequence[Any] | None, path: Path) -> Sequence[Any]:
    if values is not None and len(values) > MOST:
        raise InvalidInput(f"最多 {MOST} 项", f"At most {MOST} entries", path)
    return values or []
