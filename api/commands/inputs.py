"""Checks of single input values; each names the place of the fault in both languages."""

import math
import unicodedata
from collections.abc import Set
from datetime import date, datetime
from enum import StrEnum
from typing import TypeVar

from api.commands.recurrence import recurrence_rule
from api.errors import InvalidInput

LONGEST_TEXT = 5_000
LARGEST = 10**12
FIRST_YEAR, LAST_YEAR = 1900, 2200

Path = tuple[str, ...]
Choice = TypeVar("Choice", bound=StrEnum)


def text(value: str | None, path: Path, longest: int, *, required: bool = False) -> str | None:
    """Return the text without outer blanks; refuse control characters, lone surrogates, and what is too long."""
    if value is None or not value.strip():
        if required:
            raise InvalidInput("不能为空", "Must not be empty", path)
        return None
    cleaned = value.strip()
    if len(cleaned) > longest:
        raise InvalidInput(f"最长 {longest} 个字", f"At most {longest} characters", path)
    for character in cleaned:
        if unicodedata.category(character) in ("Cc", "Cs") and character not in "\n\t":
            raise InvalidInput("含有控制字符或残缺字符", "Contains control or broken characters", path)
    return cleaned


def line(value: str | None, path: Path, longest: int) -> str:
    """Return a text of one line that must not be empty."""
    found = text(value, path, longest, required=True) or ""
    if not found.isprintable():
        raise InvalidInput("须为一行文字", "Must be a single line", path)
    return found


def number(value: float | None, path: Path, *, low: float = 0, high: float = LARGEST) -> float | None:
    """Return a finite number within bounds, at most 4 decimals."""
    if value is None:
        return None
    if not math.isfinite(value) or not low <= value <= high:
        raise InvalidInput(f"须在 {low:g} 到 {high:g} 之间", f"Must be from {low:g} to {high:g}", path)
    if round(value, 4) != value:
        raise InvalidInput("最多四位小数", "At most 4 decimals", path)
    return float(value)


def money(value: float | None, path: Path) -> int | None:
    """Return yuan as whole fen."""
    if value is None:
        return None
    if not math.isfinite(value) or not 0 <= value <= LARGEST / 100 or round(value, 2) != value:
        raise InvalidInput("金额须为非负数,最多两位小数", "Must be a non-negative amount with at most 2 decimals", path)
    return round(value * 100)


def day(value: date | None, path: Path) -> date | None:
    """Return a date within four centuries around now."""
    if value is not None and not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise InvalidInput(
            f"年份须在 {FIRST_YEAR} 到 {LAST_YEAR} 之间", f"The year must be {FIRST_YEAR}–{LAST_YEAR}", path
        )
    return value


def period(start: date | None, end: date | None, path: Path) -> None:
    """Refuse a period that ends before it begins."""
    day(start, (*path, "validFrom"))
    day(end, (*path, "validTo"))
    if start and end and end < start:
        raise InvalidInput("结束早于开始", "Ends before it begins", (*path, "validTo"))


def window(start: datetime, end: datetime, rule: str | None, path: Path) -> str | None:
    """Check a time window and its recurrence (RFC 5545); return the rule without blanks."""
    if start.tzinfo is None or end.tzinfo is None:
        raise InvalidInput("时间须带时区", "Instants need a time zone", path)
    day(start.date(), (*path, "startsAt"))
    day(end.date(), (*path, "endsAt"))
    if end <= start:
        raise InvalidInput("结束须晚于开始", "Must end after it begins", (*path, "endsAt"))
    if rule is None or not rule.strip():
        return None
    return recurrence_rule(rule, start, (*path, "rrule"))


def codes(values: list[str], known: Set[str], path: Path, what_zh: str, what_en: str) -> list[str]:
    """Return distinct codes in their order; refuse unknown ones by name."""
    for index, value in enumerate(values):
        if value not in known:
            shown = value[:40].encode("ascii", "backslashreplace").decode()
            raise InvalidInput(f"没有这个{what_zh}:{shown}", f"Unknown {what_en}: {shown}", (*path, str(index)))
    return list(dict.fromkeys(values))


def missing(what: Path) -> InvalidInput:
    """Return the refusal of an input that must be given and is not."""
    return InvalidInput("不能为空", "Must not be empty", what)


def choice(value: str, options: type[Choice], path: Path) -> Choice:
    """Return a member of a closed list of values."""
    try:
        return options(value)
    except ValueError:
        known = "、".join(options)
        raise InvalidInput(f"须为以下之一:{known}", f"Must be one of {known}", path) from None
