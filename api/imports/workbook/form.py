"""The workbook that goes out: the organisation's items and empty rows, or a sent sheet with its faults.

Every text is written as a text cell, so nothing that somebody stored becomes a formula or a link.
"""

import io
from collections.abc import Mapping, Sequence
from typing import Any, Final

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from api.imports.workbook.choices import Choices
from api.imports.workbook.columns import COLUMNS, FAULT, ID, SHEET, VERSION, title_of
from api.imports.workbook.explanations import EXPLANATIONS
from api.imports.workbook.known import Known
from api.imports.workbook.plan import Plan
from api.imports.workbook.sheet import Sheet
from api.plan.global_id import global_id
from api.state_machines.service_item import ServiceItemStatus

CHOICES_SHEET: Final = "选项"
HELP_SHEET: Final = "填写说明"
EMPTY_ROWS: Final = 200
NUMBERS: Final = frozenset({"price", "response_minutes", VERSION})
LONGEST_CELL: Final = 32_000
_LISTS: Final = ("categories", "places", "price_classes", "units", "yes_no", "visibilities", "statuses")


class FormWriter:
    """One workbook in the making."""

    def __init__(self, choices: Choices) -> None:
        """Begin with an empty sheet of service items."""
        self._bytes = io.BytesIO()
        self._book = xlsxwriter.Workbook(
            self._bytes,
            {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False},
        )
        self._book.set_properties({"title": SHEET})
        self._sheet: Worksheet = self._book.add_worksheet(SHEET)
        self._formats = {
            "head": self._format(bold=True, bg_color="#DCE6F1", border=1, valign="vcenter"),
            "text": self._format(num_format="@", text_wrap=True, valign="top"),
            "number": self._format(num_format="0.##", valign="top"),
            "fault": self._format(num_format="@", text_wrap=True, valign="top", font_color="#C00000", bold=True),
            "faulty": self._format(num_format="@", text_wrap=True, valign="top", bg_color="#F8CBAD"),
            "both": self._format(num_format="@", text_wrap=True, valign="top", bg_color="#FFE699"),
        }
        self._ranges = self._lists(choices)
        self._help()

    def _format(self, **properties: Any) -> Format:
        return self._book.add_format(properties)

    def _lists(self, choices: Choices) -> Mapping[str, str]:
        sheet = self._book.add_worksheet(CHOICES_SHEET)
        ranges = {}
        for column, name in enumerate(_LISTS):
            words = list(choices[name].shown.values())
            sheet.write_string(0, column, name)
            for row, word in enumerate(words, 1):
                sheet.write_string(row, column, word)
            letter = chr(ord("A") + column)
            ranges[name] = f"='{CHOICES_SHEET}'!${letter}$2:${letter}${max(len(words), 1) + 1}"
        sheet.hide()
        return ranges

    def _help(self) -> None:
        sheet = self._book.add_worksheet(HELP_SHEET)
        sheet.set_column(0, 0, 18)
        sheet.set_column(1, 1, 90, self._formats["text"])
        for row, (name, text) in enumerate(EXPLANATIONS):
            sheet.write_string(row, 0, name, self._formats["head"])
            sheet.write_string(row, 1, text, self._formats["text"])

    def header(self, at: int, extra: Sequence[str], *, faults: bool) -> None:
        """Write the headings into a line (from 0); without `faults` their column is hidden as well."""
        for number, column in enumerate(COLUMNS):
            shape = self._formats["number" if column.key in NUMBERS else "text"]
            hidden = column.hidden or (column.key == FAULT and not faults)
            self._sheet.set_column(number, number, column.width, shape, {"hidden": hidden})
            self._sheet.write_string(at, number, column.title, self._formats["head"])
        for number, name in enumerate(extra, len(COLUMNS)):
            self._sheet.write_string(at, number, name, self._formats["head"])
        self._sheet.freeze_panes(at + 1, 4)

    def line(self, at: int, cells: Mapping[str, Any], shapes: Mapping[str, str], extra: Sequence[str] = ()) -> None:
        """Write one row; numbers stay numbers in the columns that are counted with."""
        for number, column in enumerate(COLUMNS):
            value = cells.get(column.key)
            if value is None or value == "":
                continue
            shape = self._formats[shapes.get(column.key, "number" if column.key in NUMBERS else "text")]
            amount = _number(value) if column.key in NUMBERS else None
            if amount is not None:
                self._sheet.write_number(at, number, amount, shape)
            else:
                self._sheet.write_string(at, number, str(value)[:LONGEST_CELL], shape)
        for number, text in enumerate(extra, len(COLUMNS)):
            self._sheet.write_string(at, number, text, self._formats["text"])

    def above(self, at: int, texts: Sequence[str]) -> None:
        """Write a line above the header as it was, behind the hidden columns."""
        visible = [number for number, column in enumerate(COLUMNS) if not column.hidden]
        for number, text in zip(visible, dict.fromkeys(text for text in texts if text), strict=False):
            self._sheet.write_string(at, number, text, self._formats["text"])

    def finish(self, first: int, last: int) -> bytes:
        """Put the drop-downs on the rows and return the file."""
        for number, column in enumerate(COLUMNS):
            if column.choices is None:
                continue
            self._sheet.data_validation(
                first, number, last, number,
                {
                    "validate": "list",
                    "source": self._ranges[column.choices],
                    # Several places in one cell, or a unit of one's own, are no mistakes.
                    "show_error": column.strict,
                    "error_title": "请从下拉里选",
                    "error_message": "这一格只能选下拉里的一项。",
                },
            )  # fmt: skip
        self._sheet.ignore_errors({"number_stored_as_text": f"A1:Z{last + 1}"})
        self._book.close()
        return self._bytes.getvalue()


def blank_form(known: Known) -> bytes:
    """Return the form with the organisation's present items and empty rows below."""
    writer = FormWriter(known.choices)
    writer.header(0, (), faults=False)
    at = 1
    for item in known.items.values():
        if item.status is ServiceItemStatus.RETIRED:
            continue
        writer.line(at, {**item.cells, ID: global_id("ServiceItem", item.identifier), VERSION: item.version}, {})
        at += 1
    return writer.finish(1, at + EMPTY_ROWS)


def faulty_form(sheet: Sheet, known: Known, plans: Sequence[Plan], *, only_faulty: bool = False) -> bytes:
    """Return the sent rows at their places, each with its faults in red.

    With `only_faulty` the rows that went in are left out, so that the file holds what is still to be mended.
    """
    writer = FormWriter(known.choices)
    header = sheet.header - 1
    for at, texts in enumerate(sheet.above):
        writer.above(at, texts)
    writer.header(header, sheet.extra, faults=True)
    by_title = {column.title: column.key for column in COLUMNS}
    at = header
    for plan in plans:
        if only_faulty and not plan.faults:
            continue
        at = at + 1 if only_faulty else plan.row.number - 1
        cells = {**plan.row.cells, **plan.merged}
        shapes = dict.fromkeys(plan.conflicts, "both")
        shapes |= {by_title[fault.column]: "faulty" for fault in plan.faults if fault.column in by_title}
        if plan.faults:
            cells[FAULT] = ";".join(_said(fault.column, fault.zh) for fault in plan.faults)
            shapes[FAULT] = "fault"
        writer.line(at, cells, shapes, plan.row.extra)
    return writer.finish(header + 1, at + EMPTY_ROWS)


def _said(column: str | None, text: str) -> str:
    return text if column is None or column in (title_of(ID), title_of(VERSION)) else f"{column}:{text}"


def _number(value: Any) -> float | None:
    if isinstance(value, bool):
        return None
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if abs(number) < 1e15 else None
