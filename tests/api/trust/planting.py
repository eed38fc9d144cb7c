"""A text of its own in every sealed column of every row, told again even by the letters that a mask leaves."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import unquote

from tortoise.models import Model

from api import models, sealing
from api.models.fields import SealedField
from tests.api.plan.oracle import Row, Tables
from tests.api.world import COMMUNITIES

# Rare characters of one plane, which no text of the made-up city has; each stands for one value.
FIRST_LETTER, LAST_LETTER = 0x3400, 0x4DBF
PLACEHOLDER = "此处将有记号"
_LETTER = re.compile(f"[{chr(FIRST_LETTER)}-{chr(LAST_LETTER)}]")
_WHOLE = re.compile(r"密(\d+)密")
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")
# By which columns a row is found to lie somewhere.
LINKS = {
    "person_id": "Person", "household_id": "Household", "organisation_id": "Organisation", "need_id": "Need",
    "owner_person_id": "Person", "owner_household_id": "Household", "owner_organisation_id": "Organisation",
}  # fmt: skip


def sealed_columns() -> dict[type[Model], list[str]]:
    """Return the sealed columns of all models."""
    every = (each for each in vars(models).values() if isinstance(each, type) and issubclass(each, Model))
    found = {
        each: [name for name, kind in each._meta.fields_map.items() if type(kind) is SealedField] for each in every
    }
    return {model: names for model, names in found.items() if names}


@dataclass(frozen=True, slots=True)
class Marker:
    """Where a text was planted, and the communities that its row belongs to."""

    serial: int
    model: str
    column: str
    row: Row = field(repr=False, compare=False)
    homes: frozenset[str]

    @property
    def letter(self) -> str:
        return chr(FIRST_LETTER + self.serial)

    @property
    def text(self) -> str:
        """Return what is planted: its first and last letters are all that a mask leaves."""
        return f"{self.letter * 3}密{self.serial}密{self.letter * 4}"


@dataclass(frozen=True, slots=True)
class Seen:
    """A marker that was found in an answer; `whole` when it is more than what a mask leaves."""

    marker: Marker
    whole: bool


class Planted:
    """All markers, by their serial numbers."""

    def __init__(self) -> None:
        self.markers: list[Marker] = []

    async def plant(self, tables: Tables, homes: dict[tuple[str, int], frozenset[str]]) -> None:
        """Write a marker into each sealed column of each row; `homes` are of rows that name nobody they belong to."""
        for model, columns in sealed_columns().items():
            for row in await model.all().values():
                where = homes.get((model.__name__, row["id"])) or communities(tables, row)
                for column in columns:
                    marker = Marker(len(self.markers), model.__name__, column, row, where)
                    assert marker.serial <= LAST_LETTER - FIRST_LETTER
                    self.markers.append(marker)
                    held = row[column] if PLACEHOLDER in (row[column] or "") else PLACEHOLDER
                    changed = {column: held.replace(PLACEHOLDER, marker.text)}
                    if f"{column}_hash" in row:
                        changed[f"{column}_hash"] = sealing.lookup_hash(column, marker.text)
                    await model.filter(id=row["id"]).update(**changed)

    def columns(self) -> dict[str, frozenset[str]]:
        """Return the planted columns with the communities in which one was planted."""
        found: dict[str, frozenset[str]] = {}
        for each in self.markers:
            name = f"{each.model}.{each.column}"
            found[name] = found.get(name, frozenset()) | each.homes
        return found

    def seen(self, texts: Iterable[str]) -> set[Seen]:
        """Return the markers of which anything stands in these texts, however they are escaped."""
        plain = unquote(_ESCAPED.sub(lambda found: chr(int(found[1], 16)), "\n".join(texts)))
        whole = {int(each) for each in _WHOLE.findall(plain)}
        serials = {ord(each) - FIRST_LETTER for each in _LETTER.findall(plain)} | whole
        return {Seen(self.markers[each], each in whole) for each in serials if each < len(self.markers)}


def communities(tables: Tables, row: Row) -> frozenset[str]:
    """Return the communities of those whom a row names, and of theirs."""
    found: frozenset[str] = frozenset()
    for column, name in LINKS.items():
        if row.get(column) is not None:
            linked = tables.row(name, row[column])
            found |= communities(tables, linked) if name == "Need" else frozenset()
            found |= {code for code in COMMUNITIES if f"/{code}/" in linked["path"]}
    assert found, f"tell where a row lies: {row}"
    return found
