"""What is to be done with one row of a workbook."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from api.imports.problems import CellFault
from api.imports.workbook.columns import BY_KEY
from api.imports.workbook.known import KnownItem
from api.imports.workbook.sheet import SheetRow


class Kind(StrEnum):
    """What becomes of a row."""

    CREATE = "create"
    CHANGE = "change"
    UNCHANGED = "unchanged"


@dataclass(slots=True)
class Told:
    """One change as people read it: heading, former and new text of the cell."""

    key: str
    former: str
    new: str

    @property
    def title(self) -> str:
        """Return the heading of the column."""
        return BY_KEY[self.key].title


@dataclass(slots=True)
class Plan:
    """A row and what is to be done. `merged` are the cells of the answer, where they differ from the sent."""

    row: SheetRow
    kind: Kind = Kind.UNCHANGED
    item: KnownItem | None = None
    values: dict[str, Any] = field(default_factory=dict)
    told: list[Told] = field(default_factory=list)
    faults: list[CellFault] = field(default_factory=list)
    merged: dict[str, str] = field(default_factory=dict)
    conflicts: frozenset[str] = frozenset()
