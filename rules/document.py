"""The rule document as frozen data (docs/rule-language.md, "The document").

A document here has the right shape; whether its words agree with the vocabulary
is the business of ``rules/validation.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Number = int | float
Scalar = bool | int | float | str
FactValue = Scalar | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Text:
    """Hold a text in Chinese and English."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Other:
    """Name the field on the right side: ``field × times + plus``.

    The right side is computed exactly in decimal from the shortest decimal text of
    each number (``Decimal(repr(x))``) and then rounded once to the nearest double;
    the two doubles are compared. So 0.3 >= 0.1 × 3 holds, as people expect.
    """

    field: str
    times: Number | None = None
    plus: Number | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Compare one field with a constant or with another field.

    ``value`` is a scalar; a pair of numbers for ``between``; a tuple for ``in`` and
    ``notIn``; None when there is no constant. ``unknown`` is "holds", "fails" or None.
    """

    field: str
    op: str
    value: Scalar | tuple[Scalar, ...] | None = None
    other: Other | None = None
    unknown: str | None = None


@dataclass(frozen=True, slots=True)
class AllOf:
    """Hold when every member holds."""

    members: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Hold when at least one member holds."""

    members: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class NoneOf:
    """Hold when no member holds."""

    members: tuple[Condition, ...]


Condition = AllOf | AnyOf | NoneOf | Comparison


@dataclass(frozen=True, slots=True)
class Preference:
    """Add ``points`` (加分, may be negative) when ``when`` holds."""

    when: Condition
    points: int
    because: Text


@dataclass(frozen=True, slots=True)
class Caps:
    """Limit how many results of a rule stay, the best by score first."""

    per_demand: int | None = None
    per_resource: int | None = None
    per_provider: int | None = None


@dataclass(frozen=True, slots=True)
class Example:
    """Say what a rule must answer for the given facts (field path to value).

    ``expect`` is about ``require``. Sets are tuples; an absent nullable field is
    unknown.
    """

    title: str
    expect: bool
    facts: Mapping[str, FactValue]


@dataclass(frozen=True, slots=True)
class Rule:
    """Hold one rule: whom it serves, what it requires and prefers, and why."""

    id: str
    title: Text
    because: Text
    demand: str
    points: int
    require: Condition
    prefer: tuple[Preference, ...] = ()
    caps: Caps | None = None
    examples: tuple[Example, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleDocument:
    """Hold one rule set as administrators write it."""

    id: str
    title: Text
    rules: tuple[Rule, ...]
    format: int = 1
    kind: str = "match"
