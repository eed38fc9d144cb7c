"""Numbers as people write them: 1,200 · 1万 · 3千 · 五千 · 1.5万只; and amounts at the end of a text."""

import math
import re
import unicodedata
from typing import NamedTuple

MULTIPLES = {"十": 10, "百": 100, "千": 1_000, "k": 1_000, "万": 10_000, "亿": 100_000_000}
DIGITS = {"零": 0, "〇": 0, **{digit: value for value, digit in enumerate("一二三四五六七八九", 1)}, "两": 2}
PLAIN = re.compile(r"[$¥¥]?([+-]?\d+(?:,\d{3})*(?:\.\d+)?)\s*([百千万亿k]{0,2})(\D{0,4})", re.IGNORECASE)
COUNTERS = "只个件套双副盒箱瓶桶袋张份台辆支把条包顶间"
# Digits after a letter or a digit belong to a model (3M9132, N95), those before % or at the front do not count.
TAIL = re.compile(
    rf"(?P<before>.*?)[\s::]*(?P<open>[((]?)\s*(?P<number>\d+(?:,\d{{3}})*(?:\.\d+)?|[一二两三四五六七八九十百]+)\s*"
    rf"(?P<multiple>[百千万亿]{{0,2}})\s*(?P<unit>[{COUNTERS}]?)\s*[))]?[。.]?",
    re.DOTALL,
)
LARGEST = 10**15


class Amount(NamedTuple):
    """What is left of a text without its amount, the amount, and its counter word."""

    text: str
    number: float | None
    unit: str | None


def parse_number(text: str) -> float | None:
    """Return the number a text stands for, counter words allowed behind it; None when it is none."""
    plain = unicodedata.normalize("NFKC", text).strip()
    found = PLAIN.fullmatch(plain)
    if found is None:
        return chinese_number(plain)
    number = float(found[1].replace(",", ""))
    for multiple in found[2].lower():
        number *= MULTIPLES[multiple]
    if any(character.isalnum() and character.isascii() for character in found[3]):
        return None
    return number if math.isfinite(number) and abs(number) <= LARGEST else None


def chinese_number(text: str) -> float | None:
    """Return the number written in characters, e.g. 五千 or 一万二千; None when it is none."""
    total, section, digit = 0.0, 0.0, None
    if not text or len(text) > 20:
        return None
    for character in text:
        if character in DIGITS and digit is None:
            digit = DIGITS[character]
        elif character in "十百千":
            section += (1 if digit is None else digit) * MULTIPLES[character]
            digit = None
        elif character in "万亿":
            total = (total + section + (digit or 0)) * MULTIPLES[character]
            section, digit = 0.0, None
        else:
            return None
    return total + section + (digit or 0)


def trailing_amount(text: str) -> Amount:
    """Split "防护服1万" or "护目镜(1千)" or "口罩 5万只" into name, amount and counter word.

    A model number (3M9132, N95), a share (75%) and a range (100-200个) are no amount; digits after a
    blank count only with 百, 千, 万 or a counter word, since "3M 9132" is a model too.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    found = TAIL.fullmatch(plain)
    if found is None or not found["before"]:
        return Amount(text.strip(), None, None)
    before = found["before"]
    gap = plain[len(before) : found.start("number")]
    sure = bool(found["multiple"] or found["unit"] or found["open"] or ":" in gap)
    last = before[-1]
    glued = last.isascii() and (last.isalnum() or last in "-~.%/")
    if (glued and not gap.strip(" ") and not gap) or last in "-~到至" or (gap and not sure):
        return Amount(text.strip(), None, None)
    number = parse_number(found["number"] + found["multiple"])
    if number is None:
        return Amount(text.strip(), None, None)
    return Amount(before.strip(), number, found["unit"] or None)
