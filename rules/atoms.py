"""The small terms that normal form, compiler and encoder agree on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from rules.document import Number


class Aspect(StrEnum):
    """Name what of a field an engine property carries."""

    VALUE = "value"
    KNOWN = "known"
    SCALED = "scaled"
    MEASURE = "measure"
    HAS = "has"
    UNDER = "under"


@dataclass(frozen=True, slots=True)
class Term:
    """Name one encoded property of a fact.

    ``VALUE`` is the value, or a fixed stand-in when unknown; ``KNOWN`` is 1 or 0;
    ``SCALED`` is value × times + plus; ``MEASURE`` is the unit when quantity and
    unit are both known, else a text that equals nothing of the other side; ``HAS``
    and ``UNDER`` are 1 or 0 for the element or code in ``argument``.
    """

    field: str
    aspect: Aspect = Aspect.VALUE
    argument: str = ""
    times: Number = 1
    plus: Number = 0


@dataclass(frozen=True, slots=True)
class Atom:
    """Hold one plain test: ``left op right``.

    ``op`` is one of ``= != < <= > >=`` with a constant or a term on the right, or
    ``in`` with a tuple of constants. Truth values are 1.0 and 0.0.
    """

    left: Term
    op: str
    right: float | str | Term | tuple[float | str, ...]


Branch = tuple[Atom, ...]


class TooComplex(ValueError):
    """Say that a condition exceeds a limit once it is written out."""

    def __init__(self, code: str, zh: str, en: str) -> None:
        """Keep the stable code and both messages."""
        super().__init__(en)
        self.code, self.zh, self.en = code, zh, en
