"""Read untrusted JSON data into a rule document, noting every problem of shape.

The limits are those of docs/rule-language.md. What was read is kept piece by piece,
so that the words of good pieces can be checked even when another piece is broken.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, TypeVar

from rules.document import (
    Caps,
    Comparison,
    Example,
    FactValue,
    Preference,
    Rule,
    RuleDocument,
    Text,
)
from rules.problems import Problem, Severity
from rules.raw import (
    Notes,
    a_list,
    a_text,
    an_id,
    an_integer,
    an_object,
    is_number,
    is_plain,
    one_of,
    shown,
    two_texts,
)
from rules.reading_conditions import MAX_VALUE_LENGTH, MAX_VALUES, read_condition

MAX_RULES: Final = 40
MAX_PREFERENCES: Final = 8
MAX_EXAMPLES: Final = 20
MAX_POINTS: Final = 1000
MAX_CAP: Final = 1_000_000
_RULE_KEYS: Final = (
    "id",
    "title",
    "because",
    "demand",
    "points",
    "require",
    "prefer",
    "caps",
    "examples",
)
_CAPS: Final = ("perDemand", "perResource", "perProvider")
_Piece = TypeVar("_Piece")


@dataclass(slots=True)
class Reading:
    """Hold what could be read: the document (None after an error) and its good pieces."""

    document: RuleDocument | None = None
    notes: Notes = field(default_factory=Notes)
    comparisons: list[tuple[str, Comparison]] = field(default_factory=list)
    reasons: list[tuple[str, Text]] = field(default_factory=list)
    rules: list[tuple[str, Rule]] = field(default_factory=list)
    examples: list[tuple[str, Example]] = field(default_factory=list)

    @property
    def problems(self) -> list[Problem]:
        """Return the problems in the order they were found."""
        return self.notes.problems


def read(raw: object) -> Reading:
    """Read a document from any value; never raises."""
    reading = Reading()
    notes = reading.notes
    keys = ("format", "kind", "id", "title", "rules")
    found = an_object(raw, "", keys, keys, notes)
    if found is None:
        return reading
    if "format" in found and (found["format"] != 1 or isinstance(found["format"], bool)):
        notes.add(
            "format",
            "UNKNOWN_FORMAT",
            "只认识第 1 版格式",
            "Only documents of format 1 can be read",
        )
    kind = one_of(found["kind"], "kind", ("match",), notes) if "kind" in found else None
    own_id = an_id(found["id"], "id", notes) if "id" in found else None
    title = two_texts(found["title"], "title", 100, notes) if "title" in found else None
    members = a_list(found["rules"], "rules", 1, MAX_RULES, notes) if "rules" in found else None
    for index, member in enumerate(members or ()):
        rule = _rule(member, f"rules[{index}]", reading)
        if rule is not None:
            reading.rules.append((f"rules[{index}]", rule))
    _unique_ids(reading)
    if any(problem.severity is Severity.ERROR for problem in notes.problems):
        return reading
    if kind is not None and own_id is not None and title is not None:
        rules = tuple(rule for _, rule in reading.rules)
        reading.document = RuleDocument(own_id, title, rules, 1, kind)
    return reading


def _unique_ids(reading: Reading) -> None:
    seen: set[str] = set()
    for path, rule in reading.rules:
        if rule.id in seen:
            reading.notes.add(
                f"{path}.id",
                "DUPLICATE_ID",
                f"规则编号“{rule.id}”重复了",
                f"The rule id “{rule.id}” is used twice",
            )
        seen.add(rule.id)


def _rule(raw: object, path: str, reading: Reading) -> Rule | None:
    notes = reading.notes
    found = an_object(raw, path, _RULE_KEYS, _RULE_KEYS[:6], notes)
    if found is None:
        return None
    get = found.get
    own_id = an_id(get("id"), f"{path}.id", notes) if "id" in found else None
    title = two_texts(get("title"), f"{path}.title", 100, notes) if "title" in found else None
    because = _reason(found, path, reading)
    demand = one_of(get("demand"), f"{path}.demand", ("need", "project", "both"), notes) if "demand" in found else None
    points = an_integer(get("points"), f"{path}.points", 0, MAX_POINTS, notes) if "points" in found else None
    require = (
        read_condition(get("require"), f"{path}.require", notes, reading.comparisons) if "require" in found else None
    )
    prefer = _many(found, path, "prefer", MAX_PREFERENCES, reading, _preference)
    examples = _many(found, path, "examples", MAX_EXAMPLES, reading, _example)
    caps = _caps(found["caps"], f"{path}.caps", notes) if "caps" in found else None
    if own_id is None or title is None or because is None or demand is None:
        return None
    if points is None or require is None:
        return None
    return Rule(own_id, title, because, demand, points, require, prefer, caps, examples)


def _reason(found: dict[str, object], path: str, reading: Reading) -> Text | None:
    if "because" not in found:
        return None
    because = two_texts(found["because"], f"{path}.because", 300, reading.notes)
    if because is not None:
        reading.reasons.append((f"{path}.because", because))
    return because


def _many(
    found: dict[str, object],
    path: str,
    key: str,
    most: int,
    reading: Reading,
    read_one: Callable[[object, str, Reading], _Piece | None],
) -> tuple[_Piece, ...]:
    if key not in found:
        return ()
    members = a_list(found[key], f"{path}.{key}", 0, most, reading.notes) or ()
    pieces = (read_one(raw, f"{path}.{key}[{at}]", reading) for at, raw in enumerate(members))
    return tuple(piece for piece in pieces if piece is not None)


def _preference(raw: object, path: str, reading: Reading) -> Preference | None:
    notes = reading.notes
    keys = ("when", "points", "because")
    found = an_object(raw, path, keys, keys, notes)
    if found is None or any(key not in found for key in keys):
        return None
    when = read_condition(found["when"], f"{path}.when", notes, reading.comparisons)
    points = an_integer(found["points"], f"{path}.points", -MAX_POINTS, MAX_POINTS, notes)
    because = _reason(found, path, reading)
    if when is None or points is None or because is None:
        return None
    return Preference(when, points, because)


def _caps(raw: object, path: str, notes: Notes) -> Caps | None:
    found = an_object(raw, path, _CAPS, (), notes)
    if not found:
        return None
    read_all = (an_integer(found[key], f"{path}.{key}", 1, MAX_CAP, notes) if key in found else None for key in _CAPS)
    return Caps(*read_all)


def _example(raw: object, path: str, reading: Reading) -> Example | None:
    notes = reading.notes
    keys = ("title", "expect", "facts")
    found = an_object(raw, path, keys, keys, notes)
    if found is None or any(key not in found for key in keys):
        return None
    title = a_text(found["title"], f"{path}.title", 100, notes)
    if not isinstance(found["expect"], bool):
        notes.add(f"{path}.expect", "NOT_A_BOOLEAN", "这里应是 true 或 false", "true or false")
    facts = found["facts"]
    if not isinstance(facts, dict):
        notes.add(f"{path}.facts", "NOT_AN_OBJECT", "这里应是一个对象", "An object is expected")
        return None
    values = {
        str(name): value
        for name, raw_value in facts.items()
        if (value := _fact(raw_value, f"{path}.facts[{shown(name)}]", notes)) is not None
    }
    if title is None or not isinstance(found["expect"], bool) or len(values) != len(facts):
        return None
    example = Example(title, found["expect"], values)
    reading.examples.append((path, example))
    return example


def _fact(raw: object, path: str, notes: Notes) -> FactValue | None:
    if isinstance(raw, bool):
        return raw
    if isinstance(raw, int | float) and is_number(raw):
        return int(raw) if float(raw).is_integer() else raw
    if _is_short_text(raw):
        return str(raw)
    if isinstance(raw, list) and len(raw) <= MAX_VALUES:
        members = tuple(member for member in raw if _is_short_text(member))
        if len(members) == len(raw):
            return members
    notes.add(
        path,
        "BAD_FACT",
        "事实的值应是数字、真假、短文字或文字列表;未知就不写",
        "A fact is a number, true or false, a short text or a list of texts; leave out an unknown",
    )
    return None


def _is_short_text(raw: object) -> bool:
    return isinstance(raw, str) and len(raw) <= MAX_VALUE_LENGTH and is_plain(raw)
