"""Evaluate the values of a mapping over one row."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from api.imports.cells import Cells, as_text, filled, normal
from api.imports.dates import Ambiguous, parse_date
from api.imports.mapping import Filter, Otherwise, Recognition, Table, TableMatch, Test, Value
from api.imports.numbers import parse_number
from api.imports.problems import CellFault
from api.imports.recognition import Recogniser

HOLE = re.compile(r"\{([^{}]+)\}")
SHOWN = 40


@dataclass(slots=True)
class Evaluator:
    """What evaluating needs and counts: the taxonomy's words, and how categories were found."""

    recogniser: Recogniser
    recognised: int = 0
    fell_back: int = 0
    unrecognised: set[str] = field(default_factory=set)

    def value(self, source: Value | None, cells: Cells) -> Any:
        """Return the value for a row, None when it is empty or unknown. Raise CellFault."""
        if source is None or not all(holds(each, cells) for each in source.when):
            return None
        if source.first:
            values = (self.value(each, cells) for each in source.first)
            found, column = next((each for each in values if each is not None), None), None
        else:
            found, column = _origin(source, cells)
        if source.part is not None and found is not None:
            found = _part(as_text(found, column) or "", *source.part)
        if source.table is not None and found is not None:
            found = _looked_up(source.table, found, column)
        if source.number is not None and found is not None:
            found = _number(found, source.number.unknown, column)
        if source.dates and found is not None:
            found = _date(found, source.dates, column)
        if source.recognition is not None:
            found = self._category(found, source.recognition, column)
        if source.shorten is not None and isinstance(found, str) and len(found) > source.shorten:
            found = f"{found[: source.shorten - 1]}…"
        return found

    def text(self, source: Value | None, cells: Cells) -> str | None:
        """Return a value as clean text. Raise CellFault."""
        return as_text(self.value(source, cells), column_of(source))

    def _category(self, found: Any, recognition: Recognition, column: str | None) -> str | None:
        text = as_text(found, column)
        code = self.recogniser.recognise(text, recognition.within) if text else None
        if code is not None:
            self.recognised += 1
            return code
        if recognition.fallback is not None:
            self.fell_back += 1
            if text:
                self.unrecognised.add(text[:SHOWN])
        return recognition.fallback


def column_of(source: Value | None) -> str | None:
    """Return the first column a value comes from, for the place of a fault."""
    if source is None:
        return None
    named = source.columns or tuple(HOLE.findall(source.template or ""))
    if named:
        return named[0]
    return next((found for each in source.first if (found := column_of(each))), None)


def columns_of(source: Value | None) -> set[str]:
    """Return every column that a value names."""
    if source is None:
        return set()
    found = {*source.columns, *HOLE.findall(source.template or ""), *(each.column for each in source.when)}
    return found.union(*(columns_of(each) for each in source.first))


def holds(asked: Filter, cells: Cells) -> bool:
    """Tell whether a row passes a filter. Raise CellFault."""
    raw = cells.get(asked.column)
    if isinstance(raw, list | dict):
        return (asked.test is Test.EMPTY and not raw) != asked.negated
    text = normal(filled(cells, asked.column) or "")
    if asked.test is Test.EMPTY:
        answer = not text
    elif asked.test is Test.IN:
        answer = text in asked.values
    else:
        answer = any(each in text for each in asked.values)
    return answer != asked.negated


def _origin(source: Value, cells: Cells) -> tuple[Any, str | None]:
    for column in source.columns:
        raw = cells.get(column)
        # Dates and numbers of a spreadsheet stay what they are, for the formats to look at.
        if (source.dates or source.number) and raw is not None and not isinstance(raw, str | list | dict):
            return raw, column
        text = filled(cells, column)
        if text is not None:
            return text, column
    if source.template is not None:
        return _written(source.template, cells), column_of(source)
    return source.constant, column_of(source)


def _written(template: str, cells: Cells) -> str | None:
    holes = HOLE.findall(template)
    texts: Mapping[str, str] = {column: filled(cells, column) or "" for column in holes}
    if holes and not any(texts.values()):
        return None
    return HOLE.sub(lambda found: texts[found[1]], template)


def _part(text: str, separator: str, number: int) -> str | None:
    """Return the part of that number, counted from 1; empty parts do not count."""
    parts = [part.strip() for part in text.split(separator) if part.strip()]
    return parts[number - 1] if number <= len(parts) else None


def _looked_up(table: Table, found: Any, column: str | None) -> Any:
    text = as_text(found, column) or ""
    key = normal(text)
    if table.match is TableMatch.WHOLE:
        names = [key] if key in table.entries else []
    elif table.match is TableMatch.PREFIX:
        names = [name for name in table.entries if key.startswith(name)]
    else:
        names = [name for name in table.entries if name in key]
    if names:
        return table.entries[max(names, key=len)]
    if table.otherwise is Otherwise.REFUSE:
        raise CellFault(column, f"对照表里没有“{text[:SHOWN]}”", f"No value is given for “{text[:SHOWN]}”")
    return found if table.otherwise is Otherwise.KEEP else None


def _number(found: Any, unknown: frozenset[str], column: str | None) -> float | None:
    text = as_text(found, column) or ""
    if normal(text) in unknown:
        return None
    number = parse_number(text)
    if number is None:
        raise CellFault(column, f"“{text[:SHOWN]}”不是数", f"“{text[:SHOWN]}” is not a number")
    return number


def _date(found: Any, formats: tuple[str, ...], column: str | None) -> Any:
    shown = as_text(found, column) or ""
    try:
        day = parse_date(found, formats)
    except Ambiguous:
        raise CellFault(
            column,
            f"{shown} 分不清是 1 月还是 10 月,请把这一列设为文本",
            f"{shown} may be January or October; make the column text",
        ) from None
    if day is None:
        raise CellFault(column, f"“{shown[:SHOWN]}”不是日期", f"“{shown[:SHOWN]}” is not a date")
    return day
