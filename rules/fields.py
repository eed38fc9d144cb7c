"""What there is to say about one field of the vocabulary."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class FieldType(StrEnum):
    """Name the kinds of value a field can have."""

    NUMBER = "number"
    BOOLEAN = "boolean"
    CHOICE = "choice"
    CODE = "code"
    SET = "set"
    TEXT = "text"


class Question(StrEnum):
    """Name the seven plain questions of the rule form."""

    WHAT = "什么事"
    WHERE = "哪一片"
    WHO = "谁来接"
    WHEN = "什么时候"
    FIRST = "先给谁"
    HOW_MANY = "最多几个"
    WHY = "为什么"


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """Describe one field of the vocabulary.

    ``choices`` is empty when any text is allowed (texts, codes, target groups).
    ``ordered`` choices compare by their position in ``choices``, lowest first.
    ``unit`` is a unit of measure or, for the two quantities, the path of the
    field that names it.
    """

    path: str
    type: FieldType
    nullable: bool
    choices: tuple[str, ...]
    ordered: bool
    unit: str | None
    label_zh: str
    label_en: str
    question: Question

    @property
    def is_quantity(self) -> bool:
        """Say whether the value is counted in a unit that another field names."""
        return self.unit is not None and self.unit in ("demand.unit", "resource.unit")
