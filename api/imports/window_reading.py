"""One row → its time windows: opening hours of each weekday, or one period of days.

A weekday's hours become one window that recurs each week from the first such day of 2020. There is
no BYDAY: in the zone in which recurrences are counted (Asia/Shanghai) the day may be another.
"""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from api.imports.cells import Cells, as_text, normal
from api.imports.dates import DAYS, parse_time
from api.imports.mapping import Backwards, ImportMapping, Period, Weekly
from api.imports.problems import CellFault
from api.imports.values import Evaluator, column_of

FIRST_MONDAY = date(2020, 1, 6)
OFFSET = {day: index for index, day in enumerate(DAYS)}
WEEKLY = "FREQ=WEEKLY"
SHOWN = 40


def read_windows(mapping: ImportMapping, cells: Cells, evaluator: Evaluator) -> list[dict[str, Any]]:
    """Return the windows of a row as the commands take them. Raise CellFault."""
    zone = ZoneInfo(mapping.zone)
    found: list[dict[str, Any]] = []
    if mapping.weekly is not None:
        found += _weekly(mapping.weekly, cells, zone)
    if mapping.period is not None:
        found += _period(mapping.period, cells, evaluator, zone)
    return found


def _weekly(weekly: Weekly, cells: Cells, zone: ZoneInfo) -> list[dict[str, Any]]:
    found = []
    for day, spans in weekly.days.items():
        for opening, closing in spans:
            start, end = (_time(cells, column, weekly) for column in (opening, closing))
            if start is None and end is None:
                continue
            if start is None or end is None:
                missing = opening if start is None else closing
                raise CellFault(missing, "只写了开始或结束", "Only one of start and end is given")
            if end <= start and _dropped(weekly.backwards, closing):
                continue
            on = FIRST_MONDAY + timedelta(days=OFFSET[day])
            found.append(_window(datetime.combine(on, start, zone), datetime.combine(on, end, zone), WEEKLY))
    return found


def _time(cells: Cells, column: str, weekly: Weekly) -> time | None:
    raw = cells.get(column)
    text = as_text(raw, column)
    if text is None or normal(text) in weekly.closed:
        return None
    found = parse_time(raw if isinstance(raw, datetime | time) else text)
    if found is None:
        raise CellFault(column, f"“{text[:SHOWN]}”不是时间", f"“{text[:SHOWN]}” is not a time of day")
    return found


def _period(period: Period, cells: Cells, evaluator: Evaluator, zone: ZoneInfo) -> list[dict[str, Any]]:
    start, end = evaluator.value(period.start, cells), evaluator.value(period.end, cells)
    if start is None or end is None:
        return []
    for day, source in ((start, period.start), (end, period.end)):
        if not isinstance(day, date):
            raise CellFault(column_of(source), "须写日期格式 date", "Give the formats of the date")
        if not 1900 <= day.year <= 2200:
            raise CellFault(column_of(source), "年份须在 1900 到 2200 之间", "The year must be 1900–2200")
    if end < start and _dropped(period.backwards, column_of(period.end)):
        return []
    first = datetime.combine(start, time.min, zone)
    return [_window(first, datetime.combine(end + timedelta(days=1), time.min, zone), None)]


def _dropped(backwards: Backwards, column: str | None) -> bool:
    if backwards is Backwards.REFUSE:
        raise CellFault(column, "结束早于开始", "Ends before it begins")
    return True


def _window(start: datetime, end: datetime, rule: str | None) -> dict[str, Any]:
    return {"starts_at": start, "ends_at": end, "rrule": rule}
