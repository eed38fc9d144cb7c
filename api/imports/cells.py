"""Text of a single cell, cleaned; what no column may hold is refused by name."""

import unicodedata
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from api.imports.problems import CellFault

LONGEST_CELL = 100_000
Cells = Mapping[str, Any]


def filled(cells: Cells, column: str) -> str | None:
    """Return a cell's text without outer blanks, None when it is empty.

    Raises:
        CellFault: it holds a list, control characters or a lone surrogate, or is too long.
    """
    return as_text(cells.get(column), column)


def as_text(value: Any, column: str | None) -> str | None:
    """Return any cell value as clean text, None when it is empty. Raise CellFault."""
    if value is None or isinstance(value, str):
        text = value or ""
    elif isinstance(value, bool):
        text = "true" if value else "false"
    elif isinstance(value, float):
        # Spreadsheets keep every number as a float; 158.0 is written 158.
        text = str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    elif isinstance(value, int):
        # Python refuses to print numbers of more than 4,300 digits.
        text = str(value) if abs(value) < 10**30 else ""
        if not text:
            raise CellFault(column, "数字过大", "The number is too large")
    elif isinstance(value, datetime | date | time):
        text = value.isoformat()
    else:
        raise CellFault(column, "这一格是列表,不是单个值", "Holds a list, not a single value")
    if len(text) > LONGEST_CELL:
        raise CellFault(column, f"超过 {LONGEST_CELL} 字", f"Longer than {LONGEST_CELL} characters")
    cleaned = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    for character in cleaned:
        if is_broken(character):
            code = f"U+{ord(character):04X}"
            raise CellFault(column, f"含有控制字符或残缺字符 {code}", f"Control or broken character {code}")
    return cleaned or None


def is_broken(character: str) -> bool:
    """Tell whether a character is a control or half a surrogate pair; line breaks and tabs are none."""
    return character not in "\n\r\t" and unicodedata.category(character) in ("Cc", "Cs")


def without_broken(value: Any) -> Any:
    """Return a cell without broken characters, those of nested lists too."""
    if isinstance(value, str):
        return "".join(character for character in value if not is_broken(character))
    if isinstance(value, list):
        return [without_broken(each) for each in value]
    if isinstance(value, dict):
        return {name: without_broken(each) for name, each in value.items()}
    return value


def one_line(text: str) -> str:
    """Return the text with line breaks and runs of blanks made single blanks."""
    return " ".join(text.split())


def normal(text: str) -> str:
    """Return the form in which words are compared: full width made half, small letters, no outer blanks."""
    return one_line(unicodedata.normalize("NFKC", text)).casefold()
