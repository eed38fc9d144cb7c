"""What a clerk wrote in a cell → a value for the commands, or a fault that says how to write it."""

import calendar
import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from api.imports.cells import as_text, normal, one_line
from api.imports.dates import Ambiguous, parse_date
from api.imports.numbers import parse_number
from api.imports.problems import CellFault
from api.imports.workbook.choices import Choices
from api.imports.workbook.columns import BY_KEY, title_of
from api.imports.workbook.hours import read_hours
from api.imports.workbook.writing_cells import LISTS

SHOWN: Final = 40
ERRORS: Final = ("#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#SPILL!", "#CALC!")
_UNIT: Final = "price_unit"
_CLASS: Final = "price_class"
_PRICE: Final = re.compile(r"(?:每(?P<each>[^\d元块¥/]{1,6}))?[¥]?(?P<number>\d+(?:,\d{3})*(?:\.\d+)?)(?P<rest>.*)")
_REST: Final = re.compile(r"(?:元|块|块钱|yuan)?(?:(?:/|每|一|1)(?P<unit>[^\d/]{1,12}))?")
_NO_PRICE: Final = ("免费", "不收费", "无偿", "free")
_WITHIN: Final = ("物业费内", "含在物业费内", "含物业费")
_DURATION: Final = re.compile(
    r"(?P<number>[\d.]+|半|[一二两三四五六七八九十]+)个?(?P<unit>分钟|分|min|小时|时|h|天|日)?(?:以?内)?(?:到|到场|应答)?"
)
_MINUTES: Final = {"分钟": 1, "分": 1, "min": 1, None: 1, "小时": 60, "时": 60, "h": 60, "天": 1440, "日": 1440}
_FULL_DATE: Final = re.compile(r"(\d{4})\s*[.年/-]\s*(\d{1,2})\s*[.月/-]\s*(\d{1,2})\s*日?")
_MONTH: Final = re.compile(r"\s*(\d{4})\s*[.年/-]\s*(\d{1,2})\s*月?\s*")


def read_cell(key: str, raw: Any, choices: Choices) -> dict[str, Any]:
    """Return the value of a cell by its input; a price may say its unit or its class along.

    Raises:
        CellFault: the cell says nothing that could be stored there.
    """
    column = BY_KEY[key].title
    text = as_text(raw, column)
    if text is None:
        return {key: [] if key in ("windows", "service_area") else None}
    if text in ERRORS:
        raise CellFault(column, f"公式出错({text}),请改好或直接填值", f"The formula went wrong ({text})")
    read = _READERS.get(key)
    if read is not None:
        return read(key, raw, text, choices)
    if key in LISTS:
        return {key: _listed(key, text, choices)}
    return {key: text}


def _listed(key: str, text: str, choices: Choices) -> Any:
    found = choices[LISTS[key]].value(text)
    if found is not None:
        return found
    if not BY_KEY[key].strict:
        return one_line(text)
    shown, title = text[:SHOWN], BY_KEY[key].title
    raise CellFault(title, f"没有“{shown}”这一项,请从下拉里选", f"“{shown}” is not on the list")


def _area(key: str, _: Any, text: str, choices: Choices) -> dict[str, Any]:
    found = []
    for part in filter(None, (each.strip() for each in re.split(r"[、,,;;\n]+", text))):
        # A name may have a blank in it; else a blank is one more way to part names.
        whole = choices["places"].value(part)
        for word in [part] if whole is not None else part.split():
            place = choices["places"].value(word)
            if place is None:
                shown = word[:SHOWN]
                raise CellFault(title_of(key), f"选项里没有地点“{shown}”", f"No place “{shown}” among the options")
            found.append(place)
    return {key: list(dict.fromkeys(found))}


def _hours(key: str, _: Any, text: str, __: Choices) -> dict[str, Any]:
    return {key: read_hours(text, title_of(key))}


def _price(key: str, _: Any, text: str, choices: Choices) -> dict[str, Any]:
    plain = unicodedata.normalize("NFKC", text).replace(" ", "").lower()
    if plain in _NO_PRICE or plain in _WITHIN:
        return {key: None, _CLASS: choices["price_classes"].value("免费" if plain in _NO_PRICE else "物业费内")}
    found = _PRICE.fullmatch(plain)
    rest = _REST.fullmatch(found["rest"]) if found else None
    number = parse_number(found["number"]) if found else None
    if found is None or rest is None or number is None or (found["each"] and rest["unit"]):
        shown = text[:SHOWN]
        raise CellFault(
            title_of(key),
            f"“{shown}”不是一个价格,请只写数字,如 5 或 5元/次",
            f"“{shown}” is not one price; write a number, e.g. 5 or 5元/次",
        )
    unit = found["each"] or rest["unit"]
    # A formula such as =20*1.1 gives 22.000000000000004.
    number = round(number, 6)
    return {key: number} if unit is None else {key: number, _UNIT: choices["units"].value(unit) or unit}


def _minutes(key: str, raw: Any, text: str, _: Choices) -> dict[str, Any]:
    plain = unicodedata.normalize("NFKC", text).replace(" ", "").lower()
    found = _DURATION.fullmatch(plain)
    number = 0.5 if found and found["number"] == "半" else parse_number(found["number"]) if found else None
    if found is None or number is None:
        shown = text[:SHOWN]
        raise CellFault(
            title_of(key), f"“{shown}”不是时长,请写分钟数,如 30", f"“{shown}” is no duration; write minutes, e.g. 30"
        )
    minutes = number * _MINUTES[found["unit"]]
    return {key: int(minutes) if minutes.is_integer() else minutes}


def _date(key: str, raw: Any, text: str, _: Choices) -> dict[str, Any]:
    plain = unicodedata.normalize("NFKC", text)
    try:
        if full := _FULL_DATE.fullmatch(plain):
            day: date | None = date(*(int(each) for each in full.groups()))
        elif isinstance(raw, str) and (month := _MONTH.fullmatch(plain)):
            # As text, 2024.10 is October; as a number it could not be told from 2024.1.
            day = date(int(month[1]), int(month[2]), 1)
        else:
            day = parse_date(plain if isinstance(raw, str) else raw, ("iso", "year.month", "excel"))
    except Ambiguous:
        shown = text[:SHOWN]
        raise CellFault(
            title_of(key),
            f"{shown} 分不清是 1 月还是 10 月,请写成 {shown[:4]}年1月 或 {shown[:4]}年10月",
            f"{shown} may be January or October; write 2024-01 or 2024-10",
        ) from None
    except ValueError:
        day = None
    if day is None:
        shown = text[:SHOWN]
        raise CellFault(title_of(key), f"“{shown}”不是日期,请写成 2026-12-31", f"“{shown}” is not a date")
    if key == "valid_to" and _MONTH.fullmatch(plain):
        # An end in August 2024 means its last day.
        day = day.replace(day=calendar.monthrange(day.year, day.month)[1])
    return {key: day}


def _version(key: str, raw: Any, text: str, _: Choices) -> dict[str, Any]:
    number = parse_number(text)
    if number is None or not number.is_integer() or not 0 < number < 10**9:
        raise CellFault(title_of(key), "版本号被改过,请重新下载", "The version was altered; download the form anew")
    return {key: int(number)}


_READERS: Final[Mapping[str, Callable[[str, Any, str, Choices], dict[str, Any]]]] = {
    "service_area": _area,
    "windows": _hours,
    "price": _price,
    "response_minutes": _minutes,
    "valid_from": _date,
    "valid_to": _date,
    "version": _version,
}


def same(raw: Any, shown: str) -> bool:
    """Tell whether a cell still says what was written into it, whatever type the spreadsheet made of it."""
    try:
        text = as_text(raw, None) or ""
    except CellFault:
        return False
    return normal(text) == normal(shown)
