"""What a table is made of: the question to the reader, and how each column is found in its rows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from api.exports.cells import Cell
from api.exports.labels import label
from api.plan.global_id import global_id
from api.plan.question import getter, question
from api.plan.selection import Selected
from api.plan.source import Row

Read = Callable[[Row], Cell]


@dataclass(frozen=True, slots=True)
class Words:
    """In which words a table is told: the language, and the labels of units of measure by their codes."""

    language: str
    units: Mapping[str, str]


Make = Callable[[Selected, Words], Read]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its title in both languages, what the question asks for it, and how it is read.

    `make` gets the question and the words and returns what reads a row.
    """

    zh: str
    en: str
    asks: str
    make: Make


@dataclass(frozen=True, slots=True)
class Table:
    """An export: the root field of the same name has the same rows and filters."""

    name: str
    zh: str
    source: str
    columns: tuple[Column, ...]

    def header(self, language: str) -> list[str]:
        """Return the titles of the columns."""
        return [column.en if language == "en" else column.zh for column in self.columns]

    def reading(self, words: Words) -> tuple[Selected, Callable[[Row], list[Cell]]]:
        """Return the question, and what turns a row that was read for it into cells."""
        asked = question(self.source, "{" + " ".join(column.asks for column in self.columns if column.asks) + "}")
        reads = [column.make(asked, words) for column in self.columns]
        return asked, lambda row: [read(row) for read in reads]


def value(zh: str, en: str, path: str) -> Column:
    """Return a column that is a field, at the end of a path of relations such as `place.name`."""
    steps = path.split(".")
    return Column(zh, en, _asked(steps), lambda asked, _: getter(asked, *steps))


def word(zh: str, en: str, field: str, kind: str) -> Column:
    """Return a column of a state or kind, told in words."""
    return Column(
        zh, en, field,
        lambda asked, words: _map(getter(asked, field), lambda found: label(kind, found, words.language)),
    )  # fmt: skip


def unit(zh: str, en: str, path: str) -> Column:
    """Return a column of a unit of measure, told by its label."""
    steps = path.split(".")
    return Column(
        zh,
        en,
        _asked(steps),
        lambda asked, words: _map(getter(asked, *steps), lambda code: words.units.get(code, code)),
    )


def yes_no(zh: str, en: str, path: str) -> Column:
    """Return a column that is yes, no or unknown."""
    steps, told = path.split("."), {True: "是", False: "否"}
    return Column(
        zh, en, _asked(steps),
        lambda asked, words: _map(getter(asked, *steps), told.get if words.language == "zh" else lambda found: found),
    )  # fmt: skip


def _map(find: Callable[[Row], Any], change: Callable[[Any], Cell]) -> Read:
    def read(row: Row) -> Cell:
        found = find(row)
        return None if found is None else change(found)

    return read


def first(zh: str, en: str, *paths: str) -> Column:
    """Return a column that is the first value found on several paths, e.g. an owner's name whoever owns it."""
    many = [path.split(".") for path in paths]

    def make(asked: Selected, _: Words) -> Read:
        finds = [getter(asked, *steps) for steps in many]
        return lambda row: next((found for find in finds if (found := find(row)) is not None), None)

    return Column(zh, en, " ".join(_asked(steps) for steps in many), make)


def identifier(zh: str = "标识", en: str = "id") -> Column:
    """Return the column of the global identifier."""
    return Column(zh, en, "", lambda _, __: lambda row: global_id(row.source.type_name, row.values["id"]))


def joined(zh: str, en: str, asks: str, tell: Callable[[Any, Words], str], *path: str) -> Column:
    """Return a column that tells several rows or values in one cell."""

    def make(asked: Selected, words: Words) -> Read:
        find = getter(asked, *path)
        comma = "; " if words.language == "en" else ";"

        def read(row: Row) -> Cell:
            found: Sequence[Any] = find(row) or ()
            return comma.join(filter(None, (tell(each, words) for each in found))) or None

        return read

    return Column(zh, en, asks, make)


def _asked(steps: Sequence[str]) -> str:
    return " { ".join(steps) + " }" * (len(steps) - 1)
