"""One row of the policy, read strictly: every column is checked, nothing is guessed."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from auth.permissions import Action, Object, Permission
from auth.relations import Relation
from auth.roles import Role

COLUMNS = ("role", "object", "action", "relation", "effect", "id")

_RULE_ID = re.compile(r"[A-Z][A-Z0-9]{2,15}")
_Member = TypeVar("_Member", bound=StrEnum)


class Effect(StrEnum):
    """Say what a rule does; a deny beats every allow."""

    ALLOW = "allow"
    DENY = "deny"


class PolicyRefused(ValueError):
    """A policy cannot be used; ``line`` is the offending row, counted from 1."""

    def __init__(self, line: int, zh: str, en: str) -> None:
        self.line = line
        self.zh = f"权限规则第 {line} 行：{zh}"
        self.en = f"policy line {line}: {en}"
        super().__init__(self.en)


@dataclass(frozen=True, slots=True)
class Rule:
    """A role may, or may not, do an action on objects it is related to."""

    role: Role
    object: Object
    action: Action
    relation: Relation
    effect: Effect
    id: str

    @property
    def permission(self) -> Permission:
        """Return what the rule is about."""
        return Permission(self.object, self.action)

    @property
    def question(self) -> tuple[Role, Object, Action, Relation]:
        """Return the rule without its answer; two rules never share one."""
        return self.role, self.object, self.action, self.relation


def rows_of(text: str) -> Iterator[tuple[int, Rule]]:
    """Yield the rules of a policy file with their line numbers.

    A rule is one line ``p, role, object, action, relation, effect, id``; lines that start
    with # and empty lines are skipped.

    Raises:
        PolicyRefused: a line is anything else.
    """
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        try:
            row = next(csv.reader([line], skipinitialspace=True, strict=True))
        except csv.Error as error:
            raise PolicyRefused(number, "不是有效的 CSV 行", f"not a CSV row: {error}") from error
        if row[0] != "p":
            raise PolicyRefused(number, "行首必须是 p", f"a row starts with p, not {row[0][:20]!r}")
        yield number, rule_of(number, row[1:])


def rule_of(number: int, row: Sequence[str]) -> Rule:
    """Check one row's columns and return the rule; ``number`` is its place for the reader.

    Raises:
        PolicyRefused: a column is missing, too many, or not one of the known words.
    """
    if len(row) != len(COLUMNS):
        raise PolicyRefused(
            number,
            f"应有 {len(COLUMNS)} 列，实有 {len(row)} 列",
            f"{len(COLUMNS)} columns expected ({', '.join(COLUMNS)}), found {len(row)}",
        )
    if not _RULE_ID.fullmatch(row[5]):
        raise PolicyRefused(number, f"编号无效：{row[5][:40]!r}", f"not an id: {row[5][:40]!r}")
    return Rule(
        _member(number, Role, row[0]),
        _member(number, Object, row[1]),
        _member(number, Action, row[2]),
        _member(number, Relation, row[3]),
        _member(number, Effect, row[4]),
        row[5],
    )


def distinct(rows: Iterable[tuple[int, Rule]]) -> tuple[Rule, ...]:
    """Return the rules in their order.

    Raises:
        PolicyRefused: an id, or the same role, object, action and relation, comes twice.
    """
    ids: dict[str, int] = {}
    questions: dict[tuple[Role, Object, Action, Relation], int] = {}
    rules: list[Rule] = []
    for number, rule in rows:
        if (line := ids.get(rule.id)) is not None:
            raise PolicyRefused(number, f"编号与第 {line} 行相同", f"id already on line {line}")
        if (line := questions.get(rule.question)) is not None:
            raise PolicyRefused(number, f"与第 {line} 行重复", f"the same rule as on line {line}")
        ids[rule.id] = questions[rule.question] = number
        rules.append(rule)
    return tuple(rules)


def _member(number: int, names: type[_Member], text: str) -> _Member:
    try:
        return names(text)
    except ValueError:
        kind = names.__name__.lower()
        raise PolicyRefused(number, f"未知的 {kind}：{text[:40]!r}", f"unknown {kind}: {text[:40]!r}") from None
