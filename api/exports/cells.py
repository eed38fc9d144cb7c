"""What a value becomes in a table: numbers stay numbers, text stays text, and nothing runs as a formula."""

import re
from datetime import date, datetime
from typing import Final

from api import clock

Cell = str | int | float | bool | date | datetime | None
MARK: Final = "'"
# What Excel, LibreOffice or WPS begin a formula with, their full-width forms among them, and what splits a cell.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "|", "%")
# What they would take for a number or a date: telephones, numbers with leading zeros, house numbers such as 3-5.
_LIKE_NUMBER: Final = re.compile(r"\s*[0-9][0-9.,:/\-\sEe年月日时分%]*")
LONGEST: Final = 32_767
"""Characters of a cell; Excel refuses a workbook with more."""


def formula_like(text: str) -> bool:
    """Tell whether a spreadsheet would run the text."""
    return text.lstrip(" \u3000\ufeff").startswith(_FORMULA) or text.startswith(_FORMULA)


def csv_text(text: str) -> str:
    """Return the text as it stands in CSV: with an apostrophe where a spreadsheet would make something else of it.

    A text that begins with an apostrophe gets one too, so taking one away always gives back what was stored.
    """
    text = text[:LONGEST]
    marked = text.startswith(MARK) or formula_like(text) or _LIKE_NUMBER.fullmatch(text)
    return f"{MARK}{text}" if marked else text


def csv_cell(value: Cell) -> str | int | float:
    """Return a value as the CSV writer takes it."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case int():
            return value
        case float():
            return int(value) if value.is_integer() else value
        case datetime():
            return local(value).isoformat(" ", "seconds")
        case date():
            return value.isoformat()
        case _:
            return csv_text(value)


def local(moment: datetime) -> datetime:
    """Return an instant as the clock on the wall shows it, without a zone, as tables have it."""
    return moment.astimezone(clock.LOCAL_ZONE).replace(tzinfo=None)
